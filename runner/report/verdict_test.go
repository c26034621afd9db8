package report_test

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"postie/runner/event"
	"postie/runner/report"
	"postie/runner/runlog"
	"postie/runner/script"
)

// A memoryLog is a log whose events are in memory.
type memoryLog []event.Event

func (l memoryLog) Events(kinds ...string) iter.Seq2[event.Event, error] {
	return func(yield func(event.Event, error) bool) {
		for _, e := range l {
			name := strings.TrimPrefix(fmt.Sprintf("%T", e), "*event.")
			wanted := len(kinds) == 0 || slices.ContainsFunc(kinds, func(k string) bool {
				return k == name || k == runlog.Outline || len(kinds) == 1 && k == runlog.Collection
			})
			if wanted && !yield(e, nil) {
				return
			}
		}
	}
}

// oneItem is the log of a run of one item in which extra happened, and which
// ended with err.
func oneItem(extra event.Event, err *event.Failure) memoryLog {
	at := event.Head{Time: time.UnixMilli(1000), Cursor: event.Cursor{Length: 1, Cycles: 1, Ref: "r"}}
	item := event.ItemRef{ID: "i", Name: "Get", Path: []string{"C", "Get"}, Line: 3}
	var log memoryLog
	var sum event.Summary
	add := func(e event.Event) {
		*event.HeadOf(e) = at
		sum.Add(e)
		log = append(log, e)
	}
	add(&event.RunStarted{Name: "C", File: "c.json", Collection: []byte(`{"info":{"name":"C"},"item":[{"id":"i","name":"Get"}]}`), Items: 1, Iterations: 1})
	add(&event.IterationStarted{})
	add(&event.ItemStarted{Item: item, JSON: []byte(`{"id":"i","name":"Get"}`)})
	add(&event.RequestFinished{Item: item, Source: "item", Request: event.Request{Method: "GET", URL: "http://h/", Display: "http://h/", JSON: []byte(`{}`)},
		Response: &event.Response{Code: 200, Status: "OK", Time: time.Millisecond}})
	switch e := extra.(type) {
	case *event.RequestFinished:
		e.Item = item
		e.Request = event.Request{Method: "GET", URL: "http://h/2", Display: "http://h/2", JSON: []byte(`{}`)}
		add(e)
	case *event.ScriptFinished:
		e.Item = item
		add(e)
	case *event.TestFinished:
		e.Item = item
		add(e)
	case *event.Warned:
		e.Item = item
		add(e)
	}
	add(&event.ItemFinished{Item: item})
	add(&event.IterationFinished{})
	if err != nil {
		sum.FailureCount++
	}
	end := &event.RunFinished{Summary: sum, Environment: []byte(`{}`), Globals: []byte(`{}`), Err: err}
	*event.HeadOf(end) = at
	return append(log, end)
}

// TestOneVerdict has every kind of event that can fail a run shown to every
// consumer: each must say that the run failed, and none may say so of the same
// event when it counts for nothing.
func TestOneVerdict(t *testing.T) {
	t.Parallel()
	broken := &script.Error{Type: "Error", Name: "Error", Message: "boom"}
	failure := func(kind string) *event.Failure {
		return &event.Failure{Kind: kind, Name: "Error", Message: "boom"}
	}
	for _, c := range []struct {
		name   string
		event  event.Event
		err    *event.Failure
		failed bool
	}{
		{"nothing", nil, nil, false},
		{"a request without an answer", &event.RequestFinished{Source: "item", Err: failure("request")}, nil, true},
		{"a script's request without an answer", &event.RequestFinished{Source: "script", Err: failure("request")}, nil, true},
		{"an attempt that was made again", &event.RequestFinished{Source: "item", Attempt: 1, Retried: true, Err: failure("request")}, nil, false},
		{"a script", &event.ScriptFinished{Listen: script.Test, Err: broken}, nil, true},
		{"a pre-request script", &event.ScriptFinished{Listen: script.Prerequest, Err: broken}, nil, true},
		{"a script that passed", &event.ScriptFinished{Listen: script.Test}, nil, false},
		{"a test", &event.TestFinished{Name: "t", Listen: script.Test, Err: broken}, nil, true},
		{"a test that passed", &event.TestFinished{Name: "t", Listen: script.Test}, nil, false},
		{"a test that was skipped", &event.TestFinished{Name: "t", Listen: script.Test, Skipped: true}, nil, false},
		{"a warning", &event.Warned{Kind: "next", Text: "boom"}, nil, false},
		{"a strict warning", &event.Warned{Kind: "next", Text: "boom", Strict: true}, nil, true},
		{"a threshold", nil, failure(event.KindThreshold), true},
		{"a run that could not go on", nil, failure(event.KindRun), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			log := oneItem(c.event, c.err)
			for consumer, failed := range verdicts(t, log) {
				if failed != c.failed {
					t.Errorf("%s: failed is %v, want %v", consumer, failed, c.failed)
				}
			}
		})
	}
}

