package transport

import (
	"errors"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
)

// Failures to connect, in node's whole text.
func TestConnectErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		url  string
		addr string // that was tried
		err  syscall.Errno
		want string
	}{
		{"http://h/", "127.0.0.1:80", syscall.ECONNREFUSED, "connect ECONNREFUSED 127.0.0.1:80"},
		{"http://h:81/", "[::1]:81", syscall.ECONNREFUSED, "connect ECONNREFUSED ::1:81"},
		{"http://h/", "10.0.0.1:80", syscall.ENETUNREACH, "connect ENETUNREACH 10.0.0.1:80 - Local (0.0.0.0:0)"},
		{"https://h/", "[2001:db8::1]:443", syscall.ENETUNREACH, "connect ENETUNREACH 2001:db8::1:443 - Local (:::0)"},
		{"http://h/", "10.0.0.1:80", syscall.EHOSTUNREACH, "connect EHOSTUNREACH 10.0.0.1:80"},
		{"http://h/", "10.0.0.1:80", syscall.ETIMEDOUT, "connect ETIMEDOUT 10.0.0.1:80"},
		{"http://h/", "10.0.0.1:80", syscall.ECONNRESET, "connect ECONNRESET 10.0.0.1:80"},
		{"http://h/", "255.255.255.255:80", syscall.EACCES, "connect EACCES 255.255.255.255:80 - Local (0.0.0.0:0)"},
		{"http://h/", "10.0.0.1:80", syscall.EADDRNOTAVAIL, "connect EADDRNOTAVAIL 10.0.0.1:80 - Local (0.0.0.0:0)"},
		{"http://h/", "10.0.0.1:80", syscall.EPERM, "connect EPERM 10.0.0.1:80 - Local (0.0.0.0:0)"},
		{"http://h/", "[fe80::1]:80", syscall.EINVAL, "connect EINVAL fe80::1:80 - Local (:::0)"},
		{"http://h:0/", "127.0.0.1:0", syscall.ECONNREFUSED, "connect ECONNREFUSED 127.0.0.1"},
	} {
		addr, err := net.ResolveTCPAddr("tcp", c.addr)
		if err != nil {
			t.Fatal(err)
		}
		e := dialError(t.Context(), mustURL(t, c.url), &net.OpError{Op: "dial", Net: "tcp", Addr: addr, Err: os.NewSyscallError("connect", c.err)})
		text, code, call, errno := e.Node()
		if text != c.want || call != "connect" || errno != -int(c.err) || !errors.Is(e, c.err) {
			t.Errorf("%s, %s: %q %s %s %d", c.addr, c.err, text, code, call, errno)
		}
	}
}

// Every kind has words, and none of them is a format.
func TestEveryKindHasWords(t *testing.T) {
	t.Parallel()
	for _, kind := range []ErrorKind{ErrURL, ErrPath, ErrProtocol, ErrHeader, ErrHost, ErrMethod, ErrDNS, ErrConnect, ErrTLS, ErrReset, ErrTimeout,
		ErrConnectTimeout, ErrRedirects, ErrTooLarge, ErrMalformed, ErrTruncated, ErrHTTP2, ErrRefused, ErrDecode, ErrProxy, ErrTunnel, ErrBody, ErrCanceled} {
		for _, e := range []*Error{{Kind: kind, Detail: "100%d"}, {Kind: kind, Err: errors.New("50%s")}} {
			if text := e.Error(); text == "" || strings.Contains(text, "%!") {
				t.Errorf("%s: %q", kind, text)
			}
		}
	}
}
