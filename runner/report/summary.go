package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"postie/runner/event"
)

// summary is newman's table of counts and times.
func (c *CLI) summary(s *event.Summary) string {
	rows := []summaryRow{
		{"iterations", s.Stats.Iterations}, {"requests", s.Stats.Requests},
		{"test-scripts", s.Stats.TestScripts}, {"prerequest-scripts", s.Stats.PrerequestScripts},
		{"assertions", s.Stats.Assertions},
	}
	wide := []string{
		"total run duration: " + took(s.Completed.Sub(s.Started)),
		"total data received: " + size(s.Received) + " (approx)",
	}
	wide = append(wide, spread("average response time:", s.Response)...)
	if c.opts.Verbose {
		wide = append(wide, spread("average DNS lookup time:", s.DNS)...)
		wide = append(wide, spread("average first byte time:", s.FirstByte)...)
	}
	return c.table(rows, wide)
}

type summaryRow struct {
	label string
	event.Count
}

func spread(label string, s event.Spread) []string {
	if s.Average == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s %s [min: %s, max: %s, s.d.: %s]", label,
		millis(s.Average), millis(s.Min), millis(s.Max), millis(s.Sd))}
}

// table draws three columns of counts and, under them, rows over all three.
// The first column has its width; the others share what a long row needs.
func (c *CLI) table(rows []summaryRow, wide []string) string {
	col := [3]int{25, 10, 10}
	for _, r := range rows {
		col[1] = max(col[1], len(strconv.Itoa(r.Total))+2)
		col[2] = max(col[2], len(strconv.Itoa(r.Failed))+2)
	}
	for _, w := range wide {
		have := col[0] + col[1] + col[2] + 2
		if more := columns(w) + 2 - have; more > 0 {
			half := int(math.Round(float64(more) / 2))
			col[1], col[2] = col[1]+half, col[2]+more-half
		}
	}
	b, style := &strings.Builder{}, c.style
	line := func(left, mid, right string) {
		dash := c.sym.border[10]
		b.WriteString(style.gray(left+strings.Repeat(dash, col[0])+mid+strings.Repeat(dash, col[1])+mid+
			strings.Repeat(dash, col[2])+right) + "\n")
	}
	bar := style.gray(c.sym.border[9])
	cells := func(label, total, failed string, paint func(string) string, paintFailed func(string) string) {
		fmt.Fprintf(b, "%s %s %s %s %s %s %s\n", bar, paint(padLeft(label, col[0]-2)), bar, padLeft(total, col[1]-2),
			bar, paintFailed(padLeft(failed, col[2]-2)), bar)
	}
	same := func(s string) string { return s }
	border := c.sym.border
	line(border[0], border[1], border[2])
	cells("", "executed", "failed", same, same)
	for _, r := range rows {
		line(border[3], border[4], border[5])
		paint, paintFailed := style.green, same
		if r.Failed > 0 {
			paint, paintFailed = style.red, style.red
		}
		cells(r.label, strconv.Itoa(r.Total), strconv.Itoa(r.Failed), paint, paintFailed)
	}
	mid := border[7]
	for _, w := range wide {
		line(border[3], mid, border[5])
		mid = border[10]
		fmt.Fprintf(b, "%s %s %s\n", bar, pad(w, col[0]+col[1]+col[2]), bar)
	}
	line(border[6], mid, border[8])
	return b.String()
}
