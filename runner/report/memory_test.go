package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"postie/runner/event"
	"postie/runner/report"
	"postie/runner/runlog"
	"postie/runner/script"
)

// A synthetic log makes up its events: n iterations of a request with one
// test, which fails in the first. Bodies are of a size.
type synthetic struct{ n, body int }

func made(n, body int) report.Log { return synthetic{n, body} }

// Events implements report.Log.
func (s synthetic) Events(kinds ...string) iter.Seq2[event.Event, error] {
	return func(yield func(event.Event, error) bool) {
		all := len(kinds) == 0 || slices.Contains(kinds, runlog.Outline) || len(kinds) == 1 && kinds[0] == runlog.Collection
		begun := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		head := event.Head{Time: begun, Cursor: event.Cursor{Length: 1, Cycles: s.n}}
		item := event.ItemRef{ID: "i", Name: "Request", Path: []string{"C", "Request"}, Line: 3}
		sum := event.Summary{Started: begun}
		emit := func(e event.Event, wanted bool) bool {
			sum.Add(e)
			return !wanted || yield(e, nil)
		}
		if !emit(&event.RunStarted{Head: head, Name: "C", ID: "c", File: "c.json", Items: 1, Iterations: s.n, Collection: json.RawMessage(
			`{"item":[{"id":"i","name":"Request"}],"info":{"_postman_id":"c","name":"C"}}`)}, all || slices.Contains(kinds, runlog.RunStarted)) {
			return
		}
		for i := range s.n {
			head.Cursor.Iteration, head.Cursor.Ref = i, fmt.Sprint(i)
			test := &event.TestFinished{Head: head, Item: item, Listen: script.Test, Name: "works"}
			if i == 0 {
				test.Err = &script.Error{Name: "AssertionError", Message: "expected 1 to equal 2"}
			}
			for _, e := range []event.Event{
				&event.IterationStarted{Head: head},
				&event.ItemStarted{Head: head, Item: item, JSON: json.RawMessage(`{"id":"i","name":"Request","request":{"method":"GET"}}`)},
				&event.RequestFinished{Head: head, Item: item, Source: "item", Request: event.Request{Method: "GET", URL: "http://h/", Display: "http://h/", JSON: json.RawMessage(`{"method":"GET"}`)},
					Response: &event.Response{Code: 200, Status: "OK", Body: bytes.Repeat([]byte("x"), s.body), BodySize: int64(s.body), Time: time.Millisecond}},
				test,
				&event.ItemFinished{Head: head, Item: item},
				&event.IterationFinished{Head: head},
			} {
				kind := strings.TrimPrefix(fmt.Sprintf("%T", e), "*event.")
				if !emit(e, all || slices.Contains(kinds, kind)) {
					return
				}
			}
		}
		emit(&event.RunFinished{Head: head, Summary: sum, Environment: json.RawMessage(`{}`), Globals: json.RawMessage(`{}`)}, all || slices.Contains(kinds, runlog.RunFinished))
	}
}

// A peak watches the live heap while a report is written.
type peak struct {
	written, sampled int64
	heap             uint64
}

func (p *peak) Write(b []byte) (int, error) {
	p.written += int64(len(b))
	if p.written-p.sampled > 2<<20 || p.sampled == 0 {
		p.sampled = p.written
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		p.heap = max(p.heap, m.HeapAlloc)
	}
	return len(b), nil
}

// A report of 20 times the size takes the same memory.
func TestPromise_58_ReportsAreStreamed(t *testing.T) { // not parallel: it measures
	for _, name := range []string{"json", "junit", "har", "ctrf", "csv", "markdown", "ndjson", "cli_wordy"} {
		measure := func(n int) *peak {
			p := &peak{}
			if err := renderers[name](p, made(n, 20<<10), report.Options{}); err != nil {
				t.Fatal(err)
			}
			return p
		}
		small, large := measure(50), measure(1000)
		if large.heap > small.heap+4<<20 {
			t.Errorf("%s: %d MB of live heap for a report of %d MB, %d MB for %d MB", name, large.heap>>20, large.written>>20, small.heap>>20, small.written>>20)
		}
	}
}

func BenchmarkReport10k(b *testing.B) {
	renderers := maps.Clone(renderers)
	renderers["html"] = report.HTML // which has no golden file
	for _, name := range []string{"cli", "json", "junit", "html", "markdown", "ctrf", "csv", "har", "ndjson"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := renderers[name](io.Discard, made(10000, 1000), report.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
