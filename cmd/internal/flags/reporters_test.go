package flags_test

import (
	"maps"
	"slices"
	"testing"

	"postie/cmd/internal/flags"
)

func TestReporterArguments(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		args []string
		rest []string
		want map[string]string // of the reporter junit
	}{
		{"a value after the flag", []string{"run", "--reporter-junit-export", "r.xml", "c.json"}, []string{"run", "c.json"}, map[string]string{"export": "r.xml"}},
		{"a value in the flag", []string{"--reporter-junit-export=r.xml", "c.json"}, []string{"c.json"}, map[string]string{"export": "r.xml"}},
		{"a switch takes no value", []string{"--reporter-junit-only-failures", "c.json"}, []string{"c.json"}, map[string]string{"only-failures": "true"}},
		{"bail takes its words alone", []string{"--bail", "folder", "--bail", "c.json"}, []string{"--bail=folder", "--bail", "c.json"}, nil},
		{"nothing is read after --", []string{"--", "--reporter-junit-export", "r.xml"}, []string{"--", "--reporter-junit-export", "r.xml"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rest, got := flags.SplitReporters(flags.Normalize(tt.args))
			if !slices.Equal(rest, tt.rest) || !maps.Equal(got["junit"], tt.want) {
				t.Errorf("rest %q, junit %v", rest, got["junit"])
			}
		})
	}
}
