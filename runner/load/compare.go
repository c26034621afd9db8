package load

import (
	"cmp"
	"fmt"
	"io"
	"slices"
)

// Compare prints the figures of two loads side by side, and how the rate,
// failures and times of each request changed.
func Compare(w io.Writer, before, after *Report) error {
	rows := [][]string{{"request (times in ms)", "count", "", "failed", "", "http_req_failed", "", "p50", "", "p95", "", "p99", "", "p95"}}
	add := func(name string, a, b *Figures) {
		rows = append(rows, []string{name, fmt.Sprint(a.Count), fmt.Sprint(b.Count), trim(share(a.Failed, a.Count)) + "%", trim(share(b.Failed, b.Count)) + "%",
			trim(share(a.Refused, a.Count)) + "%", trim(share(b.Refused, b.Count)) + "%",
			ms(a.Time.P50), ms(b.Time.P50), ms(a.Time.P95), ms(b.Time.P95), ms(a.Time.P99), ms(b.Time.P99), change(a.Time.P95, b.Time.P95)})
	}
	for i := range after.Requests {
		b := &after.Requests[i]
		a := &Figures{}
		if k := slices.IndexFunc(before.Requests, func(f Figures) bool { return f.Request == b.Request }); k >= 0 {
			a = &before.Requests[k]
		}
		add(printable(b.Request), a, b)
	}
	add("all", &before.Total, &after.Total)
	_, err := fmt.Fprintf(w, "before: %s (%s/s)\nafter:  %s (%s/s)\n\n%s", before.Model, trim(before.Total.Rate), after.Model, trim(after.Total.Rate), align(rows))
	return err
}

// change returns the change of a figure in percent.
func change(before, after float64) string {
	if before == 0 {
		return "new"
	}
	return fmt.Sprintf("%+.0f%%", 100*(after-before)/before)
}

// A Change is the difference of a request's 95th percentile from the baseline,
// in milliseconds.
type Change struct {
	Request string  `json:"request"`
	Before  float64 `json:"before"`
	After   float64 `json:"after"`
}

// slower returns the requests that are slower than in a baseline: by a tenth or
// more, and by more than measuring errors.
func slower(before, after *Report) []Change {
	var out []Change
	for i := range after.Requests {
		b := &after.Requests[i]
		k := slices.IndexFunc(before.Requests, func(f Figures) bool { return f.Request == b.Request })
		if k < 0 || before.Requests[k].Count == 0 {
			continue
		}
		a := &before.Requests[k]
		if was, is := a.Time.P95, b.Time.P95; is >= 1.1*was && is-was >= 1 {
			out = append(out, Change{b.Request, was, is})
		}
	}
	slices.SortStableFunc(out, func(a, b Change) int { return cmp.Compare(b.After-b.Before, a.After-a.Before) })
	return out
}

// sentence describes a change.
func (c *Change) sentence() string {
	return fmt.Sprintf("%s: p95 %s ms, before %s ms (%s)", printable(c.Request), ms(c.After), ms(c.Before), change(c.Before, c.After))
}
