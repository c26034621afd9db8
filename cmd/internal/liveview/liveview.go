// Package liveview shows a running load on the terminal.
package liveview

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"postie/cmd/internal/term"
	"postie/runner/load"
	"postie/runner/report"
)

// A View shows a running load: on a terminal a few lines that are drawn again
// each second, otherwise one line every ten seconds.
type View struct {
	w      io.Writer
	redraw bool
	silent bool

	mu                          sync.Mutex
	lines                       int // lines on the screen, to be drawn over
	said                        time.Duration
	rates, times, failed, users []float64
}

// New returns a view on standard error. A silent view shows nothing.
func New(s *term.Streams, silent bool) *View {
	return &View{w: s.Err, redraw: s.IsTerminal() && s.Width > 0, silent: silent}
}

// Show implements load.Options.Observe.
func (v *View) Show(s load.Snapshot) {
	if v.silent {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.redraw {
		if s.Elapsed-v.said >= 10*time.Second {
			v.said = s.Elapsed
			fmt.Fprintln(v.w, line(s))
		}
		return
	}
	v.rates, v.times = append(v.rates, s.Second.Rate), append(v.times, s.Second.P95)
	v.failed, v.users = append(v.failed, float64(s.Second.Failed)), append(v.users, float64(s.Second.Users))
	out := []string{line(s),
		"  requests/s " + sparkline(v.rates) + fmt.Sprintf(" %.0f", s.Second.Rate),
		"  p95 ms     " + sparkline(v.times) + fmt.Sprintf(" %.1f", s.Second.P95),
		"  failed/s   " + sparkline(v.failed) + fmt.Sprintf(" %d", s.Second.Failed),
		"  users      " + sparkline(v.users) + fmt.Sprintf(" %d", s.Second.Users)}
	for _, b := range s.Slowest {
		out = append(out, fmt.Sprintf("  slow: %s p95 %.1f ms", report.SafeLine(b.Request), b.P95))
	}
	for _, c := range s.Causes {
		out = append(out, fmt.Sprintf("  error: %d × %s", c.Count, report.SafeLine(c.Text)))
	}
	v.clear()
	fmt.Fprint(v.w, strings.Join(out, "\n")+"\n")
	v.lines = len(out)
}

func line(s load.Snapshot) string {
	warm := ""
	if s.Warming {
		warm = " (warming up)"
	}
	return fmt.Sprintf("%s%s  %d users  %d requests  %.0f/s  p95 %.1f ms  %d failed  %d http_req_failed  %d dropped",
		s.Elapsed.Round(time.Second), warm, s.Second.Users, s.Requests, s.Second.Rate, s.P95, s.Failed, s.Refused, s.Dropped)
}

// clear removes the drawn lines from the terminal.
func (v *View) clear() {
	if v.lines > 0 {
		fmt.Fprintf(v.w, "\x1b[%dA\x1b[J", v.lines)
	}
	v.lines = 0
}

// End clears the view, so that the report can be printed.
func (v *View) End() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.clear()
}

var bars = []rune("▁▂▃▄▅▆▇█")

// sparkline draws the latest values as bars.
func sparkline(values []float64) string {
	const width = 40
	values = values[max(len(values)-width, 0):]
	top := 0.0
	for _, x := range values {
		top = max(top, x)
	}
	var b strings.Builder
	for _, x := range values {
		i := 0
		if top > 0 {
			i = int(x / top * float64(len(bars)-1))
		}
		b.WriteRune(bars[i])
	}
	return b.String()
}
