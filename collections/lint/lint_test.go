package lint_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/collections"
	"postie/collections/lint"
	"postie/collections/vars"
)

// short is a finding as the tables below have it.
func short(f lint.Finding) string { return fmt.Sprintf("%s %s: %s", f.Severity, f.Rule, f.Item) }

func TestRules(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, items string
		want        []string
	}{
		{"nothing is wrong", `{"name":"a","request":"{{host}}/x"}`, nil},
		{"a variable that nothing defines", `{"name":"a","request":"{{host}}/{{x}}"}`, []string{"error undefined-variable: a"}},
		{"a variable that a script sets", `{"name":"a","event":[{"listen":"prerequest","script":{"exec":["pm.environment.set('x', 1)"]}}],"request":"{{host}}/{{x}}"}`, nil},
		{"a secret of the vault", `{"name":"a","request":"{{host}}/{{vault:x}}"}`, nil},
		{"a dynamic variable", `{"name":"a","request":"{{host}}/{{$guid}}/{{$gui}}"}`, []string{"error unknown-dynamic: a"}},
		{"no URL", `{"name":"a","request":{"url":" "}}`, []string{"error empty-url: a"}},
		{"a header that is switched off", `{"name":"a","request":{"url":"{{host}}","header":[{"key":"X","value":"{{x}}","disabled":true}]}}`, nil},
		{"a placeholder", `{"name":"a","request":{"url":"{{host}}?id=<id>","header":[{"key":"X","value":"YOUR_API_KEY"}]}}`,
			[]string{"warning placeholder: a", "warning placeholder: a"}},
		{"a password in a URL", `{"name":"a","request":"http://me:pass@h/"}`, []string{"warning secret-in-clear: a"}},
		{"a credential in a body", `{"name":"a","request":{"method":"POST","url":"{{host}}","body":{"mode":"raw","raw":"AKIAABCDEFGHIJKLMNOP"}}}`,
			[]string{"warning secret-in-clear: a"}},
		{"a literal auth parameter", `{"name":"a","request":{"url":"{{host}}","auth":{"type":"bearer","bearer":[{"key":"token","value":"abc"}]}}}`,
			[]string{"warning secret-in-clear: a"}},
		{"two of one name", `{"name":"a","request":"{{host}}"},{"name":"a","request":"{{host}}"}`, []string{"warning duplicate-name: a"}},
		{"a folder and a request of one name", `{"name":"a","item":[]},{"name":"a","request":"{{host}}"}`, nil},
		{"a jump over a request", script("postman.setNextRequest('c')"), []string{"warning unreachable-request: b"}},
		{"a jump that may not happen", script("if (x) postman.setNextRequest('c')"), nil},
		{"a jump in a comment", script("// postman.setNextRequest('c')"), nil},
		{"the end of the run", script("pm.execution.setNextRequest(null)"), []string{"warning unreachable-request: b", "warning unreachable-request: c"}},
		{"a jump to nowhere", script("if (x) { postman.setNextRequest('z') }"), []string{"warning unknown-target: a"}},
		{"a computed jump may lead anywhere", script("postman.setNextRequest(x)"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := parse(t, `{"info":{"name":"C"},"item":[`+tt.items+`]}`)
			found, err := lint.Check(c, lint.Options{EnvironmentFile: "e", Environment: vars.NewScope("e", vars.Variable{Key: "host", Value: "h"})})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range found {
				if f.File != "e" {
					got = append(got, short(f))
				}
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// script are three requests, the first with a test script.
func script(source string) string {
	text, _ := json.Marshal(source) // a string
	return fmt.Sprintf(`{"name":"a","event":[{"listen":"test","script":{"exec":%s}}],"request":"{{host}}"},
		{"name":"b","request":"{{host}}"},{"name":"c","request":"{{host}}"}`, text)
}

func parse(t *testing.T, src string) *collections.Collection {
	t.Helper()
	c, err := collections.Parse("c.json", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Without an environment, a variable it would define is a warning.
func TestNoEnvironment(t *testing.T) {
	t.Parallel()
	found, err := lint.Check(parse(t, `{"info":{"name":"C"},"item":[{"name":"a","request":"{{host}}"}]}`), lint.Options{})
	if err != nil || len(found) != 1 || found[0].Severity != lint.Warning {
		t.Errorf("%v %v", found, err)
	}
}

// Of data only the names count.
func TestDataDefinesNames(t *testing.T) {
	t.Parallel()
	found, err := lint.Check(parse(t, `{"info":{"name":"C"},"item":[{"name":"a","request":"h/{{id}}"}]}`),
		lint.Options{Data: vars.NewScope("data", vars.Variable{Key: "id", Value: ""})})
	if err != nil || len(found) != 0 {
		t.Errorf("%v %v", found, err)
	}
}

func TestCompile(t *testing.T) {
	t.Parallel()
	c := parse(t, "{\"info\":{\"name\":\"C\"},\"item\":[{\"name\":\"a\",\"event\":[{\"listen\":\"test\",\"script\":{\"exec\":[\n\"ok;\",\n\"let a b;\"]}}],\"request\":\"h\"}]}")
	found, err := lint.Check(c, lint.Options{Compile: func(source string) (*lint.SyntaxError, error) {
		if !strings.Contains(source, "let a b") {
			t.Errorf("compiled %q", source)
		}
		return &lint.SyntaxError{Line: 2, Col: 7, Text: "expecting ;"}, nil
	}})
	want := []lint.Finding{{File: "c.json", Line: 3, Col: 7, Rule: lint.ScriptSyntax, Item: "a", Text: "script line 2:7: expecting ;"}}
	if d := cmp.Diff(want, found); d != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
	broken := errors.New("no machine")
	if _, err := lint.Check(c, lint.Options{Compile: func(string) (*lint.SyntaxError, error) { return nil, broken }}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestSeverity(t *testing.T) {
	t.Parallel()
	for _, s := range []lint.Severity{lint.Error, lint.Warning, lint.Info} {
		if got, err := lint.ParseSeverity(s.String()); got != s || err != nil {
			t.Errorf("%v: %v %v", s, got, err)
		}
	}
	if _, err := lint.ParseSeverity("bad"); err == nil || err.Error() != `"bad": want error, warning or info` {
		t.Errorf("got %v", err)
	}
	text, err := json.Marshal(lint.Finding{File: "f", Severity: lint.Warning, Rule: lint.EmptyURL, Text: "t"})
	if string(text) != `{"file":"f","severity":"warning","rule":"empty-url","text":"t"}` {
		t.Errorf("%s %v", text, err)
	}
}
