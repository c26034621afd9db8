package transport

import (
	"errors"
	"net"
)

// A connState is what a look at an idle connection finds.
type connState uint8

const (
	unsure connState = iota // only reading from it will show
	quiet                   // open, and nothing to read
	closed
)

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}
