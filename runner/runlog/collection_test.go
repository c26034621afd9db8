package runlog_test

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"postie/runner/event"
	"postie/runner/runlog"
)

// printing is the start of a run whose collection is not in the event.
func printing(run int, text string) *event.RunStarted {
	return &event.RunStarted{Head: event.Head{Cursor: event.Cursor{Run: run}}, Name: "C", Collection: json.RawMessage(`{"item":[]}`),
		Print: func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return err
		}}
}

// A log has the collection beside RunStarted, for those who ask for it.
func TestCollection(t *testing.T) {
	t.Parallel()
	whole := `{"item":[{"name":"` + strings.Repeat("x", 200_000) + `"}]}` // longer than what is read at once
	text := write(t, []event.Event{printing(0, whole), &event.RunFinished{}, &event.RunStarted{Head: event.Head{Cursor: event.Cursor{Run: 1}}, Collection: json.RawMessage(`{"item":[1]}`)},
		&event.RunFinished{Head: event.Head{Cursor: event.Cursor{Run: 1}}}})
	log := runlog.New("l", bytes.NewReader(text), int64(len(text)))
	for _, tt := range []struct {
		kinds []string
		want  [2]string // collections of the two runs
		other int       // events besides
	}{
		{nil, [2]string{`{"item":[]}`, `{"item":[1]}`}, 2},
		{[]string{runlog.Outline}, [2]string{`{"item":[]}`, `{"item":[1]}`}, 2},
		{[]string{runlog.Collection}, [2]string{whole, `{"item":[1]}`}, 2},
		{[]string{runlog.Collection, runlog.RunStarted}, [2]string{whole, `{"item":[1]}`}, 0},
		{[]string{runlog.Collection, runlog.Outline}, [2]string{whole, `{"item":[1]}`}, 2},
		{[]string{runlog.RunStarted}, [2]string{`{"item":[]}`, `{"item":[1]}`}, 0},
	} {
		var got []string
		other := 0
		for e, err := range log.Events(tt.kinds...) {
			if err != nil {
				t.Fatal(err)
			}
			if start, ok := e.(*event.RunStarted); ok {
				got = append(got, string(start.Collection))
			} else {
				other++
			}
		}
		if len(got) != 2 || [2]string(got) != tt.want || other != tt.other {
			t.Errorf("%v: %d starts, %d others, or other collections", tt.kinds, len(got), other)
		}
	}
	if err := log.Whole(); err != nil {
		t.Error(err)
	}
	runs, err := log.Runs()
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range runs[0].Events(runlog.Collection) {
		if start, ok := e.(*event.RunStarted); err != nil || ok && string(start.Collection) != whole {
			t.Errorf("the first run alone: %v", err)
		}
	}
}

// A collection that was cut off, or is broken, leaves the names.
func TestCollectionCutOff(t *testing.T) {
	t.Parallel()
	text := string(write(t, []event.Event{printing(0, `{"item":[]}`)}))
	first, rest, _ := strings.Cut(text, "\n")
	for name, tt := range map[string]struct {
		in     string
		events int
	}{
		"cut":    {first[:len(first)-3], 0},
		"broken": {first[:len(first)-3] + "\n" + rest, 1},
		"alone":  {first + "\n", 0},
	} {
		log := runlog.New("l", strings.NewReader(tt.in), int64(len(tt.in)))
		for _, kinds := range [][]string{nil, {runlog.Collection}} {
			n := 0
			for e, err := range log.Events(kinds...) {
				if err != nil || string(e.(*event.RunStarted).Collection) != `{"item":[]}` {
					t.Errorf("%s: %+v, %v", name, e, err)
				}
				n++
			}
			if n != tt.events {
				t.Errorf("%s: %d events", name, n)
			}
		}
		if log.Whole() == nil {
			t.Errorf("%s: it passes for a whole run", name)
		}
	}
}

// A collection is one line, however its file was laid out and however it is
// printed.
func TestCollectionIsOneLine(t *testing.T) {
	t.Parallel()
	laidOut := "{\n\t\"a b\": \"c \\\"  d\\\\\", \r\n \"item\" : [ 1 , {} ]\n}"
	for size := 1; size < len(laidOut); size++ {
		start := printing(0, "")
		start.Print = func(w io.Writer) error {
			for rest := laidOut; rest != ""; {
				n := min(size, len(rest))
				if _, err := io.WriteString(w, rest[:n]); err != nil {
					return err
				}
				rest = rest[n:]
			}
			return nil
		}
		first, _, _ := bytes.Cut(write(t, []event.Event{start}), []byte("\n"))
		if want := `"collection":{"a b":"c \"  d\\","item":[1,{}]}}`; !strings.HasSuffix(string(first), want) {
			t.Fatalf("by %d: %s", size, first)
		}
	}
}

// What a collection takes to write does not grow with it.
func TestCollectionIsNotHeld(t *testing.T) {
	w := runlog.NewWriter(io.Discard)
	part := []byte(strings.Repeat(" ", 1<<16))
	start := printing(0, "")
	start.Print = func(w io.Writer) error {
		for range 1 << 10 { // 64 MiB
			if _, err := w.Write(part); err != nil {
				return err
			}
		}
		return nil
	}
	allocated := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := w.Report(start, nil); err != nil {
				b.Fatal(err)
			}
		}
	}).AllocedBytesPerOp()
	if allocated > 1<<16 {
		t.Errorf("%d bytes for a log line", allocated)
	}
}
