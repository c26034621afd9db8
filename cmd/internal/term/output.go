package term

import (
	"errors"
	"io"
	"syscall"
)

// An Output keeps the first error of a writer, so that commands can print
// without checking each call.
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

// Err returns the first error. It is nil when the output is a closed pipe or a
// terminal that has gone: their reader has seen enough.
func (o *Output) Err() error {
	if errors.Is(o.err, syscall.EPIPE) || errors.Is(o.err, syscall.EIO) {
		return nil
	}
	return o.err
}
