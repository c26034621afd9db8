// Package exit has the exit codes of the program, and the errors that end it
// with one of them.
package exit

import "fmt"

// Exit codes.
const (
	OK          = 0
	Failed      = 1   // a test or request failed, or an output cannot be written
	BadUsage    = 2   // wrong flags or arguments
	NotRun      = 3   // unreadable, invalid or empty input
	Interrupted = 130 // SIGINT; SIGTERM is 143, SIGHUP 129
)

// An Error ends the program with a code. Its message is printed unless it is
// empty, with the hint below it.
type Error struct {
	Code  int
	Text  string
	Hint  string
	Cause error // nil, or an error for errors.Is and errors.As
}

// Error implements error.
func (e *Error) Error() string { return e.Text }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Usage returns an error about flags or arguments.
func Usage(format string, args ...any) error {
	return &Error{Code: BadUsage, Text: fmt.Sprintf(format, args...)}
}

// NotWritten returns an error about output that cannot be written, by whatever
// command; what %w formats is its cause.
func NotWritten(format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: Failed, Text: err.Error(), Cause: err}
}

// CannotRun returns an error about input that cannot be used.
func CannotRun(format string, args ...any) error {
	return &Error{Code: NotRun, Text: fmt.Sprintf(format, args...)}
}
