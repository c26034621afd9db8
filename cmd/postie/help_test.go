package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"postie/cmd/internal/term"
)

// Help fits the terminal, or 80 columns where there is none; words are whole.
func TestHelpFits(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"run", "demo", "replay", "rerun", "load", "code", "lint", "convert", "report", "mock", "help"} {
		for _, width := range []int{0, 160} {
			out := &strings.Builder{}
			s := &term.Streams{Out: out, Err: out, Width: width, Getenv: func(string) string { return "" }}
			if code := run([]string{command, "--help"}, s); code != 0 {
				t.Fatalf("%s --help: exit %d", command, code)
			}
			longest := 0
			for line := range strings.SplitSeq(out.String(), "\n") {
				longest = max(longest, utf8.RuneCountInString(line))
			}
			if limit := max(width, 80); longest > limit {
				t.Errorf("%s --help has a line of %d columns, wider than %d", command, longest, limit)
			}
		}
	}
}
