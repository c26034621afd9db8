package load

import (
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Text prints a report as text: the totals, a row for each request, failures
// with their causes, and the thresholds.
func Text(w io.Writer, r *Report) error {
	var b strings.Builder
	t := &r.Total
	fmt.Fprintf(&b, "%s: %s\n\n", printable(r.Collection), r.Model)
	fmt.Fprintf(&b, "  requests      %d, %s/s, %d failed (%s%%), %d without an answer or with a broken script\n", t.Count, trim(t.Rate), t.Failed, trim(share(t.Failed, t.Count)), t.Errors)
	fmt.Fprintf(&b, "  status        %s\n", t.statuses())
	fmt.Fprintf(&b, "  checks        %d passed, %d failed\n", t.Passed, t.Missed)
	fmt.Fprintf(&b, "  iterations    %d finished, %d failed, %d cut at the end\n", r.Loop.Finished, r.Loop.Failed, r.Loop.Cut)
	if r.Loop.Arrivals > 0 {
		fmt.Fprintf(&b, "  arrivals      %d, %d dropped; waited p95 %s ms\n", r.Loop.Arrivals, r.Loop.Dropped, trim(r.Loop.WaitP95))
	}
	fmt.Fprintf(&b, "  users         %d at most\n", r.Loop.MaxUsers)
	fmt.Fprintf(&b, "  bytes         %s in, %s out\n\n", size(t.BytesIn), size(t.BytesOut))
	b.WriteString(table(r))
	writeList(&b, "\nErrors\n", r.Errors)
	writeVerdicts(&b, r)
	if len(r.Slower) > 0 {
		b.WriteString("\nSlower than the baseline\n")
	}
	for i := range r.Slower {
		b.WriteString("  " + r.Slower[i].sentence() + "\n")
	}
	for _, warning := range r.Warnings {
		fmt.Fprintf(&b, "\nwarning: %s\n", printable(warning))
	}
	switch {
	case r.Aborted != "":
		fmt.Fprintf(&b, "\nThe load was ended because %s was missed.\n", r.Aborted)
	case r.Interrupted:
		fmt.Fprintf(&b, "\nThe load was interrupted: these are the figures until then.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// statuses lists the responses by class, and the share that k6 calls
// http_req_failed.
func (f *Figures) statuses() string {
	var parts []string
	for _, name := range classes {
		if n := f.Status[name]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, strings.Replace(name, "none", "without an answer", 1)))
		}
	}
	return strings.Join(append(parts, fmt.Sprintf("http_req_failed %s%%", trim(share(f.Refused, f.Count)))), ", ")
}

// table returns a row for each request and one for all, with times in
// milliseconds.
func table(r *Report) string {
	rows := [][]string{{"request (times in ms)", "count", "failed", "4xx", "5xx", "/s", "avg", "p50", "p90", "p95", "p99", "max"}}
	row := func(name string, f *Figures) {
		rows = append(rows, []string{name, fmt.Sprint(f.Count), fmt.Sprint(f.Failed), fmt.Sprint(f.Status["4xx"]), fmt.Sprint(f.Status["5xx"]), trim(f.Rate), ms(f.Time.Avg), ms(f.Time.P50), ms(f.Time.P90), ms(f.Time.P95), ms(f.Time.P99), ms(f.Time.Max)})
	}
	for i := range r.Requests {
		row(printable(r.Requests[i].Request), &r.Requests[i])
	}
	row("all", &r.Total)
	return align(rows)
}

// align pads columns: the first to the left, numbers to the right.
func align(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				b.WriteString("  " + cell + space)
			} else {
				b.WriteString("  " + space + cell)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func writeList(b *strings.Builder, title string, list []Cause) {
	if len(list) == 0 {
		return
	}
	b.WriteString(title)
	for _, c := range list[:min(len(list), 10)] {
		fmt.Fprintf(b, "  %6d × %s\n", c.Count, printable(c.Text))
	}
}

func writeVerdicts(b *strings.Builder, r *Report) {
	if len(r.Verdicts) == 0 {
		return
	}
	b.WriteString("\nThresholds\n")
	for _, v := range r.Verdicts {
		mark := "✓"
		if !v.Met {
			mark = "✗"
		}
		fmt.Fprintf(b, "  %s %s\n", mark, v.sentence())
	}
}

// sentence describes a verdict with its figures.
func (v *Verdict) sentence() string {
	text := printable(v.Threshold) + ": " + trim(v.Value) + v.Unit
	if v.Unmeasured {
		text = printable(v.Threshold) + ": nothing was measured"
	}
	if v.Request != "" {
		text += " (" + printable(v.Request) + ")"
	}
	if !v.Met && !v.Unmeasured && !strings.Contains(v.Threshold, trim(v.Bound)) {
		text += ", the bound is " + trim(v.Bound) + v.Unit
	}
	return text
}

func ms(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

func size(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%d B", n)
}

// printable replaces control characters, which a terminal would interpret.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return '\uFFFD'
		}
		return r
	}, s)
}

