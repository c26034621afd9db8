package runner_test

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/event"
	"postie/runner/runnertest"
)

// TestWire sends each request of testdata/wire and compares the bytes that
// arrive with those newman sends. -update rewrites the deliberate differences,
// never newman's bytes.
func TestWire(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/wire/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tables (%v)", err)
	}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		group := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(group, func(t *testing.T) {
			for _, c := range wireCases(ar) {
				t.Run(c.name, func(t *testing.T) { t.Parallel(); c.check(t) })
			}
		})
		if f := flag.Lookup("update"); f.Value.String() == "true" {
			if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A wireCase is a request, newman's bytes, and where we differ on purpose the
// reason and our bytes.
type wireCase struct {
	name, request, newman string
	differs               *txtar.File
}

func wireCases(ar *txtar.Archive) []*wireCase {
	var out []*wireCase
	for i := range ar.Files {
		f := &ar.Files[i]
		name, kind, _ := strings.Cut(f.Name, ".")
		switch kind {
		case "json":
			out = append(out, &wireCase{name: name, request: string(f.Data)})
		case "wire":
			out[len(out)-1].newman = string(f.Data)
		case "differs":
			out[len(out)-1].differs = f
		}
	}
	return out
}

func (c *wireCase) check(t *testing.T) {
	t.Helper()
	got := c.send(t)
	if c.differs == nil {
		if diff := cmp.Diff(c.newman, got); diff != "" {
			t.Errorf("%s\nbytes (-newman +got):\n%s", c.request, diff)
		}
		return
	}
	reason, want, _ := strings.Cut(string(c.differs.Data), "\n")
	if flag.Lookup("update").Value.String() == "true" {
		c.differs.Data = []byte(reason + "\n" + got)
		return
	}
	if got == c.newman {
		t.Errorf("%s\nis what newman sends; the difference %q is gone", c.request, reason)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n%s\nbytes (-want +got):\n%s", c.request, reason, diff)
	}
}

// send runs the request as a collection of one item and returns what came.
func (c *wireCase) send(t *testing.T) string {
	t.Helper()
	rec := tap(t)
	text := strings.NewReplacer(`"NUMPORT"`, rec.port, "SERVER", rec.addr, "PORT", rec.port).Replace(c.request)
	col, err := collections.Parse("c.json", []byte(`{"info":{"name":"c","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[`+text+`]}`))
	if err != nil {
		return "parse: " + err.Error() + "\n"
	}
	var failure string
	opts := runner.Options{
		Documents: runner.Documents{Collection: col, Environment: wireScope(rec), Files: wireFiles()},
		Network:   runner.Network{UserAgent: "PostmanRuntime/7.39.1"},
		Output:    runner.Output{Reporters: []event.Reporter{failures{&failure}}},
		Rand:      rand.New(rand.NewPCG(1, 2)),
	}
	if _, err := runner.Run(t.Context(), opts); err != nil {
		t.Fatal(err)
	}
	out := "error: " + failure
	if b := rec.bytes(); len(b) > 0 {
		out = visible(b)
	}
	out = strings.NewReplacer(rec.addr, "SERVER", rec.port, "PORT").Replace(out)
	return random.ReplaceAllStringFunc(out, func(s string) string {
		if strings.HasPrefix(s, "---") {
			return "BOUNDARY"
		}
		return "UUID"
	}) + "\n"
}

var random = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|-{26}[0-9]{24}`)

func wireScope(rec *wiretap) *vars.Scope {
	s := vars.NewScope("e")
	for k, v := range map[string]string{"val": "v 1", "amp": "x&y=z", "whole": "http://" + rec.addr + "/w?a=1",
		"base": "http://" + rec.addr, "structure": "a/b?c=d#e", "nest": "{{val}}", "port": rec.port,
		"hash": "a#b", "name": "X-Name", "verb": "PUT", "file": "a.txt"} {
		s.Set(k, v)
	}
	return s
}

func wireFiles() fstest.MapFS {
	out := fstest.MapFS{}
	for name, data := range map[string]string{"a.txt": "hello\n", "b.json": `{"b":1}`, "d.zzz": "zz", "sub/c.xml": "<c/>",
		"ü.txt": "u", "日.txt": "cjk", "empty.txt": "", "noext": "n"} {
		out[name] = &fstest.MapFile{Data: []byte(data)}
	}
	return out
}

// failures keeps the text of a failed request.
type failures struct{ text *string }

func (f failures) Report(e event.Event, _ *event.Summary) error {
	if e, ok := e.(*event.RequestFinished); ok && e.Err != nil {
		*f.text = e.Err.Name + ": " + e.Err.Message
	}
	return nil
}

// visible writes bytes as the tables do.
func visible(b []byte) string {
	var out strings.Builder
	for _, c := range bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) {
		switch {
		case c == '\\':
			out.WriteString(`\\`)
		case c == '\n' || c >= ' ' && c < 0x7f:
			out.WriteByte(c)
		default:
			fmt.Fprintf(&out, `\x%02x`, c)
		}
	}
	return out.String()
}

// A wiretap keeps the bytes of the connections to it. It answers a request that
// is whole, and reads on until the client has nothing more to say.
type wiretap struct {
	addr, port string
	listener   net.Listener
	ended      chan struct{}
	got        []byte
}

func tap(t *testing.T) *wiretap {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	rec := &wiretap{addr: l.Addr().String(), port: strconv.Itoa(l.Addr().(*net.TCPAddr).Port), listener: l, ended: make(chan struct{})}
	go func() {
		defer close(rec.ended)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			rec.read(c)
		}
	}()
	t.Cleanup(func() { rec.bytes() })
	return rec
}

func (r *wiretap) read(c net.Conn) {
	defer c.Close()
	in := bufio.NewReader(io.TeeReader(c, r))
	if _, err := runnertest.ReadWire(in); err == nil {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") // it may be gone
		_, _ = io.Copy(io.Discard, in)
	}
}

// Write takes what was read of a connection.
func (r *wiretap) Write(p []byte) (int, error) {
	r.got = append(r.got, p...)
	return len(p), nil
}

// bytes are those that came until the client closed its connections.
func (r *wiretap) bytes() []byte {
	r.listener.Close()
	<-r.ended
	return r.got
}
