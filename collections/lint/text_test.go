package lint_test

import (
	"io"
	"strings"
	"testing"

	"postie/collections/lint"
)

func TestForms(t *testing.T) {
	t.Parallel()
	list := []lint.Finding{
		{File: "c.json", Line: 3, Item: "Log\nin", Severity: lint.Error, Rule: lint.EmptyURL, Text: "no URL"},
		{File: "a:b.json", Severity: lint.Info, Rule: lint.UnusedVariable, Text: "100% unused\nhost"},
	}
	for _, tt := range []struct {
		name  string
		write func(io.Writer, []lint.Finding) error
		list  []lint.Finding
		want  string
	}{
		{"text", lint.Text, list, `c.json:3:1: error: "Log\nin": no URL [empty-url]` + "\na:b.json: info: 100% unused host [unused-variable]\n"},
		{"github", lint.GitHub, list, "::error file=c.json,line=3,col=1,title=postie empty-url::" + `"Log\nin": no URL` +
			"\n::notice file=a%3Ab.json,line=1,col=1,title=postie unused-variable::100%25 unused%0Ahost\n"},
		{"json of none", lint.JSON, nil, "[]\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			if err := tt.write(&b, tt.list); err != nil || b.String() != tt.want {
				t.Errorf("%v\n%s\nwant\n%s", err, b.String(), tt.want)
			}
		})
	}
}
