// Package term holds what a command knows about its terminal: streams, whether
// they are terminals, the width, colour, and the environment.
package term

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// Streams are the input and outputs of a command. Tests fill them in by hand.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	OutTTY   bool
	ErrTTY   bool
	Width    int // columns of Out; 0 when it is not a terminal
	Getenv   func(string) string
	Environ  func() []string
}

// Std returns the streams of the process.
func Std() *Streams {
	s := &Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv, Environ: os.Environ}
	s.OutTTY = term.IsTerminal(int(os.Stdout.Fd()))
	s.ErrTTY = term.IsTerminal(int(os.Stderr.Fd()))
	if s.OutTTY && s.Getenv("CI") == "" {
		if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
			s.Width = w
		}
	}
	return s
}

// IsTerminal reports whether Err is a terminal, so that somebody sees it as it
// is written.
func (s *Streams) IsTerminal() bool { return s.ErrTTY }

// Secret asks for a text that is not shown while it is typed.
func (s *Streams) Secret(prompt string) (string, error) {
	in, ok := s.In.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return "", errors.New("standard input is no terminal")
	}
	_, _ = fmt.Fprint(s.Err, prompt) // reading reports the error
	text, err := term.ReadPassword(int(in.Fd()))
	_, _ = fmt.Fprintln(s.Err)
	return string(text), err
}

// Color decides whether Out is coloured: by the flag ("on", "off", "auto"),
// then FORCE_COLOR, then NO_COLOR and TERM=dumb, then whether Out is a
// terminal.
func (s *Streams) Color(flag string) bool {
	switch flag {
	case "on":
		return true
	case "off":
		return false
	}
	if v := s.Getenv("FORCE_COLOR"); v != "" && v != "0" {
		return true
	}
	if s.Getenv("NO_COLOR") != "" || s.Getenv("TERM") == "dumb" {
		return false
	}
	return s.OutTTY
}
