package mock

import (
	"crypto/tls"
	"net"
	"sync"
)

// A sniffer recognises TLS by a connection's first byte; the rest is plain HTTP.
type sniffer struct {
	net.Listener
	config *tls.Config
}

// Accept waits for a connection only, not for its first byte: the goroutine that
// serves the connection reads it.
func (l *sniffer) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &sniffed{Conn: c, config: l.config, current: c}, nil
}

type sniffed struct {
	net.Conn // as accepted
	config   *tls.Config
	once     sync.Once
	err      error

	mu      sync.Mutex
	current net.Conn // the same, or TLS over it
}

// handshakeRecord is the first byte of a TLS client's hello.
const handshakeRecord = 0x16

func (c *sniffed) sniff() {
	var first [1]byte
	n, err := c.Conn.Read(first[:])
	if n == 0 {
		c.err = err
		return
	}
	var inner net.Conn = &prefixed{Conn: c.Conn, prefix: first[:]}
	if first[0] == handshakeRecord {
		inner = tls.Server(inner, c.config)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.current = inner
}

func (c *sniffed) inner() net.Conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.current
}

func (c *sniffed) Read(b []byte) (int, error) {
	c.once.Do(c.sniff)
	if c.err != nil {
		return 0, c.err
	}
	return c.inner().Read(b)
}

func (c *sniffed) Write(b []byte) (int, error) { return c.inner().Write(b) }

func (c *sniffed) Close() error { return c.inner().Close() }

// A prefixed connection gives the sniffed bytes back first.
type prefixed struct {
	net.Conn
	prefix []byte
}

func (c *prefixed) Read(b []byte) (int, error) {
	if len(c.prefix) > 0 {
		n := copy(b, c.prefix)
		c.prefix = c.prefix[n:]
		return n, nil
	}
	return c.Conn.Read(b)
}