// verdicts is what each consumer of a log says: whether the run failed.
func verdicts(t *testing.T, log memoryLog) map[string]bool {
	t.Helper()
	var res event.Result
	any := false
	for _, e := range log {
		res.Add(e)
		any = any || event.FailureOf(e) != nil
	}
	out := map[string]bool{
		"FailureOf":                          any,
		"Result.Failures":                    len(res.Failures) > 0,
		"Result.Failed, folded":              res.Failed(),
		"Summary.Failed, as the log's end":   log[len(log)-1].(*event.RunFinished).Summary.Failed(),
		"Summary.Failed, merged with itself": merged(log).Failed(),
	}
	for name, says := range sayings {
		var b bytes.Buffer
		if err := says.render(&b, log, report.Options{}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[name] = regexp.MustCompile(says.failed).Match(b.Bytes())
		if !out[name] && says.passed != "" && !regexp.MustCompile(says.passed).Match(b.Bytes()) {
			t.Errorf("%s says neither: %s", name, b.Bytes())
		}
	}
	return out
}

func merged(log memoryLog) *event.Summary {
	s := log[len(log)-1].(*event.RunFinished).Summary
	t := s
	t.Merge(&s)
	return &t
}

// sayings are how each reporter says that a run failed, and that it passed.
var sayings = map[string]struct {
	render         renderFunc
	failed, passed string
}{
	"cli":        {cli(report.CLIOptions{}), `(?s)#\s+failure\s+detail`, ""},
	"dot":        {live(report.NewDot), `(?m)^[.SFE]*[FE]|boom`, ""},
	"emojitrain": {live(report.NewEmojitrain), "😭", "😍"},
	"progress":   {live(func(w io.Writer) event.Reporter { return report.NewProgress(w, 80) }), "boom|[1-9][0-9]* other failure|[1-9][0-9]* failed|[1-9][0-9]* scripts failed", ""},
	"tap":        {live(report.NewTAP), `(?m)^not ok`, ""},
	"teamcity":   {live(report.NewTeamCity), `testFailed|buildProblem`, ""},
	"github":     {live(report.NewGitHub), `(?m)^::error`, ""},
	"json":       {report.JSON, `"failures":\s*\[\s*\{|"error":\s*\{\s*"name":\s*"Error",\s*"message":\s*"boom"`, ""},
	"junit":      {report.JUnit, `<(failure|error)[ >]`, `<testsuites`},
	"html":       {report.HTML, `<title>Failed`, `<title>Passed`},
	"markdown":   {report.Markdown, `(?m)^## C: failed`, `(?m)^## C: passed`},
	"ctrf":       {report.CTRF, `"failed":\s*[1-9]`, `"failed":\s*0`},
	"gitlab":     {report.GitLab, `"severity"`, `\[`},
	"allure":     {allure, `"status":\s*"(failed|broken)"`, ""},
}

// TestBrokenRunsCount has two runs of one log end early: reports of tests have a
// failed test for each.
func TestBrokenRunsCount(t *testing.T) {
	t.Parallel()
	early := &event.Failure{Kind: event.KindRun, Name: "Error", Message: "boom"}
	var log memoryLog
	for run := range 2 {
		for _, e := range oneItem(nil, early) {
			event.HeadOf(e).Cursor.Run = run
			log = append(log, e)
		}
	}
	for name, want := range map[string]string{
		"junit": `<testsuites name="C" tests="2" failures="0" errors="2"`,
		"ctrf":  `"summary":\{"tests":2,"passed":0,"failed":2`,
		"tap":   `(?s)not ok 1 .*not ok 2 .*1\.\.2`,
	} {
		var b bytes.Buffer
		if err := sayings[name].render(&b, log, report.Options{}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !regexp.MustCompile(want).Match(b.Bytes()) {
			t.Errorf("%s: want %s in\n%s", name, want, b.Bytes())
		}
	}
}
