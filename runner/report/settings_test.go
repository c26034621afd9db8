package report_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/runner/report"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in   report.Settings
		want report.Options
		err  string
	}{
		{nil, report.Options{}, ""},
		{report.Settings{"bodies": "bytes", "max-body": "10", "omit-headers": "true", "title": "T"},
			report.Options{Bodies: report.BodiesBytes, MaxBody: 10, OmitHeaders: true, Title: "T"}, ""},
		{report.Settings{"omit-bodies": "true", "only-failures": "false"}, report.Options{Bodies: report.BodiesNone}, ""},
		{report.Settings{"bodies": "maybe"}, report.Options{}, `bodies: "maybe": want text, bytes or none`},
		{report.Settings{"max-body": "0"}, report.Options{}, `max-body: "0": want a number of bytes`},
	} {
		got, err := tt.in.Options()
		if text := fmt.Sprint(err); tt.err != "" && text != tt.err || tt.err == "" && err != nil {
			t.Errorf("%v: %v", tt.in, err)
		}
		if d := cmp.Diff(tt.want, got); d != "" && tt.err == "" {
			t.Errorf("%v (-want +got):\n%s", tt.in, d)
		}
	}
	got := report.Settings{"no-banner": "true", "no-assertions": "false"}.CLI(report.CLIOptions{Verbose: true, OnlyFailures: true})
	if d := cmp.Diff(report.CLIOptions{Verbose: true, OnlyFailures: true, NoBanner: true}, got); d != "" {
		t.Errorf("cli (-want +got):\n%s", d)
	}
}
