package main

import (
	"context"
	"strings"
	"unicode"

	"postie/runner"
)

func reporterNames() []string { return []string{"cli", "json", "junit"} }

// sinks are the reporters of a run and the files they write.
type sinks struct{}

func (j *job) reporters(o *runner.Options) (*sinks, error) { return &sinks{}, nil }

func (s *sinks) finish() error { return nil }

func (j *job) libraries(context.Context, *runner.Options) error { return nil }

// printable makes text safe for a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return '\uFFFD'
		}
		return r
	}, s)
}
