package drift_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"postie/runner/drift"
	"postie/runner/event"
	"postie/runner/runlog"
)

// Two recorded runs are compared; bodies are read as they are needed.
func ExampleCompare() {
	a := logOf(request("Orders / List", "r1", 200, `{"total":2,"at":"09:00"}`), request("Orders / Get", "r2", 200, `{"id":7}`))
	b := logOf(request("Orders / List", "r1", 200, `{"total":3,"at":"09:05"}`), request("Orders / Get", "r2", 404, `{}`))
	first, err := drift.ReadLog(a)
	if err != nil {
		fmt.Println(err)
		return
	}
	second, err := drift.ReadLog(b)
	if err != nil {
		fmt.Println(err)
		return
	}
	found, err := drift.Compare(first, second, drift.Rules{Ignore: []string{"$.at"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range found {
		fmt.Printf("%s: %s %s: %s, then %s\n", f.Item, f.Kind, f.Path, f.A, f.B)
	}
	// Output:
	// Orders / List: value $.total: 2, then 3
	// Orders / Get: status status: 200, then 404
}

func request(path, ref string, code int, body string) *event.RequestFinished {
	r := &event.RequestFinished{Head: event.Head{Cursor: event.Cursor{Ref: ref}}, Source: "item",
		Item: event.ItemRef{Path: append([]string{"C"}, strings.Split(path, " / ")...)}}
	if code == 0 {
		r.Err = &event.Failure{Message: body}
		return r
	}
	r.Response = &event.Response{Code: code, Body: []byte(body), Header: []event.Field{{Name: "Content-Type", Value: "application/json"}}}
	return r
}

// logOf is the log of a run of the requests.
func logOf(list ...event.Event) *runlog.Log {
	return logWith(&event.RunStarted{Collection: json.RawMessage(`{}`)}, list...)
}

func logWith(start *event.RunStarted, list ...event.Event) *runlog.Log {
	var b bytes.Buffer
	w := runlog.NewWriter(&b)
	for _, e := range append([]event.Event{start}, list...) {
		_ = w.Report(e, nil) // a buffer
	}
	_ = w.Flush()
	return runlog.New("a.ndjson", bytes.NewReader(b.Bytes()), int64(b.Len()))
}

// all are the answers as lines.
func all(t *testing.T, list drift.Answers) (out []string) {
	t.Helper()
	for i := range list.Len() {
		a, err := list.Answer(i)
		if err != nil {
			t.Fatal(err)
		}
		if a.Key != list.Key(i) {
			t.Errorf("answer %d: key %v, then %v", i, list.Key(i), a.Key)
		}
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s #%d %d %s %s", a.Item, a.Try, a.Code, a.Body, a.Error)))
	}
	return out
}

func TestReadLog(t *testing.T) {
	t.Parallel()
	retried := request("a", "r1", 503, `"busy"`)
	retried.Retried = true
	script := request("a", "r1", 200, `"script"`)
	script.Source = "script"
	pathless := request("a", "r9", 200, `"?"`)
	pathless.Item.Path = nil
	tests := []struct {
		name string
		in   []event.Event
		want []string
	}{
		{"none", nil, nil},
		{"two executions of an item", []event.Event{request("a", "r1", 200, "1"), request("a", "r2", 200, "2")}, []string{"a #0 200 1", "a #1 200 2"}},
		{"the last attempt counts", []event.Event{retried, request("a", "r1", 200, "1")}, []string{"a #0 200 1"}},
		{"requests of scripts do not", []event.Event{request("a", "r1", 200, "1"), script}, []string{"a #0 200 1"}},
		{"a failure", []event.Event{request("a", "r1", 0, "ECONNREFUSED")}, []string{"a #0 0  ECONNREFUSED"}},
		{"executions that have no reference", []event.Event{request("a", "", 200, "1"), request("b", "", 200, "2")}, []string{"a #0 200 1", "b #0 200 2"}},
		{"an item without a path", []event.Event{pathless}, []string{`#0 200 "?"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := drift.ReadLog(logOf(tt.in...))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, all(t, got)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
	if _, err := drift.ReadLog(runlog.New("x", strings.NewReader(""), 0)); !errors.Is(err, runlog.ErrEmpty) {
		t.Errorf("an empty log: %v", err)
	}
}

// An answer that a run of a part of the collection did not ask for is left out,
// not gone.
func TestLeftOut(t *testing.T) {
	t.Parallel()
	const collection = `{"item":[{"name":"F","item":[{"name":"a"},{"name":"b"}]},{"name":"c"}]}`
	for _, tt := range []struct {
		selected int
		item     string
		want     bool
	}{{3, "c", false}, {1, "c", true}, {1, "F / b", true}, {1, "F / a", false}, {1, "gone", false}} {
		log, err := drift.ReadLog(logWith(&event.RunStarted{Items: tt.selected, Collection: json.RawMessage(collection)}, request("F / a", "r1", 200, "1")))
		if err != nil {
			t.Fatal(err)
		}
		if got := log.LeftOut(drift.Key{Item: tt.item}); got != tt.want {
			t.Errorf("%d of 3 selected, %s: %v", tt.selected, tt.item, got)
		}
	}
}

func TestReadDirectory(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"a.snap":    {Data: []byte("item: a\nstatus: 200\n\n1\n")},
		"b.snap":    {Data: []byte("item: b\ntry: 1\nstatus: 404\n\n")},
		"README.md": {Data: []byte("not a snapshot")},
	}
	got, err := drift.ReadDirectory(files)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"a #0 200 1", "b #1 404"}, all(t, got)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	files["c.snap"] = &fstest.MapFile{Data: []byte("<<<<<<< HEAD\n")}
	if _, err := drift.ReadDirectory(files); err == nil || err.Error() != "c.snap:1: not a line of a snapshot" {
		t.Error(err)
	}
}

func TestApprove(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for name, text := range map[string]string{"gone.snap": "item: gone\nstatus: 200\n\n", "kept.snap": "item: kept\nstatus: 200\n\n",
		"down.snap": "item: down\nstatus: 200\n\n", "torn.snap": "<<<<<<<", "notes.txt": "mine"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list := drift.List{answer("new", 200, "1"), failed("down", "ECONNREFUSED"), failed("never", "ECONNREFUSED")}
	n, err := drift.Approve(root, list, drift.Rules{}, func(k drift.Key) bool { return k.Item == "kept" })
	if n != 1 || err != nil {
		t.Fatalf("%d approved, %v", n, err)
	}
	var names []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if d := cmp.Diff([]string{"down.snap", "kept.snap", "new.snap", "notes.txt"}, names); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	down, err := drift.FailedIn(list)
	if err != nil || !slices.Equal(down, []drift.Key{{Item: "down"}, {Item: "never"}}) {
		t.Errorf("failed: %v %v", down, err)
	}
}

// Of large answers a log has the start: they are alike when their lengths and
// digests are, too.
func TestLargeAnswers(t *testing.T) {
	t.Parallel()
	large := func(whole int64, digest string) *drift.Log {
		r := request("Export", "r1", 200, "start")
		r.Response.Whole, r.Response.Digest = whole, digest
		log, err := drift.ReadLog(logOf(r))
		if err != nil {
			t.Fatal(err)
		}
		return log
	}
	for name, tt := range map[string]struct {
		other *drift.Log
		want  int
	}{
		"alike":             {large(17<<20, "aa"), 0},
		"of another length": {large(18<<20, "aa"), 1},
		"another end":       {large(17<<20, "bb"), 1},
	} {
		found, err := drift.Compare(large(17<<20, "aa"), tt.other, drift.Rules{})
		if err != nil || len(found) != tt.want {
			t.Errorf("%s: %v %+v", name, err, found)
		}
	}
}
