package runlog_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"postie/runner/event"
	"postie/runner/runlog"
)

// oneRun are the events of a run of two items, with an end that counts them.
func oneRun(number int, change func(*event.RunFinished)) []event.Event {
	head := event.Head{Cursor: event.Cursor{Run: number}}
	end := &event.RunFinished{Head: head}
	list := []event.Event{&event.RunStarted{Head: head}, &event.IterationStarted{Head: head}}
	for range 2 {
		list = append(list, &event.ItemStarted{Head: head}, &event.RequestFinished{Head: head}, &event.TestFinished{Head: head}, &event.ItemFinished{Head: head})
	}
	list = append(list, &event.IterationFinished{Head: head})
	for _, e := range list {
		end.Summary.Add(e)
	}
	if change != nil {
		change(end)
	}
	return append(list, end)
}

// TestWhole: what a log does not hold is named, wherever lines are missing.
func TestWhole(t *testing.T) {
	t.Parallel()
	lines := func(list ...event.Event) []string {
		return strings.SplitAfter(strings.TrimSuffix(string(write(t, list)), "\n"), "\n")
	}
	one := lines(oneRun(0, nil)...)
	two := append(lines(oneRun(0, nil)...), lines(oneRun(1, nil)...)...)
	without := func(list []string, i int) string {
		return strings.Join(append(append([]string{}, list[:i]...), list[i+1:]...), "")
	}
	last := len(one) - 1
	one[last] += "\n"
	two[last] += "\n"
	tests := []struct {
		name, in, want string
		early          bool
	}{
		{"whole", strings.Join(one, ""), "", false},
		{"whole, without the last line feed", strings.TrimSpace(strings.Join(one, "")), "", false},
		{"two runs", strings.Join(two, ""), "", false},
		{"cut off in a line", strings.Join(one, "")[:len(strings.Join(one, ""))-9], "it ends before the run does", false},
		{"cut off after the end", strings.Join(one, "") + `{"v":1,"ev`, "its last line is cut off", false},
		{"cut off in the collection of a second run", strings.Join(one, "") + `{"v":1,"event":"Collection","cursor":{"run":1},"coll`, "it ends before its run starts", false},
		{"cut off after the collection of a second run", strings.Join(one, "") + `{"v":1,"event":"Collection","cursor":{"run":1},"collection":{}}` + "\n", "it ends before its run starts", false},
		{"cut off between lines", strings.Join(one[:5], ""), "it ends before the run does", false},
		{"the second run has no end", strings.Join(two[:last+4], ""), "run 2: it ends before the run does", false},
		{"the first line is missing", strings.Join(one[1:], ""), "its first lines are missing", false},
		{"a request is missing", without(one, 3), "it holds 1 requests of 2", false},
		{"an assertion is missing", without(one, 4), "it holds 1 assertions of 2", false},
		{"the end of an item is missing", without(one, 5), "it holds 1 items of 2", false},
		{"the end of an iteration is missing", without(one, last-1), "it holds 0 iterations of 1", false},
		{"interrupted", strings.Join(lines(oneRun(0, func(e *event.RunFinished) { e.Interrupted = true })...), ""), "it was interrupted", true},
		{"timed out", strings.Join(lines(oneRun(0, func(e *event.RunFinished) {
			e.Err = &event.Failure{Kind: event.KindRun, Message: "callback timed out"}
		})...), ""), "callback timed out", true},
		{"bailed", strings.Join(lines(oneRun(0, func(e *event.RunFinished) { e.Bailed = true })...), ""), "it stopped at a failure", true},
		{"missed a threshold", strings.Join(lines(oneRun(0, func(e *event.RunFinished) {
			e.Err = &event.Failure{Kind: event.KindThreshold, Message: "p95 is 2 s"}
		})...), ""), "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := runlog.New("a.ndjson", strings.NewReader(tt.in), int64(len(tt.in))).Whole()
			var lacks *runlog.Incomplete
			if err != nil && !errors.As(err, &lacks) {
				t.Fatal(err)
			}
			if lacks == nil {
				lacks = &runlog.Incomplete{}
			}
			if lacks.Why != tt.want || lacks.Early != tt.early {
				t.Errorf("got %q (%v), want %q", lacks.Why, lacks.Early, tt.want)
			}
		})
	}
}

func TestWholeRefuses(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "a: no run in it", "\n\n": "a: no run in it", `{"v":1,`: "a: the run log is not whole: it ends before its run starts",
		"garbage": "a:1: not a run log", "{\"v\":1,\"event\":\"NoRun\"}\n": "a: no run in it: its part of the run had nothing to do",
		"hello\n": "a:1: not a run log", `{"v":2,"event":"RunStarted"}`: "a:1: run log of version 2, and only 1 is known here"} {
		if err := runlog.New("a", strings.NewReader(in), int64(len(in))).Whole(); err == nil || err.Error() != want {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// An event can be read again at its place.
func TestPlaced(t *testing.T) {
	t.Parallel()
	src := write(t, events())
	log := runlog.New("l", bytes.NewReader(src), int64(len(src)))
	n := 0
	for e, err := range log.Placed(runlog.RequestFinished, runlog.Outline) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		if r := e.Event.(*event.RequestFinished); len(r.Response.Body) > 0 {
			t.Error("an outline has a body")
		}
		again, err := log.At(e.Offset)
		if err != nil {
			t.Fatal(err)
		}
		if r := again.(*event.RequestFinished); string(r.Response.Body) != "\x00\xff\x01" {
			t.Errorf("read again: %q", r.Response.Body)
		}
	}
	if n != 1 {
		t.Errorf("%d requests", n)
	}
}
