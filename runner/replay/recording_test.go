package replay_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postie/collections"
	"postie/runner"
	"postie/runner/drift"
	"postie/runner/event"
	"postie/runner/replay"
	"postie/runner/runlog"
	"postie/runner/script"
)

const shop = `{"info":{"name":"Shop"},"item":[
	{"id":"a","name":"Orders","item":[{"id":"b","name":"List","request":"{{url}}/orders"},{"id":"c","name":"Get","request":"{{url}}/orders/7"}]}]}`

// What failed in a recorded run is run again, where it failed.
func Example() {
	recorded, err := replay.Read(recordedRun())
	if err != nil {
		fmt.Println(err)
		return
	}
	col, err := recorded.Collection()
	if err != nil {
		fmt.Println(err)
		return
	}
	names, err := replay.Names(col, recorded.Failed.Items)
	if err != nil {
		fmt.Println(err)
		return
	}
	o := runner.Options{Documents: runner.Documents{Collection: col}, Select: names, Iterations: recorded.Start.Iterations, Only: recorded.Failed.Has}
	fmt.Println("again:", o.Select, "in iterations", recorded.Failed.Iterations, "of", o.Iterations)
	// Output:
	// again: [c] in iterations [1] of 2
}

var (
	list = event.ItemRef{ID: "b", Name: "List", Path: []string{"Shop", "Orders", "List"}}
	get  = event.ItemRef{ID: "c", Name: "Get", Path: []string{"Shop", "Orders", "Get"}}
)

func at(iteration int, seconds int) event.Head {
	return event.Head{Time: time.Unix(int64(seconds), 0).UTC(), Cursor: event.Cursor{Iteration: iteration}}
}

// recordedRun is the log of two iterations of shop; Get fails in the second.
func recordedRun() *runlog.Log {
	return logOf(
		&event.RunStarted{Head: at(0, 0), File: "shop.json", Collection: json.RawMessage(shop), Iterations: 2},
		&event.IterationStarted{Head: at(0, 0), Data: json.RawMessage(`{}`)},
		&event.ItemStarted{Head: at(0, 1), Item: list}, &event.ItemStarted{Head: at(0, 3), Item: get},
		&event.ItemStarted{Head: at(1, 5), Item: list}, &event.ItemStarted{Head: at(1, 9), Item: get},
		&event.TestFinished{Head: at(1, 9), Item: get, Err: &script.Error{Name: "AssertionError"}},
		&event.RunFinished{Head: at(0, 9)})
}

func logOf(list ...event.Event) *runlog.Log {
	var b bytes.Buffer
	w := runlog.NewWriter(&b)
	for _, e := range list {
		_ = w.Report(e, nil) // a buffer
	}
	_ = w.Flush()
	return runlog.New("a.ndjson", bytes.NewReader(b.Bytes()), int64(b.Len()))
}

