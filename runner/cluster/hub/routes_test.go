package hub

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"postie/runner/runnertest"
	"strings"
	"testing"
	"time"
)

// A hub of several is refused when others could join it, or when it could not
// find them.
func TestRoutesThatAreRefused(t *testing.T) {
	t.Parallel()
	here := []string{"nats://127.0.0.1:6222", "nats://127.0.0.1:6223", "nats://127.0.0.1:6224"}
	far := []string{"nats://a.example.com:6222", "nats://b.example.com:6222", "nats://c.example.com:6222"}
	for _, tt := range []struct {
		name string
		in   Routes
		want string
	}{
		{"no name", Routes{Listen: "127.0.0.1:0", URLs: here}, "has a name"},
		{"a name of two words", Routes{Name: "a b", Listen: "127.0.0.1:0", URLs: here}, "has a name"},
		{"no address for the others", Routes{Name: "a", URLs: here}, "an address for the others"},
		{"nobody else", Routes{Name: "a", Listen: "127.0.0.1:0", URLs: here[:1]}, "routes to all of them"},
		{"an address without a port", Routes{Name: "a", Listen: "127.0.0.1", URLs: here}, `listen on "127.0.0.1": want HOST:PORT`},
		{"a route without a port", Routes{Name: "a", Listen: "127.0.0.1:0", URLs: []string{"nats://b", "nats://c"}}, "want nats://HOST:PORT"},
		{"a route with a password", Routes{Name: "a", Listen: "127.0.0.1:0", URLs: []string{"nats://u:secret@b:1", "nats://c:1"}}, "want nats://HOST:PORT"},
		{"every address", Routes{Name: "a", Listen: ":0", URLs: here}, ErrUnprotectedRoutes.Error()},
		{"other machines", Routes{Name: "a", Listen: "127.0.0.1:0", URLs: far}, ErrUnprotectedRoutes.Error()},
		{"a token without TLS", Routes{Name: "a", Listen: ":0", URLs: far, Token: "t"}, ErrUnprotectedRoutes.Error()},
	} {
		h, err := Start(Options{Listen: "127.0.0.1:0", Store: t.TempDir(), Routes: tt.in})
		if err == nil {
			h.Close()
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

// Hubs with certificates of one CA and one token are a cluster; who has another
// token, or a certificate of another CA, does not join it.
func TestHubsJoinWithCertificateAndToken(t *testing.T) {
	t.Parallel()
	ours, theirs := newAuthority(t), newAuthority(t)
	addresses := runnertest.FreeAddresses(t, 5)
	start := func(i int, a *authority, token string) *Hub {
		cert, key := a.issue(t, fmt.Sprint("hub", i))
		h, err := Start(Options{Listen: "127.0.0.1:0", Store: t.TempDir(), Cert: cert, Key: key, Token: "clients",
			Routes: Routes{Name: fmt.Sprint("h", i), Listen: addresses[i], URLs: addresses[:3], Token: token, CA: a.file}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(h.Close)
		return h
	}
	hubs := []*Hub{start(0, ours, "hubs"), start(1, ours, "hubs"), start(2, ours, "hubs")}
	strangers := []*Hub{start(3, ours, "guess"), start(4, theirs, "hubs")}
	for _, h := range hubs {
		if err := h.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for i, h := range strangers {
		if n := h.server.NumRoutes(); n != 0 {
			t.Errorf("stranger %d has %d routes", i, n)
		}
	}
	waiting, cancel := context.WithCancel(t.Context())
	cancel()
	if err := strangers[0].Ready(waiting); !errors.Is(err, context.Canceled) {
		t.Errorf("a hub without others: %v", err)
	}
}

// An authority issues certificates for 127.0.0.1.
type authority struct {
	file string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{key: key, cert: &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "hubs"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}}
	a.file = a.write(t, "ca.crt", a.cert, key)
	return a
}

func (a *authority) write(t *testing.T, name string, c *x509.Certificate, key *ecdsa.PrivateKey) string {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, a.cert, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return writePEM(t, name, "CERTIFICATE", der)
}

// issue makes a certificate for a hub, which calls others and is called.
func (a *authority) issue(t *testing.T, name string) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return a.write(t, name+".crt", &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}, k), writePEM(t, name+".key", "PRIVATE KEY", der)
}

func writePEM(t *testing.T, name, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
