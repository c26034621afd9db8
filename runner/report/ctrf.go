package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"

	"postie/runner/event"
)

// CTRF writes the Common Test Report Format.
func CTRF(w io.Writer, log Log, o Options) error {
	start, end, err := ends(log)
	if err != nil {
		return err
	}
	all, err := runsOf(log)
	if err != nil {
		return err
	}
	sum, err := ctrfCount(log, &end.Summary, len(all.broken), o)
	if err != nil {
		return err
	}
	ids := identities{all: all.shareNames}
	b := bufio.NewWriterSize(w, 64<<10)
	fmt.Fprintf(b, `{"reportFormat":"CTRF","specVersion":"0.0.0","results":{"tool":{"name":"postie","version":%s},"summary":%s,"tests":[`,
		encode(start.Version), encode(sum))
	sep := "\n"
	for x, err := range outlines(log) {
		if err != nil {
			return err
		}
		if o.OnlyFailures && !x.Failed() {
			continue
		}
		for _, c := range x.cases() {
			c.name = ids.of(x.Cursor, labelled(x.Run, x.fullName()), c.name)
			fmt.Fprintf(b, "%s%s", sep, encode(ctrfTestOf(start.File, x, &c)))
			sep = ",\n"
		}
	}
	for _, r := range all.broken {
		name := ids.of(event.HeadOf(r.start).Cursor, "Run", labelled(r.start, runCase(r.err)))
		fmt.Fprintf(b, "%s%s", sep, encode(ctrfTest{Name: name, Status: "failed", Message: r.err.Message}))
		sep = ",\n"
	}
	b.WriteString("\n]}}\n")
	return b.Flush()
}

type ctrfSummary struct {
	Tests   int   `json:"tests"`
	Passed  int   `json:"passed"`
	Failed  int   `json:"failed"`
	Pending int   `json:"pending"`
	Skipped int   `json:"skipped"`
	Other   int   `json:"other"`
	Start   int64 `json:"start"`
	Stop    int64 `json:"stop"`
}

// ctrfCount counts the tests of a log, and the runs that ended early as one each.
func ctrfCount(log Log, all *event.Summary, broken int, o Options) (ctrfSummary, error) {
	s := ctrfSummary{Tests: broken, Failed: broken, Start: all.Started.UnixMilli(), Stop: all.Completed.UnixMilli()}
	for x, err := range outlines(log) {
		if err != nil {
			return s, err
		}
		if o.OnlyFailures && !x.Failed() {
			continue
		}
		t := tallyOf(x)
		s.Tests += t.tests
		s.Failed += t.failures + t.errors
		s.Skipped += t.skipped
		s.Passed += t.tests - t.failures - t.errors - t.skipped
	}
	return s, nil
}

type ctrfTest struct {
	Name     string   `json:"name"`
	Status   string   `json:"status"`
	Duration int64    `json:"duration"`
	Start    int64    `json:"start,omitempty"`
	Suite    []string `json:"suite,omitempty"`
	Message  string   `json:"message,omitempty"`
	Trace    string   `json:"trace,omitempty"`
	FilePath string   `json:"filePath,omitempty"`
	Line     int      `json:"line,omitempty"`
	Type     string   `json:"type,omitempty"`
}

func ctrfTestOf(file string, x *Execution, c *testCase) ctrfTest {
	t := ctrfTest{Name: labelled(x.Run, caseName(x, c)), Status: "passed", Duration: x.Time().Milliseconds(), Start: x.Started.UnixMilli(),
		Suite: x.Item.Path, FilePath: cmp.Or(x.Item.File, file), Line: x.Item.Line, Type: "api"}
	switch f := c.failure; {
	case c.skipped:
		t.Status = "skipped"
	case f != nil:
		t.Status, t.Message, t.Trace = "failed", f.Message, describe(file, x, f)
		if f.Line > 0 {
			t.FilePath, t.Line = cmp.Or(f.File, t.FilePath), f.Line
		}
	}
	return t
}