func TestRead(t *testing.T) {
	t.Parallel()
	start := &event.RunStarted{}
	failedRequest := &event.RequestFinished{Head: at(0, 0), Item: list, Source: "item", Err: &event.Failure{Message: "down"}}
	retried := &event.RequestFinished{Head: at(0, 0), Item: list, Source: "item", Err: &event.Failure{Message: "down"}, Retried: true}
	tests := []struct {
		name        string
		in          []event.Event
		ran, failed string
		data        bool
	}{
		{"each item once", []event.Event{start, &event.ItemStarted{Item: list}, &event.ItemStarted{Item: get}, &event.ItemStarted{Item: list}}, "List Get", "", false},
		{"a request that failed", []event.Event{start, &event.ItemStarted{Item: list}, failedRequest}, "List", "List", false},
		{"an attempt that was replaced", []event.Event{start, &event.ItemStarted{Item: list}, retried}, "List", "", false},
		{"a warning that counts", []event.Event{start, &event.ItemStarted{Item: list}, &event.Warned{Item: list, Strict: true}}, "List", "List", false},
		{"iteration data", []event.Event{start, &event.IterationStarted{Data: json.RawMessage(`{"id":1}`)}}, "", "", true},
		{"items without ids or paths", []event.Event{start, &event.ItemStarted{Item: event.ItemRef{Name: "x"}}}, "x", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, err := replay.Read(logOf(tt.in...))
			if err != nil {
				t.Fatal(err)
			}
			names := func(s replay.Selection) string {
				var out []string
				for _, item := range s.Items {
					out = append(out, item.Name)
				}
				return strings.Join(out, " ")
			}
			if names(r.Ran) != tt.ran || names(r.Failed) != tt.failed || r.HasData != tt.data {
				t.Errorf("ran %q, failed %q, data %v", names(r.Ran), names(r.Failed), r.HasData)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	second := event.Head{Cursor: event.Cursor{Run: 1}}
	for name, tt := range map[string]struct {
		in   []event.Event
		want error
	}{
		"no run":                   {nil, runlog.ErrEmpty},
		"no start":                 {[]event.Event{&event.ItemStarted{Item: list}}, runlog.ErrEmpty},
		"several runs":             {[]event.Event{&event.RunStarted{}, &event.RunStarted{Head: second}}, replay.ErrSeveral},
		"several runs, renumbered": {[]event.Event{&event.RunStarted{}, &event.RunStarted{}}, replay.ErrSeveral},
	} {
		if _, err := replay.Read(logOf(tt.in...)); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Items are found by id, else by path; an item that has neither is an error.
func TestNames(t *testing.T) {
	t.Parallel()
	c, err := collections.Parse("shop.json", []byte(shop))
	if err != nil {
		t.Fatal(err)
	}
	other := get
	other.ID = "of another reading"
	got, err := replay.Names(c, []event.ItemRef{list, other})
	if d := cmp.Diff([]string{"b", "Orders/Get"}, got); d != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
	for _, item := range []event.ItemRef{{Name: "x"}, {ID: "none", Path: []string{"Shop"}}, {ID: "none", Path: []string{"Shop", "gone"}}} {
		if _, err := replay.Names(c, []event.ItemRef{item}); err == nil {
			t.Errorf("%+v was found", item)
		}
	}
}

// A request with a masked secret in it cannot be sent.
func TestSendable(t *testing.T) {
	t.Parallel()
	c, err := collections.Parse("c.json", []byte(`{"info":{"name":"C"},"variable":[{"key":"v","value":"******"}],"item":[
		{"id":"ok","name":"ok","request":"h"},
		{"id":"masked","name":"masked","request":{"url":"h","header":[{"key":"Authorization","value":"Bearer ******"}]}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := replay.Sendable(c, []string{"ok"}); err != nil {
		t.Error(err)
	}
	var masked *replay.MaskedError
	if err := replay.Sendable(c, []string{"ok", "masked"}); !errors.As(err, &masked) || masked.Item != "masked" || masked.Part != "header" {
		t.Errorf("got %v", err)
	}
	if !replay.HasMaskedVariables(c) {
		t.Error("a masked variable goes unnoticed")
	}
}

// Each execution has its own start; what was not recorded starts at once.
func TestPace(t *testing.T) {
	t.Parallel()
	pace, err := replay.Pace(logOf(&event.RunStarted{Head: at(0, 10)},
		&event.ItemStarted{Head: at(0, 11), Item: list}, &event.ItemStarted{Head: at(0, 14), Item: list}, &event.ItemStarted{Head: at(1, 20), Item: list}))
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		iteration int
		item      event.ItemRef
		want      time.Duration
	}{{0, list, time.Second}, {0, list, 4 * time.Second}, {0, list, 0}, {1, list, 10 * time.Second}, {1, get, 0}} {
		if got := pace(event.Cursor{Iteration: step.iteration}, step.item); got != step.want {
			t.Errorf("iteration %d, %s: %v, want %v", step.iteration, step.item.Name, got, step.want)
		}
	}
}

func TestFromHAR(t *testing.T) {
	t.Parallel()
	c, answers, _, err := replay.FromHAR("a.har", []byte(`{"log":{"version":"1.2","entries":[
		{"request":{"method":"GET","url":"http://h/a","headers":[]},"response":{"status":404,"headers":[{"name":"X-A","value":"b"}],"content":{"text":"no"}}}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for range c.All() {
		n++
	}
	if n != 1 || answers.Len() != 1 || answers[0].Code != 404 || string(answers[0].Body) != "no" || answers[0].Header["x-a"][0] != "b" {
		t.Errorf("%d requests, %+v", n, answers)
	}
	if _, _, _, err := replay.FromHAR("a.har", []byte(`{`)); err == nil {
		t.Error("what is no archive is taken")
	}
}

// FuzzRecording: whatever is in a log, its readers end without a panic, and a
// log that is read twice agrees with itself but for answers that failed.
func FuzzRecording(f *testing.F) {
	var b bytes.Buffer
	w := runlog.NewWriter(&b)
	for e, err := range recordedRun().Events() {
		if err != nil {
			f.Fatal(err)
		}
		_ = w.Report(e, nil) // a buffer
	}
	_ = w.Report(&event.RequestFinished{Head: at(0, 1), Item: list, Source: "item", Response: &event.Response{Code: 200, Body: []byte(`{"a":[1]}`)}}, nil)
	_ = w.Flush()
	f.Add(b.Bytes())
	f.Add(bytes.ReplaceAll(b.Bytes(), []byte(`"path":[`), []byte(`"path":null,"x":[`)))
	f.Add(bytes.ReplaceAll(b.Bytes(), []byte(`"response":{`), []byte(`"response":null,"x":{`)))
	f.Fuzz(func(t *testing.T, src []byte) {
		log := runlog.New("a.ndjson", bytes.NewReader(src), int64(len(src)))
		_ = log.Whole()
		if pace, err := replay.Pace(log); err == nil {
			pace(event.Cursor{}, list)
		}
		if r, err := replay.Read(log); err == nil {
			if c, err := r.Collection(); err == nil {
				names, _ := replay.Names(c, r.Ran.Items)
				_ = replay.Sendable(c, names)
			}
		}
		answers, err := drift.ReadLog(log)
		if err != nil {
			return
		}
		found, err := drift.Compare(answers, answers, drift.Rules{})
		if err != nil {
			return // broken in what the index of answers passes over
		}
		for _, x := range found {
			if x.Kind != drift.Failed {
				t.Errorf("a log differs from itself: %+v", x)
			}
		}
	})
}
