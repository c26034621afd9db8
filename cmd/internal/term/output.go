package term

import (
	"errors"
	"io"
	"syscall"
)

// An Output remembers the first error of a writer, so that commands may print
// without a look at each.
type Output struct {
	io.Writer
	err error
}

// Write implements io.Writer.
func (o *Output) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// Err is the first error. A reader that went away is none, nor is a terminal:
// they have seen enough.
func (o *Output) Err() error {
	if errors.Is(o.err, syscall.EPIPE) || errors.Is(o.err, syscall.EIO) {
		return nil
	}
	return o.err
}
