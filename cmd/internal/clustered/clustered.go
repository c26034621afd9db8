// Package clustered defines the flags of a cluster, and opens what they name: a
// connection to a NATS server, or a server and workers on this machine.
package clustered

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/term"
	"postie/runner/cluster"
	"postie/runner/cluster/hub"
	"postie/runner/fserror"
	"postie/runner/report"
)

// Access are the flags that name the server and the credentials for it.
type Access struct {
	Cluster                  string
	Worker                   bool // connect with the rights of a worker
	keyFile, creds, nkey, ca string
	cert, certKey            string
}

// Register defines the flags.
func (f *Access) Register(fs *pflag.FlagSet, what string) {
	fs.StringVar(&f.Cluster, "cluster", "", what)
	fs.StringVar(&f.keyFile, "cluster-key", "", "`file` of the key that seals jobs and results [$POSTIE_CLUSTER_KEY holds the key itself]")
	fs.StringVar(&f.creds, "cluster-creds", "", "NATS credentials `file` [a token is in $POSTIE_CLUSTER_TOKEN]")
	fs.StringVar(&f.nkey, "cluster-nkey", "", "`file` of an nkey's seed")
	fs.StringVar(&f.ca, "cluster-ca", "", "`file` of the CA certificates of the NATS server")
	fs.StringVar(&f.cert, "cluster-cert", "", "client certificate `file` for the NATS server")
	fs.StringVar(&f.certKey, "cluster-cert-key", "", "its private key `file`")
}

// Local reports whether the cluster runs on this machine, and how many workers
// it has.
func (f *Access) Local() (workers int, local bool, err error) {
	number, local := strings.CutPrefix(f.Cluster, "local")
	switch {
	case !local, number != "" && number[0] != ':' && number[0] != '.':
		return 0, false, nil
	case number == "":
		return 2, true, nil
	}
	n, err := strconv.Atoi(number[1:])
	if err != nil || n < 1 || n > 256 {
		return 0, true, exit.Usage("--cluster %s: want local:N, with at most 256 workers", f.Cluster)
	}
	return n, true, nil
}

// Connect connects to the server.
func (f *Access) Connect(ctx context.Context, s *term.Streams, name string) (*cluster.Bus, error) {
	key, err := f.key(s)
	if err != nil {
		return nil, err
	}
	servers, err := f.servers()
	if err != nil {
		return nil, err
	}
	b, err := cluster.Connect(ctx, cluster.Options{URL: servers, Name: name, Worker: f.Worker, Token: s.Getenv("POSTIE_CLUSTER_TOKEN"), Creds: f.creds, NKey: f.nkey,
		CA: f.ca, Cert: f.cert, CertKey: f.certKey, Key: key})
	if err != nil {
		return nil, exit.CannotRun("%v", err)
	}
	return b, nil
}

// servers returns the addresses of one or more servers, separated by commas.
func (f *Access) servers() (string, error) {
	if (f.cert == "") != (f.certKey == "") {
		return "", exit.Usage("--cluster-cert and --cluster-cert-key belong together: a certificate and its private key")
	}
	urls := strings.Split(f.Cluster, ",")
	for i, text := range urls {
		text = strings.TrimSpace(text)
		if !strings.Contains(text, "://") {
			text = "nats://" + text
		}
		u, err := url.Parse(text)
		if err != nil || u.Hostname() == "" || !slices.Contains([]string{"nats", "tls", "ws", "wss"}, u.Scheme) {
			return "", exit.Usage("--cluster: want nats://HOST:4222, tls://HOST:4222 or local:N")
		}
		urls[i] = text
	}
	return strings.Join(urls, ","), nil
}

func (f *Access) key(s *term.Streams) (*cluster.Key, error) {
	text := s.Getenv("POSTIE_CLUSTER_KEY")
	if f.keyFile != "" {
		src, err := os.ReadFile(f.keyFile)
		if err != nil {
			return nil, exit.CannotRun("--cluster-key %s: %s", f.keyFile, fserror.Cause(err))
		}
		text = string(src)
	}
	if text == "" {
		return nil, &exit.Error{Code: exit.BadUsage, Text: "a cluster needs a key, the same for its workers and for who sends runs: --cluster-key FILE",
			Hint: "postie cluster key > cluster.key makes one"}
	}
	k, err := cluster.ParseKey(text)
	if err != nil {
		return nil, exit.Usage("--cluster-key: %v", err)
	}
	return k, nil
}

