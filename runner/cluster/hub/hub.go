// Package hub runs a NATS server with JetStream in this process, for teams
// without a server of their own. It is nats-server with few of its options.
package hub

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// Options describe a hub.
type Options struct {
	Listen   string // HOST:PORT; no host is every address, port 0 is any
	Store    string // folder of the streams
	Token    string // that clients must present; "": none
	Cert     string // file of the server's certificate, for TLS; "": none
	Key      string // file of its private key
	ClientCA string // file of the CA that must have signed client certificates; "": none
	MaxStore int64  // bytes on disk for streams; 0: the free space
	Insecure bool   // allows connections from other machines without TLS and token
	Routes   Routes // to other hubs; with three hubs, one may fail
}

// ErrUnprotected is returned for a hub that everybody on the network could use.
var ErrUnprotected = errors.New("beyond loopback a hub needs TLS and a token, so that not everybody can give jobs and read traffic")

// A Hub is a running server.
type Hub struct {
	server *server.Server
	opts   Options
}

// greeting is how many seconds a client may take to sign in. The server's
// default of two is too short on a busy machine.
const greeting = 10

// Start starts a hub. The caller closes it.
func Start(o Options) (*Hub, error) {
	host, port, err := listenAddress(o.Listen)
	if err != nil {
		return nil, err
	}
	if protected := o.Cert != "" && (o.Token != "" || o.ClientCA != ""); !loopback(host) && !protected && !o.Insecure {
		return nil, ErrUnprotected
	}
	store, err := filepath.Abs(o.Store)
	if err != nil {
		return nil, err
	}
	opts := &server.Options{ServerName: "postie-hub", Host: anyHost(host), Port: port, JetStream: true, StoreDir: store, NoSigs: true, NoLog: true,
		Authorization: o.Token, AuthTimeout: greeting, TLSTimeout: greeting, JetStreamMaxStore: o.MaxStore, DisableJetStreamBanner: true}
	if o.Cert != "" {
		if opts.TLSConfig, err = server.GenTLSConfig(&server.TLSConfigOpts{CertFile: o.Cert, KeyFile: o.Key, CaFile: o.ClientCA, Verify: o.ClientCA != "",
			MinVersion: tls.VersionTLS12}); err != nil {
			return nil, fmt.Errorf("TLS: %w", err)
		}
		opts.TLS = true
	}
	if err := o.Routes.apply(&o, opts); err != nil {
		return nil, err
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	s, err := server.NewServer(opts)
	if err != nil {
		return nil, err
	}
	s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		s.Shutdown()
		return nil, errors.New("the server did not start within 30 seconds")
	}
	if !s.JetStreamEnabled() {
		s.Shutdown()
		return nil, fmt.Errorf("JetStream did not start in %s: is the folder writable?", store)
	}
	return &Hub{server: s, opts: o}, nil
}

// check finds errors that the server would only write to its log.
func (o *Options) check() error {
	if err := os.MkdirAll(o.Store, 0o700); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	for _, address := range []string{o.Listen, o.Routes.Listen} {
		if address == "" {
			continue
		}
		l, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		_ = l.Close() // the server will listen there
	}
	return nil
}

// URL returns the URL for clients.
func (h *Hub) URL() string {
	scheme := "nats"
	if h.opts.Cert != "" {
		scheme = "tls"
	}
	return scheme + "://" + h.server.Addr().String()
}

// Server returns the server, for connections within the process.
func (h *Hub) Server() *server.Server { return h.server }

// Close ends the server and waits until its store is written.
func (h *Hub) Close() {
	h.server.Shutdown()
	h.server.WaitForShutdown()
}