// CSV writes the series: a row for each second, and one for each request in it.
func CSV(w io.Writer, r *Report) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"time", "request", "users", "iterations", "dropped", "requests", "failed", "rate", "p50", "p95", "p99", "max", "event"}) // Flush reports the error
	for i, s := range r.Series {
		end := ""
		if i == len(r.Series)-1 {
			end = r.cutShort()
		}
		at := s.At.UTC().Format("2006-01-02T15:04:05.000Z")
		_ = out.Write([]string{at, "", fmt.Sprint(s.Users), fmt.Sprint(s.Started), fmt.Sprint(s.Dropped), fmt.Sprint(s.Requests), fmt.Sprint(s.Failed),
			trim(s.Rate), ms(s.P50), ms(s.P95), ms(s.P99), ms(s.Max), end})
		for _, b := range s.By {
			_ = out.Write([]string{at, b.Request, "", "", "", fmt.Sprint(b.Requests), fmt.Sprint(b.Failed), "", "", ms(b.P95), "", "", ""})
		}
	}
	out.Flush()
	return out.Error()
}

// cutShort describes why a load ended early. It returns "" for other loads.
func (r *Report) cutShort() string {
	switch {
	case r.Aborted != "":
		return "aborted: " + r.Aborted
	case r.Interrupted:
		return "interrupted"
	}
	return ""
}

// JUnit writes a test case for each threshold, and an error for a load that
// ended early.
func JUnit(w io.Writer, r *Report) error {
	type failure struct {
		Message string `xml:"message,attr"`
	}
	type testCase struct {
		Name    string   `xml:"name,attr"`
		Class   string   `xml:"classname,attr"`
		Time    string   `xml:"time,attr"`
		Failure *failure `xml:"failure"`
		Error   *failure `xml:"error"`
	}
	type suite struct {
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Errors   int        `xml:"errors,attr"`
		Time     string     `xml:"time,attr"`
		Cases    []testCase `xml:"testcase"`
	}
	type suites struct {
		XMLName xml.Name `xml:"testsuites"`
		Suites  []suite  `xml:"testsuite"`
	}
	took := strconv.FormatFloat(r.Seconds, 'f', 3, 64)
	s := suite{Name: printable(r.Collection) + " (load)", Time: took}
	for _, v := range r.Verdicts {
		name := v.Threshold
		if v.Request != "" {
			name += " of " + v.Request
		}
		c := testCase{Name: printable(name), Class: printable(r.Collection), Time: took}
		if !v.Met {
			c.Failure = &failure{v.sentence()}
			s.Failures++
		}
		s.Cases = append(s.Cases, c)
	}
	if r.Interrupted && r.Aborted == "" {
		s.Cases = append(s.Cases, testCase{Name: "the whole load", Class: printable(r.Collection), Time: took, Error: &failure{"interrupted: these are the figures until then"}})
		s.Errors++
	}
	s.Tests = len(s.Cases)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(suites{Suites: []suite{s}}); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
