package report_test

import (
	"bytes"
	"iter"
	"strings"
	"testing"

	"postie/runner/event"
	"postie/runner/report"
	"postie/runner/script"
)

// play gives the events of items to a CLI and returns what it printed.
func play(t *testing.T, o report.CLIOptions, label string, events ...event.Event) string {
	t.Helper()
	var b bytes.Buffer
	c := report.NewCLI(&b, o)
	var sum event.Summary
	emit := func(e event.Event) {
		event.HeadOf(e).Cursor.Cycles = 1
		sum.Add(e)
		if err := c.Report(e, &sum); err != nil {
			t.Fatal(err)
		}
	}
	emit(&event.RunStarted{Name: "C", File: "c.json", Label: label})
	for _, e := range events {
		emit(e)
	}
	emit(&event.RunFinished{Summary: sum})
	return b.String()
}

func ref(name string) event.ItemRef {
	return event.ItemRef{ID: name, Name: name, Path: []string{"C", name}}
}

// unanswered are the events of an item whose request failed, and its tests.
func unanswered(name, message string) []event.Event {
	broken := &script.Error{Name: "TypeError", Message: "no response"}
	return []event.Event{&event.ItemStarted{Item: ref(name)},
		&event.RequestFinished{Item: ref(name), Source: "item", Err: &event.Failure{Name: "Error", Message: message}},
		&event.TestFinished{Item: ref(name), Name: "one", Listen: script.Test, Err: broken},
		&event.TestFinished{Item: ref(name), Name: "two", Listen: script.Test, Err: broken},
		&event.ItemFinished{Item: ref(name)}}
}

// One cause is one entry of the list, with what follows from it; the numbers
// stay those of all failures.
func TestConsequencesFold(t *testing.T) {
	t.Parallel()
	var events []event.Event
	for _, name := range []string{"a", "b", "c"} {
		events = append(events, unanswered(name, `item "`+name+`": the URL's host needs the variable "amUrl", which is not defined`)...)
	}
	events = append(events, unanswered("d", "socket hang up")...)
	_, list, _ := strings.Cut(play(t, report.CLIOptions{}, "", events...), "#  failure")
	if n := strings.Count(list, "needs the variable"); n != 1 {
		t.Errorf("the cause is listed %d times\n%s", n, list)
	}
	for _, want := range []string{"01.  Error", "the same in b, c", "6 tests had no response to look at", "10.  Error", "socket hang up", "2 tests had no response to look at"} {
		if !strings.Contains(list, want) {
			t.Errorf("%q is not in the list\n%s", want, list)
		}
	}
	if strings.Contains(list, " more\n") {
		t.Errorf("something seems left out\n%s", list)
	}
}

// A failed test shows the answer that explains it, once an item.
func TestAnswersExplain(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, ctype, body, failure, want string
		code                             int
	}{
		{"a message", "application/json", `{"message":"Access token has expired"}`, "AssertionError", "the answer: 401 Unauthorized: Access token has expired", 401},
		{"OAuth's words", "application/json", `{"error":"invalid_grant","error_description":"expired"}`, "AssertionError", "the answer: 400 Bad Request: expired", 400},
		{"a page", "text/html; charset=utf-8", "<html>", "JSONError", "the answer: 502 Bad Gateway: text/html, not JSON", 502},
		{"a page that is fine", "text/html", "<html>", "JSONError", "the answer: 200 OK: text/html, not JSON", 200},
		{"nothing", "", "", "AssertionError", "the answer: 500 Internal Server Error, without a body", 500},
		{"escapes", "application/json", `{"message":"\u001b[31mred\nline"}`, "AssertionError", "red", 500},
	} {
		text := play(t, report.CLIOptions{}, "", &event.ItemStarted{Item: ref("a")},
			&event.RequestFinished{Item: ref("a"), Source: "item", Response: &event.Response{Code: tt.code, Status: map[int]string{401: "Unauthorized", 400: "Bad Request", 502: "Bad Gateway", 200: "OK", 500: "Internal Server Error"}[tt.code],
				Header: []event.Field{{Name: "content-type", Value: tt.ctype}}, Body: []byte(tt.body)}},
			&event.TestFinished{Item: ref("a"), Name: "t", Listen: script.Test, Err: &script.Error{Name: tt.failure, Message: "m"}},
			&event.TestFinished{Item: ref("a"), Name: "u", Listen: script.Test, Err: &script.Error{Name: tt.failure, Message: "m"}})
		if n := strings.Count(text, tt.want); n != 1 {
			t.Errorf("%s: %q is there %d times\n%s", tt.name, tt.want, n, text)
		}
		if strings.Contains(text, "\x1b") {
			t.Errorf("%s: an escape sequence got through", tt.name)
		}
	}
	text := play(t, report.CLIOptions{}, "", &event.ItemStarted{Item: ref("a")},
		&event.RequestFinished{Item: ref("a"), Source: "item", Response: &event.Response{Code: 200, Status: "OK", Body: []byte(`{"message":"hi"}`)}},
		&event.TestFinished{Item: ref("a"), Name: "t", Listen: script.Test, Err: &script.Error{Name: "AssertionError", Message: "m"}})
	if strings.Contains(text, "the answer") {
		t.Errorf("an answer that explains nothing is shown\n%s", text)
	}
}

