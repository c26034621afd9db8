package mock

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// A Server is a handler on a loopback port.
type Server struct {
	listener  net.Listener
	http      *http.Server
	authority *authority
	stop      func() bool // detaches from the context
	done      chan struct{}
}

// Serve puts h on addr, a loopback address such as "127.0.0.1:0", until ctx
// ends or Close is called. The port speaks HTTP and HTTPS: for each host name a
// client asks for there is a certificate that CertPool verifies.
func Serve(ctx context.Context, addr string, h http.Handler) (*Server, error) {
	if err := checkLoopback(addr); err != nil {
		return nil, err
	}
	authority, err := newAuthority()
	if err != nil {
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	s := &Server{
		listener:  l,
		authority: authority,
		http: &http.Server{
			Handler:           h,
			ReadHeaderTimeout: 10 * time.Second,
			ReadTimeout:       time.Minute,
			IdleTimeout:       2 * time.Minute,
			ErrorLog:          log.New(io.Discard, "", 0), // broken handshakes
		},
		done: make(chan struct{}),
	}
	go func() {
		defer close(s.done)
		_ = s.http.Serve(&sniffer{Listener: l, config: authority.config()}) // ends with Close
	}()
	s.stop = context.AfterFunc(ctx, func() { _ = s.http.Close() })
	return s, nil
}

// checkLoopback keeps a server with a known password off the network.
func checkLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("listen %s: not a loopback address", addr)
}

// Addr is the address the server listens on, host:port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// CertPool verifies the server's certificates for every host name.
func (s *Server) CertPool() *x509.CertPool { return s.authority.pool() }

// Close ends the server and its connections; it may be called more than once.
func (s *Server) Close() error {
	s.stop()
	err := s.http.Close()
	<-s.done
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
