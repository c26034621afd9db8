package runnertest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
)

// given are the addresses that tests of this process have.
var given sync.Map

// FreeAddresses are n addresses of this machine, host:port, that nobody listened
// on when the test asked: for servers that must know each other's before they
// start. Their ports are below those that systems hand out, so that no
// connection and no other server gets one before the test listens on it.
func FreeAddresses(tb testing.TB, n int) (out []string) {
	tb.Helper()
	for tries := 0; len(out) < n; tries++ {
		address := fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(20_000))
		l, err := net.Listen("tcp", address)
		if err != nil {
			if tries > 1000 {
				tb.Fatal(err)
			}
			continue
		}
		_ = l.Close()
		if _, taken := given.LoadOrStore(address, true); !taken {
			out = append(out, address)
		}
	}
	return out
}