// A Session is an open cluster.
type Session struct {
	Bus      *cluster.Bus
	Local    bool
	Capacity int // how many jobs its workers carry out at once
	closers  []func()
}

// Open connects to the cluster, or starts one on this machine whose workers
// have the given number of slots each.
func (f *Access) Open(ctx context.Context, s *term.Streams, slots int) (*Session, error) {
	n, local, err := f.Local()
	switch {
	case err != nil:
		return nil, err
	case local:
		return startLocal(ctx, s, n, max(slots, 1))
	}
	b, err := f.Connect(ctx, s, "postie run")
	if err != nil {
		return nil, err
	}
	out := &Session{Bus: b, closers: []func(){b.Close}}
	members, err := b.Members(ctx, time.Second, nil)
	if err != nil {
		b.Close()
		return nil, exit.CannotRun("%v", err)
	}
	for _, m := range members {
		if m.Compatible() {
			out.Capacity += m.Slots
		}
		if off := m.OffClock(); off != "" {
			fmt.Fprintln(s.Err, "postie: warning: "+report.SafeLine(off))
		}
	}
	return out, nil
}

// startLocal starts a hub in this process and workers beside it.
func startLocal(ctx context.Context, s *term.Streams, n, slots int) (*Session, error) {
	dir, err := os.MkdirTemp("", "postie-cluster-")
	if err != nil {
		return nil, exit.CannotRun("--cluster local: %v", err)
	}
	out := &Session{Local: true, Capacity: n * slots}
	out.closers = append(out.closers, func() { _ = os.RemoveAll(dir) })
	token, key := cluster.NewKey().String(), cluster.NewKey()
	h, err := hub.Start(hub.Options{Listen: "127.0.0.1:0", Store: dir, Token: token})
	if err != nil {
		out.Close()
		return nil, exit.CannotRun("--cluster local: %v", err)
	}
	out.closers = append(out.closers, h.Close)
	if out.Bus, err = cluster.Connect(ctx, cluster.Options{Name: "postie run", InProcess: h.Server(), Token: token, Key: key}); err != nil {
		out.Close()
		return nil, exit.CannotRun("--cluster local: %v", err)
	}
	out.closers = append(out.closers, out.Bus.Close)
	for i := range n {
		end, err := startWorker(s, h.URL(), fmt.Sprintf("w%d", i+1), slots, "POSTIE_CLUSTER_KEY="+key.String(), "POSTIE_CLUSTER_TOKEN="+token)
		if err != nil {
			out.Close()
			return nil, exit.CannotRun("--cluster local: worker: %v", err)
		}
		out.closers = append(out.closers, end)
	}
	return out, nil
}

// startWorker starts this program as a worker process. The worker ends when its
// standard input is closed, and so ends with this process however that ends.
func startWorker(s *term.Streams, url, name string, slots int, env ...string) (end func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := exec.Command(self, "worker", "--cluster", url, "--name", name, "-j", strconv.Itoa(slots), "--with-parent")
	c.Args[0] = "postie"
	c.Env = append(os.Environ(), env...)
	c.Stderr = s.Err
	in, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	return func() {
		_ = in.Close()
		killer := time.AfterFunc(10*time.Second, func() { _ = c.Process.Kill() })
		defer killer.Stop()
		_ = c.Wait() // the worker's runs are over
	}, nil
}

// Window returns how many jobs are sent out before their results are read:
// those that are being carried out, and some more so that workers do not wait.
// It is at most most, unless that is 0.
func (s *Session) Window(most int) int {
	n := max(s.Capacity+s.Capacity/4+2, 8)
	if most > 0 && !s.Local {
		n = min(n, most)
	}
	return n
}

// Close ends the workers, the connection and the hub, in this order.
func (s *Session) Close() {
	for i := len(s.closers) - 1; i >= 0; i-- {
		s.closers[i]()
	}
}

// Problem converts a cluster's error to the error that ends the program.
func Problem(err error) error {
	var e *exit.Error
	if err == nil || errors.As(err, &e) {
		return err
	}
	return exit.CannotRun("%v", err)
}

// UntilEOF returns a context that ends at the end of the input, which is when
// the parent process ends.
func UntilEOF(in io.Reader, end func()) {
	_, _ = io.Copy(io.Discard, in)
	end()
}

// WorkerName returns the given name, or one made of this machine and process.
func WorkerName(given string) string {
	host, err := os.Hostname()
	if err != nil {
		host = "worker"
	}
	name := cmp.Or(given, fmt.Sprintf("%s-%d", host, os.Getpid()))
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-' // the name is a part of a NATS subject
	}, name)
}
