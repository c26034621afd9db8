package main

import (
	"io"
	"testing"

	"postie/cmd/internal/flags"
	"postie/cmd/internal/term"
)

// A command that is called is found by the name under which it is made, and is
// then the only one.
func TestCommandsHaveTheirNames(t *testing.T) {
	t.Parallel()
	s := &term.Streams{Out: io.Discard, Err: io.Discard}
	for name := range commands(s, flags.Reporters{}) {
		list := newRootFor([]string{name}, s, flags.Reporters{}).Commands()
		if len(list) != 1 || list[0].Name() != name {
			t.Errorf("%s: %v", name, list)
		}
	}
}
