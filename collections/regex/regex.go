// Package regex has regular expressions that are compiled when they are first
// used. A process that compiles all of them at its start does so for commands
// that it does not run.
package regex

import (
	"regexp"
	"sync"
)

// Lazy returns a function that compiles the expression when it is first called,
// and panics if that fails. It is safe for concurrent use.
func Lazy(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
