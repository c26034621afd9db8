package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"unicode"

	"postie/runner/event"
	"postie/runner/report"
	"postie/runner/runlog"
	"postie/runner/script"
)

// hostile is the log of a run whose names and messages are as given.
func hostile(t *testing.T, name, message string) report.Log {
	t.Helper()
	var b bytes.Buffer
	w := runlog.NewWriter(&b)
	item := event.ItemRef{ID: "i", Name: name, Path: []string{name, name, name}}
	failed := &script.Error{Name: name, Message: message, Stack: message}
	for _, e := range []event.Event{
		&event.RunStarted{File: name, Name: name, Collection: json.RawMessage(`{}`)},
		&event.IterationStarted{},
		&event.ItemStarted{Item: item, JSON: json.RawMessage(`{}`)},
		&event.RequestFinished{Item: item, Source: "item", Request: event.Request{Method: "GET", URL: message, Display: message, JSON: json.RawMessage(`{}`)},
			Response: &event.Response{Code: 200, Status: name, Body: []byte(message), Header: []event.Field{{Name: name, Value: message}}}},
		&event.TestFinished{Item: item, Name: name, Err: failed, Expected: &message, Actual: &name},
		&event.ScriptFinished{Item: item, Listen: script.Test, Owner: name, Err: failed},
		&event.ConsoleLogged{Item: item, Level: "log", Messages: []script.Message{{Inspect: message}}},
		&event.Warned{Item: item, Text: message, Hint: name},
		&event.ItemFinished{Item: item, Next: &name},
		&event.IterationFinished{},
		&event.RunFinished{Err: &event.Failure{Kind: "run", Name: name, Message: message}},
	} {
		if err := w.Report(e, &event.Summary{}); err != nil {
			t.Fatal(err)
		}
	}
	return runlog.New("fuzz", bytes.NewReader(b.Bytes()), int64(b.Len()))
}

// Whatever things are called, reports keep their form.
func FuzzReports(f *testing.F) {
	f.Add("plain", "text")
	f.Add("\x00\x1b]0;x\x07\u202e", "]]> <![CDATA[ &amp; \ufffe \xff")
	f.Add("::error::a\n##vso[b]", "##teamcity[c] |'\n\r::set-output name=x::y")
	f.Add("=1+1,\"", "```\n# x\n| y |")
	f.Fuzz(func(t *testing.T, name, message string) {
		log := hostile(t, name, message)
		out := map[string]string{}
		for r := range renderers {
			out[r] = rendered(t, r, log, report.Options{})
		}
		for _, r := range []string{"json", "har", "ctrf", "gitlab"} {
			if !json.Valid([]byte(out[r])) {
				t.Errorf("%s: not JSON: %q", r, out[r])
			}
		}
		dec := xml.NewDecoder(strings.NewReader(out["junit"]))
		for {
			if _, err := dec.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("junit: %v: %q", err, out["junit"])
			}
		}
		if rows, err := csv.NewReader(strings.NewReader(out["csv"])).ReadAll(); err != nil || len(rows) != 2 {
			t.Errorf("csv: %d rows, %v", len(rows), err)
		}
		for r, prefix := range map[string]string{"teamcity": "##teamcity[", "github": "::"} {
			lines := strings.Split(strings.TrimSuffix(out[r], "\n"), "\n")
			if r == "github" {
				lines = lines[:len(lines)-1] // the verdict
			}
			for _, line := range lines {
				if !strings.HasPrefix(line, prefix) {
					t.Errorf("%s: line %q", r, line)
				}
			}
		}
		for _, r := range []string{"cli", "cli_ascii", "cli_wordy", "tap", "dot", "markdown"} {
			if i := strings.IndexFunc(out[r], func(c rune) bool { return unicode.IsControl(c) && c != '\n' && c != '\t' }); i >= 0 {
				t.Errorf("%s: control character in %q", r, out[r][max(0, i-30):])
			}
			for line := range strings.SplitSeq(out[r], "\n") {
				if strings.HasPrefix(strings.TrimSpace(line), "::e") || strings.Contains(line, "##vso[") {
					t.Errorf("%s: command %q", r, line)
				}
			}
		}
	})
}
