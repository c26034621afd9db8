package runlog_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postie/runner/event"
	"postie/runner/runlog"
	"postie/runner/script"
)

func events() []event.Event {
	head := event.Head{Time: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), Cursor: event.Cursor{Iteration: 1, Position: 2, Length: 3, Cycles: 4, Ref: "r"}}
	item := event.ItemRef{ID: "i", Name: "a <b>", Path: []string{"C", "a <b>"}, Line: 7}
	next, want, got := "x", "1", "2"
	return []event.Event{
		&event.RunStarted{Head: head, Version: "1", Name: "C", Collection: json.RawMessage(`{"a":"<&>"}`), Items: 3, Iterations: 4},
		&event.IterationStarted{Head: head, Data: json.RawMessage(`{"n":12345678901234567890}`)},
		&event.ItemStarted{Head: head, Item: item, JSON: json.RawMessage(`{"id":"i"}`)},
		&event.RequestFinished{Head: head, Item: item, Source: "item",
			Request:  event.Request{Method: "POST", URL: "http://h/", Body: []byte("text \x00 \u2028 <b>"), Size: 4, JSON: json.RawMessage(`{}`)},
			Response: &event.Response{Code: 200, Body: []byte{0, 255, 1}, Header: []event.Field{{Name: "A", Value: "b"}}, Time: time.Second},
			Hops:     []event.Hop{{Method: "GET", URL: "http://h/1", Code: 302}}},
		&event.ScriptFinished{Head: head, Item: item, Listen: script.Test, Err: &script.Error{Name: "E", Message: "m", Line: 3}},
		&event.TestFinished{Head: head, Item: item, Name: "t", Err: &script.Error{Name: "E"}, Expected: &want, Actual: &got},
		&event.ConsoleLogged{Head: head, Item: item, Level: "log", Messages: []script.Message{{JSON: json.RawMessage(`1`), Inspect: "1"}}},
		&event.Warned{Head: head, Item: item, Kind: "k", Text: "t", Strict: true},
		&event.ItemFinished{Head: head, Item: item, Next: &next},
		&event.IterationFinished{Head: head},
		&event.RunFinished{Head: head, Summary: event.Summary{Received: 9}, Environment: json.RawMessage(`{}`), Globals: json.RawMessage(`{}`),
			Err: &event.Failure{Kind: "run", Message: "m"}},
	}
}

