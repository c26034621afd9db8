package flaghelp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"postie/cmd/internal/flaghelp"
)

func TestText(t *testing.T) {
	t.Parallel()
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	for i := range 14 {
		fs.String(fmt.Sprintf("flag-%02d", i), "", "what this flag does, in more words than fit into a line of forty columns")
	}
	text := flaghelp.Text(fs, 60, []flaghelp.Group{{Title: "Second", Flags: []string{"flag-03", "flag-01"}}, {Title: "None", Flags: []string{"nothing"}},
		{Title: "Another command's", With: "nothing", Flags: []string{"flag-05"}}})
	if !strings.HasPrefix(text, "Second:\n      --flag-03") || !strings.Contains(text, "\n\nOther:\n      --flag-00") || strings.Contains(text, "None") || strings.Contains(text, "Another") {
		t.Error(text)
	}
	for line := range strings.Lines(text) {
		if len(strings.TrimRight(line, "\n")) > 60 {
			t.Errorf("%d columns: %s", len(line), line)
		}
	}
	if n := strings.Count(text, "--flag-"); n != 14 {
		t.Errorf("%d flags are shown", n)
	}
}

// Few flags are one list, and cobra's own text goes on round it.
func TestUse(t *testing.T) {
	t.Parallel()
	c := &cobra.Command{Use: "x", Run: func(*cobra.Command, []string) {}}
	c.Flags().Bool("one", false, "the one")
	flaghelp.Use(c, 0, nil)
	if text := c.UsageString(); !strings.Contains(text, "Usage:\n  x") || !strings.Contains(text, "Flags:\n") || !strings.Contains(text, "--one") {
		t.Error(text)
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"short", "one two", "one two"},
		{"joined", "one\ntwo", "one two"},
		{"broken", "one two three four", "one two\nthree four"},
		{"as long as the line", "one two th four", "one two th\nfour"},
		{"a word that is too long", "a verylongwordindeed b", "a\nverylongwordindeed\nb"},
		{"counted in characters", "ééééé ééé é", "ééééé ééé\né"},
		{"paragraphs", "one\n\ntwo", "one\n\ntwo"},
		{"indented", "one:\n  two three four five", "one:\n  two three four five"},
		{"empty", "", ""},
	} {
		if got := flaghelp.Fill(tt.in, 10); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
