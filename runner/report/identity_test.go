package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"postie/runner/event"
	"postie/runner/report"
	"postie/runner/runlog"
	"postie/runner/script"
)

// identitiesOf are the identities of tests in each report that has any.
var identitiesOf = map[string]func(*testing.T, report.Log) []string{
	"junit": func(t *testing.T, log report.Log) (out []string) {
		text := textOf(t, log, report.JUnit)
		for _, m := range regexp.MustCompile(`<testcase name="([^"]*)".*? classname="([^"]*)"`).FindAllStringSubmatch(text, -1) {
			out = append(out, m[2]+"|"+m[1])
		}
		return out
	},
	"ctrf": func(t *testing.T, log report.Log) (out []string) {
		for _, test := range gjson.Get(textOf(t, log, report.CTRF), "results.tests.#.name").Array() {
			out = append(out, test.String())
		}
		return out
	},
	"gitlab": func(t *testing.T, log report.Log) (out []string) {
		for _, print := range gjson.Get(textOf(t, log, report.GitLab), "#.fingerprint").Array() {
			out = append(out, print.String())
		}
		return out
	},
	"teamcity": func(t *testing.T, log report.Log) (out []string) {
		var b bytes.Buffer
		if err := report.Replay(log, report.NewTeamCity(&b)); err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`testStarted name='(.*?)'\]`).FindAllStringSubmatch(b.String(), -1) {
			out = append(out, m[1])
		}
		return out
	},
	"allure": func(t *testing.T, log report.Log) (out []string) {
		files := map[string]*bytes.Buffer{}
		err := report.Allure(log, report.Options{}, func(name string) (io.WriteCloser, error) {
			if files[name] != nil {
				return nil, errors.New("two files " + name)
			}
			files[name] = &bytes.Buffer{}
			return nopCloser{files[name]}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for name, b := range files {
			if strings.HasSuffix(name, "-result.json") {
				out = append(out, gjson.GetBytes(b.Bytes(), "historyId").String())
			}
		}
		return out
	},
}

func textOf(t *testing.T, log report.Log, render func(io.Writer, report.Log, report.Options) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := render(&b, log, report.Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A tested is an execution with failed assertions of these names.
type tested struct {
	id, name string
	folder   string
	run      int
	label    string
	cycle    int // iteration, of three; 0: of one
	tests    []string
}

const namelessCollection = `{"info":{"name":"C"},"item":[{"id":"f1","item":[{"id":"x1"}]},{"id":"f2","name":"","item":[{"id":"x2","name":"x"}]}]}`

func logOf(list []tested) *runlog.Log {
	var b bytes.Buffer
	w := runlog.NewWriter(&b)
	put := func(e event.Event) { _ = w.Report(e, nil) } // a buffer
	last := -1
	for i, x := range list {
		head := event.Head{Cursor: event.Cursor{Run: x.run, Ref: fmt.Sprint("r", i)}}
		if x.cycle > 0 {
			head.Cursor.Cycles, head.Cursor.Iteration = 3, x.cycle-1
		}
		if x.run != last {
			put(&event.RunStarted{Head: head, Name: "C", Label: x.label, Collection: json.RawMessage(namelessCollection)})
			last = x.run
		}
		item := event.ItemRef{ID: x.id, Name: x.name, Path: []string{"C", x.folder, x.name}}
		put(&event.ItemStarted{Head: head, Item: item})
		for _, name := range x.tests {
			put(&event.TestFinished{Head: head, Item: item, Name: name, Err: &script.Error{Name: "AssertionError", Message: "no"}})
		}
		put(&event.ItemFinished{Head: head, Item: item})
		if i+1 == len(list) || list[i+1].run != x.run {
			put(&event.RunFinished{Head: head})
		}
	}
	_ = w.Flush()
	return runlog.New("l", bytes.NewReader(b.Bytes()), int64(b.Len()))
}

// Readers of reports keep the last of two tests that have one identity, and a
// failure would vanish: each has its own.
func TestIdentities(t *testing.T) {
	t.Parallel()
	same := []string{"has id", "has id"}
	tests := []struct {
		name string
		in   []tested
	}{
		{"two tests of one name", []tested{{id: "a", name: "one", folder: "F", tests: same}}},
		{"a test that is called as the second would be", []tested{{id: "a", name: "one", folder: "F", tests: []string{"t", "t #2", "t", "t #2", "t"}}}},
		{"two items of one name", []tested{{id: "a", name: "one", folder: "F", tests: same}, {id: "b", name: "one", folder: "F", tests: same}}},
		{"items that differ in signs", []tested{{id: "a", name: "a-b", folder: "F", tests: same}, {id: "b", name: "a b", folder: "F", tests: same}}},
		{"an item that runs twice", []tested{{id: "a", name: "one", folder: "F", tests: same}, {id: "a", name: "one", folder: "F", tests: same}}},
		{"iterations", []tested{{id: "a", name: "one", folder: "F", cycle: 1, tests: same}, {id: "a", name: "one", folder: "F", cycle: 2, tests: same}}},
		{"runs", []tested{{id: "a", name: "one", folder: "F", run: 0, label: "dev", tests: same}, {id: "a", name: "one", folder: "F", run: 1, label: "live", tests: same}}},
		{"runs whose labels differ in signs", []tested{{id: "a", name: "one", folder: "F", run: 0, label: "a-b", tests: same}, {id: "a", name: "one", folder: "F", run: 1, label: "a b", tests: same}}},
		{"logs that were merged", []tested{{id: "a", name: "one", folder: "F", run: 0, tests: same}, {id: "b", name: "two", folder: "F", run: 0, tests: same},
			{id: "a", name: "one", folder: "F", run: 1, tests: same}}},
		{"items without names", []tested{{id: "x1", folder: "", tests: same}, {id: "x2", name: "x", folder: "", tests: same}}},
		{"nothing has a name", []tested{{folder: "", tests: []string{"", ""}}, {folder: "", tests: []string{"", ""}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := 0
			for _, x := range tt.in {
				n += len(x.tests)
			}
			for format, identities := range identitiesOf {
				want := n
				if format == "allure" {
					want = len(tt.in)
				}
				got := identities(t, logOf(tt.in))
				slices.Sort(got)
				if unique := slices.Compact(slices.Clone(got)); len(unique) != want || len(got) != want {
					t.Errorf("%s: %d identities for %d tests: %q", format, len(unique), want, got)
				}
			}
		})
	}
}

// The second test of a name is "name #2"; what has no name has newman's id.
func TestIdentityNames(t *testing.T) {
	t.Parallel()
	log := logOf([]tested{
		{id: "a", name: "one", folder: "F", cycle: 1, label: "dev", tests: []string{"has id", "has id"}},
		{id: "x1", cycle: 1, tests: []string{"ok"}},
		{id: "x2", name: "x", cycle: 1, tests: []string{"ok"}},
	})
	got := identitiesOf["junit"](t, log)
	want := []string{"Dev.FOne|has id (iteration 1)", "Dev.FOne|has id #2 (iteration 1)", "Dev.F1X1|ok (iteration 1)", "Dev.F2X|ok (iteration 1)"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if text := textOf(t, log, report.JUnit); !strings.Contains(text, `<testsuite name="dev / f1 / x1"`) {
		t.Errorf("the suite of an item without a name:\n%s", text)
	}
}
