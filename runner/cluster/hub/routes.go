package hub

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// Routes describe the other hubs of a cluster. The zero value is a single hub.
type Routes struct {
	Name   string   // of this hub; it must be unique and never change for a store
	Listen string   // HOST:PORT for other hubs
	URLs   []string // nats://HOST:PORT of all hubs, including this one
	Token  string   // that hubs present to each other; "": none
	CA     string   // file of the CA of the hubs' certificates; "": none, without TLS
}

// ErrUnprotectedRoutes is returned for a hub that everybody on the network
// could join and read from.
var ErrUnprotectedRoutes = errors.New("beyond loopback the routes between hubs need TLS, the CA of the hubs' certificates and a token of their own")

// routeUser is the user name that hubs present with their token.
const routeUser = "hub"

func (r *Routes) empty() bool { return r.Listen == "" && len(r.URLs) == 0 }

// apply adds the routes to a server's options.
func (r *Routes) apply(o *Options, to *server.Options) error {
	if r.empty() {
		return nil
	}
	if r.Name == "" || r.Listen == "" || len(r.URLs) < 2 || strings.ContainsAny(r.Name, " \t\n") {
		return errors.New("a hub of several has a name, an address for the others, and routes to all of them")
	}
	host, port, err := listenAddress(r.Listen)
	if err != nil {
		return err
	}
	onlyHere := loopback(host)
	for _, text := range r.URLs {
		u, err := r.url(text)
		if err != nil {
			return err
		}
		to.Routes = append(to.Routes, u)
		onlyHere = onlyHere && loopback(u.Hostname())
	}
	if protected := o.Cert != "" && r.CA != "" && r.Token != ""; !onlyHere && !protected && !o.Insecure {
		return ErrUnprotectedRoutes
	}
	to.ServerName = r.Name
	// Clients get the addresses of all hubs from the user. The addresses that
	// hubs know of each other would not match the names in TLS certificates.
	to.Cluster = server.ClusterOpts{Name: "postie", Host: anyHost(host), Port: port, NoAdvertise: true}
	if r.Token != "" {
		to.Cluster.Username, to.Cluster.Password, to.Cluster.AuthTimeout = routeUser, r.Token, greeting
	}
	if r.CA == "" {
		return nil
	}
	if to.Cluster.TLSConfig, err = server.GenTLSConfig(&server.TLSConfigOpts{CertFile: o.Cert, KeyFile: o.Key, CaFile: r.CA, Verify: true, MinVersion: tls.VersionTLS12}); err != nil {
		return fmt.Errorf("TLS of routes: %w", err)
	}
	to.Cluster.TLSConfig.RootCAs = to.Cluster.TLSConfig.ClientCAs // a hub both calls and is called
	to.Cluster.TLSTimeout = greeting
	return nil
}

// url returns the URL of another hub, with the credentials that it asks for.
func (r *Routes) url(text string) (*url.URL, error) {
	if !strings.Contains(text, "://") {
		text = "nats://" + text
	}
	u, err := url.Parse(text)
	if err == nil {
		_, err = strconv.ParseUint(u.Port(), 10, 16)
	}
	if err != nil || u.Hostname() == "" || u.User != nil {
		return nil, fmt.Errorf("route to %q: want nats://HOST:PORT", u.Redacted())
	}
	if r.Token != "" {
		u.User = url.UserPassword(routeUser, r.Token)
	}
	return u, nil
}

// Ready waits until the hub serves streams. In a cluster it does so when most
// hubs run.
func (h *Hub) Ready(ctx context.Context) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for h.server.JetStreamIsClustered() && !h.server.JetStreamIsCurrent() && !h.server.JetStreamIsLeader() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// listenAddress splits an address to listen on.
func listenAddress(text string) (host string, port int, err error) {
	host, number, err := net.SplitHostPort(text)
	if err == nil {
		port, err = strconv.Atoi(number)
	}
	if err != nil || port < 0 || port > 1<<16-1 {
		return "", 0, fmt.Errorf("listen on %q: want HOST:PORT", text)
	}
	if port == 0 {
		port = server.RANDOM_PORT
	}
	return host, port, nil
}

// anyHost returns the server's name for a host to listen on.
func anyHost(host string) string {
	if host == "" {
		return "0.0.0.0"
	}
	return host
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
