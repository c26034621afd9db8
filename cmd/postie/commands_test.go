package main

import (
	"io"
	"testing"

	"postie/cmd/internal/flags"
	"postie/cmd/internal/suggest"
	"postie/cmd/internal/term"
)

// A command that is called is made alone, and is found by its name.
func TestCommandsHaveTheirNames(t *testing.T) {
	t.Parallel()
	s := &term.Streams{Out: io.Discard, Err: io.Discard}
	for name := range commands(s, flags.Reporters{}) {
		root := newRootFor([]string{name}, s, flags.Reporters{})
		if c, _, err := root.Find([]string{name}); err != nil || c.Name() != name {
			t.Errorf("%s: %v", name, err)
		}
		if n := len(suggest.Names(root)); n != 2 && name != "man" {
			t.Errorf("%s: %d commands, want it and completion", name, n)
		}
	}
}
