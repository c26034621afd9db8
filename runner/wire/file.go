package wire

import (
	"errors"
	"fmt"
	"io/fs"

	"postie/runner/workdir"
)

var (
	// ErrEmptyURL is Build's answer to a request without a URL.
	ErrEmptyURL = errors.New("runtime:extensions~request: request url is empty")
	errNotFile  = errors.New("is not a regular file")
)

// A FileError is about a body file that could not be read.
type FileError struct {
	Place, Name string // where the request names it, and how
	Err         error
}

// Error implements error.
func (e *FileError) Error() string {
	cause := e.Err.Error()
	var refusal workdir.Refusal
	switch {
	case errors.Is(e.Err, fs.ErrNotExist):
		cause = "no such file"
	case errors.As(e.Err, &refusal):
		cause = "refused: " + refusal.Error()
	case errors.Is(e.Err, fs.ErrPermission):
		cause = "refused: it is outside the working directory, or not readable"
	case errors.Is(e.Err, fs.ErrInvalid), errors.Is(e.Err, errNotFile):
		cause = "is not a regular file"
	}
	return fmt.Sprintf("%s: file %q: %s", e.Place, e.Name, cause)
}

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }
