package runnertest

import (
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
)

// FreeAddresses are n addresses of this machine, host:port, that nobody listened
// on when the test asked: for servers that must know each other's before they
// start. Their ports are none that systems give out by themselves, from 32768 on:
// one of those may be another program's connection a moment later.
func FreeAddresses(tb testing.TB, n int) (out []string) {
	tb.Helper()
	for tries := 0; len(out) < n; tries++ {
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(10000+rand.IntN(20000))))
		switch {
		case err == nil:
			defer l.Close() // all at the end: no address comes twice
			out = append(out, l.Addr().String())
		case tries > 100:
			tb.Fatal(err)
		}
	}
	return out
}