func write(t testing.TB, list []event.Event) []byte {
	t.Helper()
	var b bytes.Buffer
	w := runlog.NewWriter(&b)
	for _, e := range list {
		if err := w.Report(e, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(src []byte) (list []event.Event, cut bool, err error) {
	r := runlog.NewReader(bytes.NewReader(src))
	for {
		e, err := r.Next()
		if err == io.EOF {
			return list, r.Truncated(), nil
		}
		if err != nil {
			return list, false, err
		}
		list = append(list, e)
	}
}

// Every event comes back as it was written, one line each.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	want := events()
	src := write(t, want)
	if n := bytes.Count(src, []byte("\n")); n != len(want) {
		t.Errorf("%d lines for %d events", n, len(want))
	}
	got, cut, err := read(src)
	if err != nil || cut {
		t.Fatal(cut, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if !bytes.Contains(src, []byte(`{"v":1,"event":"RequestFinished","time":`)) {
		t.Errorf("line does not start with version and event: %s", src)
	}
}

// A process that is killed leaves half a line: what is before it counts.
func TestCutOff(t *testing.T) {
	t.Parallel()
	src := write(t, events())
	for n := range src {
		got, cut, err := read(src[:n])
		if err != nil {
			t.Fatalf("cut at %d: %v", n, err)
		}
		whole := bytes.Count(src[:n], []byte("\n"))
		if len(got) < whole {
			t.Fatalf("cut at %d: %d events of %d", n, len(got), whole)
		}
		if !cut && len(got) == whole && n > 0 && src[n-1] != '\n' {
			t.Fatalf("cut at %d goes unnoticed", n)
		}
	}
}

// TestRuns: a log of several runs is read run by run, also when their lines
// are mixed.
func TestRuns(t *testing.T) {
	var list []event.Event
	want := map[int][]string{}
	for i, run := range []int{0, 0, 2, 2, 0, 1, 2} {
		name := fmt.Sprint("event ", i)
		list = append(list, &event.Warned{Head: event.Head{Cursor: event.Cursor{Run: run}}, Text: name})
		want[run] = append(want[run], name)
	}
	text := write(t, list)
	text = text[:len(text)-5] // cut off in the last line
	want[2] = want[2][:2]
	logs, err := runlog.New("l", bytes.NewReader(text), int64(len(text))).Runs()
	if err != nil {
		t.Fatal(err)
	}
	got := map[int][]string{}
	for run, log := range logs {
		for e, err := range log.Events() {
			if err != nil {
				t.Fatal(err)
			}
			got[run] = append(got[run], e.(*event.Warned).Text)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Errors name the line of the whole log.
func TestRunsNameLines(t *testing.T) {
	text := string(write(t, []event.Event{&event.Warned{}, &event.Warned{Head: event.Head{Cursor: event.Cursor{Run: 1}}}}))
	text += `{"v":1,"event":"Warned","cursor":{"run":1},"text":7}` + "\n"
	logs, err := runlog.New("l.ndjson", strings.NewReader(text), int64(len(text))).Runs()
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range logs[1].Events() {
		if err != nil && !strings.HasPrefix(err.Error(), "l.ndjson:3: ") {
			t.Error(err)
		}
	}
}

func TestReaderRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"another file":    {"{\"info\":{}}\n", "1: not a run log"},
		"text":            {"hello\nworld\n", "1: not a run log"},
		"a later version": {"{\"v\":2,\"event\":\"RunStarted\"}\n", "1: run log of version 2"},
		"a wrong member":  {"{\"v\":1,\"event\":\"RunStarted\",\"items\":\"x\"}\n", "1: RunStarted: "},
		"garbage between": {"{\"v\":1,\"event\":\"IterationFinished\"}\n{\"v\n{\"v\":1,\"event\":\"IterationFinished\"}\n", "2: not a run log"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := read([]byte(c.in))
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	if _, _, err := read([]byte("{\"v\":1,\"event\":\"SomethingNew\"}\n")); err != nil {
		t.Errorf("an event of a kind unknown here is passed over, not refused: %v", err)
	}
}

func TestSpoolReadsBackByKind(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "deep", "run.ndjson")
	s, err := runlog.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events() {
		if err := s.Report(e, nil); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		n := 0
		for e, err := range s.Log().Events(runlog.RunStarted, runlog.RunFinished) {
			if err != nil {
				t.Fatal(err)
			}
			_ = e
			n++
		}
		if n != 2 {
			t.Errorf("%d events of two kinds", n)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	log, c, err := runlog.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, err := range log.Events() {
		if err != nil {
			t.Error(err)
		}
	}
}

type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriterTellsOfAFullDisk(t *testing.T) {
	t.Parallel()
	w := runlog.NewWriter(full{})
	var err error
	for _, e := range events() {
		err = errors.Join(err, w.Report(e, nil))
	}
	if !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
}

// Whatever is in a file, reading it ends without a panic, and what it yields
// can be written and read again.
func FuzzRunlog(f *testing.F) {
	f.Add(write(f, events()))
	f.Add([]byte("{\"v\":1,\"event\":\"TestFinished\",\"error\":{\"name\":null}}\n{\"v\":1,"))
	f.Add([]byte("{\"v\":1,\"event\":\"RequestFinished\",\"response\":{\"body\":{\"base64\":\"AP8=\"}}}\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		_ = runlog.New("fuzz", bytes.NewReader(src), int64(len(src))).Whole()
		list, _, err := read(src)
		if err != nil {
			return
		}
		var b bytes.Buffer
		w := runlog.NewWriter(&b)
		for _, e := range list {
			if err := w.Report(e, nil); err != nil {
				t.Skip(err) // a time beyond what JSON holds
			}
		}
		_ = w.Flush()
		again, _, err := read(b.Bytes())
		if err != nil {
			t.Fatalf("%v\n%s", err, b.Bytes())
		}
		if len(again) != len(list) {
			t.Fatalf("%d events, then %d", len(list), len(again))
		}
	})
}

// An outline has every event, and of items and requests only how they went: no
// JSON, no headers, no bodies.
func TestOutline(t *testing.T) {
	t.Parallel()
	src := write(t, events())
	log := runlog.New("run.ndjson", bytes.NewReader(src), int64(len(src)))
	var got []event.Event
	for e, err := range log.Events(runlog.Outline) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e)
	}
	want := events()
	for _, e := range want {
		switch e := e.(type) {
		case *event.ItemStarted:
			e.JSON = nil
		case *event.RequestFinished:
			e.Request.Body, e.Request.JSON = nil, nil
			e.Response.Body, e.Response.Header = nil, nil
		}
	}
	null := cmp.Transformer("null", func(raw json.RawMessage) string { return strings.TrimPrefix(string(raw), "null") })
	if d := cmp.Diff(want, got, null); d != "" {
		t.Error(d)
	}
}
