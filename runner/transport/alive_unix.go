//go:build unix

package transport

import (
	"crypto/tls"
	"net"
	"syscall"
)

// alive tells whether an idle connection is still open, without a wait: the
// other side may have closed it, or sent what nobody asked for.
func alive(c net.Conn) bool {
	tc, secure := c.(*tls.Conn)
	if secure {
		c = tc.NetConn()
	}
	sc, ok := c.(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return false
	}
	open := false
	err = raw.Read(func(fd uintptr) bool {
		var one [1]byte
		n, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		// A TLS peer may have sent a session ticket.
		open = err == syscall.EAGAIN || err == syscall.EWOULDBLOCK || secure && n > 0
		return true
	})
	return err == nil && open
}
