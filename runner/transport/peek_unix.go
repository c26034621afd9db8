//go:build unix

package transport

import (
	"crypto/tls"
	"errors"
	"net"
	"syscall"
)

// peek looks at an idle connection without waiting.
func peek(c net.Conn) connState {
	if tc, ok := c.(*tls.Conn); ok {
		c = tc.NetConn()
	}
	sc, ok := c.(syscall.Conn)
	if !ok {
		return unsure
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return closed
	}
	state := closed
	err = raw.Read(func(fd uintptr) bool {
		var one [1]byte
		n, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		switch {
		case errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.EWOULDBLOCK):
			state = quiet
		case n > 0:
			state = unsure
		}
		return true
	})
	if err != nil {
		return closed
	}
	return state
}
