package runner

import (
	"errors"
	"fmt"
	"io/fs"

	"postie/runner/event"
	"postie/runner/transport"
	"postie/runner/workdir"
)

var (
	errEmptyURL = errors.New("runtime:extensions~request: request url is empty")
	errNotFile  = errors.New("is not a regular file")
)

// A fileError tells of a body file that could not be read.
type fileError struct {
	place, name string
	err         error
}

func (e *fileError) Error() string {
	cause := e.err.Error()
	var refusal workdir.Refusal
	switch {
	case errors.Is(e.err, fs.ErrNotExist):
		cause = "no such file"
	case errors.As(e.err, &refusal):
		cause = "refused: " + refusal.Error()
	case errors.Is(e.err, fs.ErrPermission):
		cause = "refused: it is outside the working directory, or not readable"
	case errors.Is(e.err, fs.ErrInvalid), errors.Is(e.err, errNotFile):
		cause = "is not a regular file"
	}
	return fmt.Sprintf("%s: file %q: %s", e.place, e.name, cause)
}

// failure words an error of the request as newman does.
func failure(err error) *event.Failure {
	f := &event.Failure{Kind: "request", Name: "Error", Message: err.Error()}
	var te *transport.Error
	if errors.As(err, &te) {
		f.Message, f.Code, f.Syscall, f.Errno = te.Node()
		f.Name = nodeName(te)
		if te.Kind == transport.ErrConnect {
			f.Address, f.Port = te.Addr, te.Port
		}
		if te.Kind == transport.ErrTooLarge {
			f.Hint = "raise --max-response-size"
		}
	}
	var fe *fileError
	if errors.As(err, &fe) && errors.Is(fe.err, fs.ErrPermission) {
		f.Hint = "set --working-dir to the folder that holds it, or pass --insecure-file-read"
	}
	return f
}

// nodeName is the error class node throws for a kind.
func nodeName(e *transport.Error) string {
	switch e.Kind {
	case transport.ErrHeader, transport.ErrMethod, transport.ErrHost, transport.ErrPath:
		return "TypeError"
	case transport.ErrURL:
		if e.Port != 0 || e.Detail != "" && e.Host != "" {
			return "RangeError"
		}
	}
	return "Error"
}
