package runnertest

import (
	"net"
	"testing"
)

// FreeAddresses are n addresses of this machine, host:port, that nobody listened
// on when the test asked: for servers that must know each other's before they
// start.
func FreeAddresses(tb testing.TB, n int) (out []string) {
	tb.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			tb.Fatal(err)
		}
		defer l.Close() // all at the end: no address comes twice
		out = append(out, l.Addr().String())
	}
	return out
}
