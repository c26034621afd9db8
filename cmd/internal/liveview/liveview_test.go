package liveview

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"postie/cmd/internal/term"
	"postie/runner/load"
)

// second is what a view is shown after so many seconds of a load.
func second(n int) load.Snapshot {
	return load.Snapshot{Elapsed: time.Duration(n) * time.Second, Requests: int64(100 * n), P95: 12.5,
		Second: load.Second{Users: 5, Rate: 100, P95: 12.5}}
}

// Where there is no terminal, a view writes a line each ten seconds.
func TestLines(t *testing.T) {
	var out bytes.Buffer
	v := New(&term.Streams{Err: &out}, false)
	for n := range 25 {
		v.Show(second(n))
	}
	v.End()
	want := "10s  5 users  1000 requests  100/s  p95 12.5 ms  0 failed  0 http_req_failed  0 dropped\n" +
		"20s  5 users  2000 requests  100/s  p95 12.5 ms  0 failed  0 http_req_failed  0 dropped\n"
	if out.String() != want {
		t.Errorf("got\n%s want\n%s", &out, want)
	}
}

// On a terminal it draws over what it drew before, and leaves nothing at the end.
func TestRedraw(t *testing.T) {
	var out bytes.Buffer
	v := New(&term.Streams{Err: &out, OutTTY: true, ErrTTY: true, Width: 80}, false)
	s := second(1)
	s.Warming = true
	v.Show(s)
	first := out.String()
	for _, want := range []string{"1s (warming up)  5 users", "requests/s █ 100", "p95 ms     █ 12.5", "failed/s   ▁ 0", "users      █ 5"} {
		if !strings.Contains(first, want) {
			t.Errorf("no %q in\n%s", want, first)
		}
	}
	out.Reset()
	s = second(2)
	s.Slowest = []load.SecondOf{{Request: "Pay\x1b[2J", P95: 90}}
	s.Causes = []load.Cause{{Text: "connect ECONNREFUSED\n", Count: 3}}
	v.Show(s)
	lines := strings.Count(first, "\n")
	if over := "\x1b[5A\x1b[J"; lines != 5 || !strings.HasPrefix(out.String(), over) {
		t.Errorf("%d lines are drawn over by %q", lines, out.String())
	}
	if strings.Contains(out.String(), "\x1b[2J") || strings.Count(out.String(), "\n") != 7 {
		t.Errorf("a name or an error is more than a line of text: %q", out.String())
	}
	out.Reset()
	v.End()
	if out.String() != "\x1b[7A\x1b[J" {
		t.Errorf("the end is %q", out.String())
	}
}

func TestSilent(t *testing.T) {
	var out bytes.Buffer
	v := New(&term.Streams{Err: &out, OutTTY: true, ErrTTY: true, Width: 80}, true)
	v.Show(second(20))
	if v.End(); out.Len() > 0 {
		t.Errorf("a silent view writes %q", &out)
	}
}

func TestSparkline(t *testing.T) {
	for _, tt := range []struct {
		name   string
		values []float64
		want   string
	}{
		{"nothing", nil, ""},
		{"zeros", []float64{0, 0}, "▁▁"},
		{"the largest is a whole bar", []float64{0, 50, 100}, "▁▄█"},
		{"the last forty", append([]float64{1000}, make([]float64, 40)...), strings.Repeat("▁", 40)},
	} {
		if got := sparkline(tt.values); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
