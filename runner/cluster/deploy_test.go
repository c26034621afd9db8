package cluster

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nkeys"
	"go.yaml.in/yaml/v4"

	"postie/runner"
	"postie/runner/load"
	"postie/runner/matrix"
	"postie/runner/script/sandbox"
)

// deploy is where the files are that put postie on other machines.
var deploy = filepath.Join("..", "..", ".github", "deploy")

// A guarded is a NATS server with the configuration that postie ships: TLS, two
// users, least rights.
type guarded struct {
	server *server.Server
	dir    string
	log    *violations
}

// TestShippedPermissions: the shipped configuration lets a dispatcher and
// workers do all that a run takes, and nothing is refused to them on the way.
func TestShippedPermissions(t *testing.T) {
	g := startGuarded(t)
	key := NewKey()
	s := startServer(t)
	collection := parse(t, `{"info":{"name":"Upload"},"item":[
		{"name":"File","request":{"method":"PUT","url":"`+s.URL+`/put","body":{"mode":"file","file":{"src":"body.bin"}}}},
		{"name":"Read","request":"`+s.URL+`/noise","event":[{"listen":"test","script":{"exec":["pm.test('is ok', () => pm.response.to.have.status(200));"]}}]}]}`)
	w := NewWorker(g.connect(t, "worker", key), WorkerOptions{Name: "w1", Slots: 4, Engine: sandbox.New()}) // first: it makes the streams
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := w.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	defer wg.Wait()
	defer cancel()
	b := g.connect(t, "dispatcher", key)
	d, err := NewDispatcher(t.Context(), b, DispatcherOptions{Limits: Limits{Rate: 1000}})
	if err != nil {
		t.Fatal(err)
	}
	var runs []runner.Options
	for range 6 {
		o := runner.Options{Documents: runner.Documents{Collection: collection, Files: fstest.MapFS{"body.bin": {Data: make([]byte, 3<<20)}}},
			Iterations: 3, Scripts: runner.Scripts{Engine: sandbox.New()}}
		runs = append(runs, o)
	}
	each := func(yield func(runner.Options) bool) {
		for _, o := range runs {
			if !yield(o) {
				return
			}
		}
	}
	for i, out := range matrix.Run(t.Context(), each, matrix.Options{Workers: 4, Runs: len(runs), Carry: d.Carry}) {
		if out.Err != nil || out.Result.Failed() {
			t.Errorf("run %d: %v %v", i, out.Err, out.Result.Failures)
		}
	}
	o := loadOptions(t, s.URL, "slow")
	o.Schedule = load.Schedule{Users: load.Fixed(2, 0), Iterations: 10}
	if rep, err := d.Load(t.Context(), o); err != nil || rep.Total.Count != 10 {
		t.Errorf("load: %+v, %v", rep, err)
	}
	if members, err := b.Members(t.Context(), time.Minute, anyCompatible); err != nil || len(members) != 1 {
		t.Errorf("members: %v, %v", members, err)
	}
	if _, err := b.Status(t.Context(), 100*time.Millisecond); err != nil {
		t.Errorf("status: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	for _, v := range g.log.all() {
		t.Error(v)
	}
}

// TestShippedRefusals: a worker can't give jobs or change documents, and a
// dispatcher can't take jobs.
func TestShippedRefusals(t *testing.T) {
	g := startGuarded(t)
	_ = g.connect(t, "worker", NewKey()) // makes the streams
	for _, c := range []struct{ user, subject string }{
		{"worker", "postie.jobs.v1.run.1"},
		{"worker", "$O.postie.M.name"},
		{"worker", "$JS.API.STREAM.DELETE.POSTIE_RUNS"},
		{"worker", "$JS.API.STREAM.PURGE.POSTIE_JOBS"},
		{"worker", "postie.control.run"},
		{"dispatcher", "$JS.API.CONSUMER.MSG.NEXT.POSTIE_JOBS.workers"},
		{"dispatcher", "postie.runs.run.end.1"},
		{"dispatcher", "$JS.API.STREAM.DELETE.POSTIE_JOBS"},
	} {
		conn := g.dial(t, c.user)
		if err := conn.Publish(c.subject, []byte("{}")); err != nil {
			t.Fatal(err)
		}
		if err := answered(t, conn); !errors.Is(err, nats.ErrPermissionViolation) {
			t.Errorf("%s on %s: %v", c.user, c.subject, err)
		}
		conn.Close()
	}
	conn := g.dial(t, "worker")
	defer conn.Close()
	if _, err := conn.SubscribeSync("_INBOX.dispatcher.>"); err != nil {
		t.Fatal(err)
	}
	if err := answered(t, conn); !errors.Is(err, nats.ErrPermissionViolation) {
		t.Errorf("a worker hears the answers to dispatchers: %v", err)
	}
	if conn, err := nats.Connect(g.server.ClientURL(), nats.RootCAs(filepath.Join(g.dir, "tls.crt"))); err == nil {
		conn.Close()
		t.Error("who has no key gets in")
	}
}

// answered is the server's answer to what was sent before: nil when it let it be.
func answered(t *testing.T, conn *nats.Conn) error {
	t.Helper()
	if err := conn.Flush(); err != nil {
		t.Fatal(err)
	}
	return conn.LastError()
}

// TestShippedScaler: what KEDA's scaler asks the server's monitoring port is
// there, under the names of the manifest.
func TestShippedScaler(t *testing.T) {
	g := startGuarded(t)
	w := g.connect(t, "worker", NewKey())
	if _, err := w.consumer(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := g.connect(t, "dispatcher", w.opts.Key).publish(t.Context(), jobSubject("run", 1), []byte("job"), jetstream.WithExpectLastSequencePerSubject(0)); err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Spec struct {
			Triggers []struct {
				Type     string
				Metadata map[string]string
			}
		}
	}
	src, err := os.ReadFile(filepath.Join(deploy, "kubernetes", "keda.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(src, &manifest); err != nil {
		t.Fatal(err)
	}
	trigger := manifest.Spec.Triggers[0].Metadata
	until(t, func() bool { return g.waiting(t, trigger) == 1 }) // the server counts a moment later
}

// waiting is how many jobs a trigger of KEDA finds.
func (g *guarded) waiting(t *testing.T, trigger map[string]string) int {
	t.Helper()
	res, err := http.Get(fmt.Sprintf("http://%s/jsz?acc=%s&consumers=true&config=true", g.server.MonitorAddr(), trigger["account"]))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var figures struct {
		Accounts []struct {
			Name    string
			Streams []struct {
				Name      string
				Consumers []struct {
					Name    string
					Pending int `json:"num_pending"`
				} `json:"consumer_detail"`
			} `json:"stream_detail"`
		} `json:"account_details"`
	}
	if err := json.NewDecoder(res.Body).Decode(&figures); err != nil {
		t.Fatal(err)
	}
	for _, account := range figures.Accounts {
		for _, stream := range account.Streams {
			for _, c := range stream.Consumers {
				if account.Name == trigger["account"] && stream.Name == trigger["stream"] && c.Name == trigger["consumer"] {
					return c.Pending
				}
			}
		}
	}
	t.Fatalf("no consumer %s: %+v", trigger, figures)
	return -1
}

// startGuarded starts a server from the shipped configuration, with addresses
// and folders of the test.
func startGuarded(t *testing.T) *guarded {
	t.Helper()
	g := &guarded{dir: t.TempDir(), log: &violations{}}
	writeCertificate(t, g.dir)
	for _, user := range []string{"dispatcher", "worker"} {
		pair, err := nkeys.CreateUser()
		if err != nil {
			t.Fatal(err)
		}
		seed, _ := pair.Seed()
		public, _ := pair.PublicKey()
		write(t, filepath.Join(g.dir, user+".nkey"), seed)
		t.Setenv("POSTIE_"+strings.ToUpper(user), public)
	}
	for _, name := range []string{"nats.conf", "accounts.conf"} {
		src, err := os.ReadFile(filepath.Join(deploy, "nats", name))
		if err != nil {
			t.Fatal(err)
		}
		text := strings.NewReplacer("/etc/nats/tls", filepath.ToSlash(g.dir), `"/data"`, fmt.Sprintf("%q", filepath.ToSlash(filepath.Join(g.dir, "data"))),
			"0.0.0.0:4222", "127.0.0.1:-1", "0.0.0.0:8222", "127.0.0.1:-1").Replace(string(src))
		write(t, filepath.Join(g.dir, name), []byte(text))
	}
	opts, err := server.ProcessConfigFile(filepath.Join(g.dir, "nats.conf"))
	if err != nil {
		t.Fatal(err)
	}
	opts.NoSigs = true
	if g.server, err = server.NewServer(opts); err != nil {
		t.Fatal(err)
	}
	g.server.SetLoggerV2(g.log, false, false, false)
	g.server.Start()
	t.Cleanup(func() { g.server.Shutdown(); g.server.WaitForShutdown() })
	if !g.server.ReadyForConnections(time.Minute) {
		t.Fatal("the server did not start")
	}
	return g
}

// connect connects a user as postie does.
func (g *guarded) connect(t *testing.T, user string, key *Key) *Bus {
	t.Helper()
	b, err := connect(t.Context(), Options{URL: g.server.ClientURL(), Worker: user == "worker", NKey: filepath.Join(g.dir, user+".nkey"), CA: filepath.Join(g.dir, "tls.crt"), Key: key}, quick)
	if err != nil {
		t.Fatalf("%s: %v", user, err)
	}
	t.Cleanup(b.Close)
	return b
}

// dial connects a user who may try anything.
func (g *guarded) dial(t *testing.T, user string) *nats.Conn {
	t.Helper()
	sign, err := nats.NkeyOptionFromSeed(filepath.Join(g.dir, user+".nkey"))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := nats.Connect(g.server.ClientURL(), sign, nats.RootCAs(filepath.Join(g.dir, "tls.crt")),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})) // answered has them
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// writeCertificate writes tls.crt and tls.key for this machine.
func writeCertificate(t *testing.T, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true,
		BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "tls.crt"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	write(t, filepath.Join(dir, "tls.key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
}

func write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// violations are what a server refused its users.
type violations struct {
	mu   sync.Mutex
	said []string
}

func (v *violations) all() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.said
}

func (v *violations) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); strings.Contains(text, "Violation") {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.said = append(v.said, text)
	}
}

// The methods of server.Logger.
func (v *violations) Noticef(string, ...any)            {}
func (v *violations) Warnf(format string, args ...any)  { v.note(format, args...) }
func (v *violations) Fatalf(format string, args ...any) { v.note(format, args...) }
func (v *violations) Errorf(format string, args ...any) { v.note(format, args...) }
func (v *violations) Debugf(string, ...any)             {}
func (v *violations) Tracef(string, ...any)             {}