// Of several runs, those that passed are a line.
func TestPassedRunsAreALine(t *testing.T) {
	t.Parallel()
	passed := []event.Event{&event.ItemStarted{Item: ref("a")}, &event.RequestFinished{Item: ref("a"), Source: "item", Response: &event.Response{Code: 200}}, &event.ItemFinished{Item: ref("a")}}
	if text := play(t, report.CLIOptions{}, "north", passed...); strings.TrimSpace(text) != text[strings.Index(text, "north:"):len(text)-1] {
		t.Errorf("%q", text)
	}
	if text := play(t, report.CLIOptions{Verbose: true}, "north", passed...); !strings.Contains(text, "→ a") {
		t.Errorf("%q", text)
	}
	if text := play(t, report.CLIOptions{}, "south", unanswered("a", "socket hang up")...); !strings.Contains(text, "→ a") {
		t.Errorf("%q", text)
	}
}

// The command line that looks closer is whole.
func TestAgain(t *testing.T) {
	t.Parallel()
	o := report.CLIOptions{Again: func(int) []string { return []string{"postie", "run", "c.json", "-e", "south side.json"} }}
	if text := play(t, o, "south", unanswered("a", "socket hang up")...); !strings.Contains(text, "to look closer: postie run c.json -e 'south side.json' --folder a --verbose") {
		t.Error(text)
	}
}

// A recording is the events of a run in memory.
type recording []event.Event

func (r recording) Events(...string) iter.Seq2[event.Event, error] {
	return func(yield func(event.Event, error) bool) {
		for _, e := range r {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// The page for readers without scripts, and the reasons that the page groups by,
// fold what has one cause.
func TestConsequencesFoldInHTML(t *testing.T) {
	t.Parallel()
	var sum event.Summary
	log := recording{&event.RunStarted{Name: "C", File: "c.json"}}
	for _, name := range []string{"a", "b", "<c>"} {
		log = append(log, unanswered(name, `item "`+name+`": the URL's host needs the variable "amUrl", which is not defined`)...)
	}
	log = append(log, &event.ItemStarted{Item: ref("d")}, &event.RequestFinished{Item: ref("d"), Source: "item", Response: &event.Response{Code: 502}},
		&event.TestFinished{Item: ref("d"), Name: "json", Listen: script.Test, Err: &script.Error{Name: "JSONError", Message: "Unexpected token '<' at 1:1\n<html>\n^"}}, &event.ItemFinished{Item: ref("d")})
	for _, e := range log {
		sum.Add(e)
	}
	log = append(log, &event.RunFinished{Summary: sum})
	p := page(t, log, report.Options{})
	_, list, _ := strings.Cut(p, "What failed</h2>")
	list, _, _ = strings.Cut(list, "</ul>")
	want := `<ul>
<li><b>a, b, &lt;c&gt;</b>: the URL&#39;s host needs the variable &#34;amUrl&#34;, which is not defined; 6 tests had no response to look at</li>
<li><b>d</b>: json: Unexpected token &#39;&lt;&#39; at 1:1</li>
`
	if list != want {
		t.Errorf("the summary says\n%s\nwant\n%s", list, want)
	}
}
