package runner_test

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/collections"
	"postie/runner"
	"postie/runner/event"
)

// answers notes the source and status of each request of a run.
type answers struct{ list []string }

func (a *answers) Report(e event.Event, _ *event.Summary) error {
	if e, ok := e.(*event.RequestFinished); ok && e.Response != nil {
		a.list = append(a.list, fmt.Sprintf("%s %d", e.Source, e.Response.Code))
	}
	return nil
}

// runChallenged runs two items twice; auth is the collection's, or each
// item's own.
func runChallenged(t *testing.T, url, auth string, inherited bool) []string {
	t.Helper()
	own, shared := `,"auth":`+auth, ""
	if inherited {
		own, shared = "", `"auth":`+auth+`,`
	}
	c, err := collections.Parse("c.json", []byte(`{"info":{"name":"c","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},`+shared+`
"item":[{"name":"a","request":{"url":"`+url+`/a?x=1"`+own+`}},{"name":"b","request":{"method":"POST","url":"`+url+`/b","body":{"mode":"raw","raw":"text"}`+own+`}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	rec := &answers{}
	if _, err := runner.Run(t.Context(), runner.Options{Documents: runner.Documents{Collection: c}, Output: runner.Output{Reporters: []event.Reporter{rec}}, Iterations: 2}); err != nil {
		t.Fatal(err)
	}
	return rec.list
}

var digestMember = regexp.MustCompile(`(\w+)="?([^",]*)"?`)

// digestServer takes requests whose response it can compute itself, and no
// nonce count twice.
func digestServer(t *testing.T, newHash func() hash.Hash) string {
	sum := func(parts ...string) string {
		h := newHash()
		h.Write([]byte(strings.Join(parts, ":")))
		return hex.EncodeToString(h.Sum(nil))
	}
	var mu sync.Mutex
	used := map[string]bool{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m := map[string]string{}
		for _, x := range digestMember.FindAllStringSubmatch(strings.TrimPrefix(r.Header.Get("Authorization"), "Digest "), -1) {
			m[x[1]] = x[2]
		}
		want := sum(sum("user", "here", "secret"), "n0", m["nc"], m["cnonce"], "auth", sum(r.Method, r.URL.RequestURI()))
		mu.Lock()
		defer mu.Unlock()
		if m["response"] != want || m["uri"] != r.URL.RequestURI() || used[m["cnonce"]+m["nc"]] {
			w.Header().Set("WWW-Authenticate", `Digest realm="here", nonce="n0", qop="auth", opaque="o"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		used[m["cnonce"]+m["nc"]] = true
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// A server that checks: one challenge for an inherited auth in the whole run,
// one for each request that has its own.
func TestDigestOverTheWire(t *testing.T) {
	t.Parallel()
	for name, newHash := range map[string]func() hash.Hash{"MD5": md5.New, "SHA-256": sha256.New} {
		auth := `{"type":"digest","digest":[{"key":"username","value":"user"},{"key":"password","value":"secret"},{"key":"algorithm","value":"` + name + `"}]}`
		got := runChallenged(t, digestServer(t, newHash), auth, true)
		if diff := cmp.Diff([]string{"item 401", "replay 200", "item 200", "item 200", "item 200"}, got); diff != "" {
			t.Errorf("%s, inherited: %s", name, diff)
		}
		got = runChallenged(t, digestServer(t, newHash), auth, false)
		if diff := cmp.Diff(slices.Repeat([]string{"item 401", "replay 200"}, 4), got); diff != "" {
			t.Errorf("%s, own: %s", name, diff)
		}
	}
}

type connKey struct{}

// The messages of NTLM travel over one connection, which is signed in then.
func TestNTLMKeepsItsConnection(t *testing.T) {
	t.Parallel()
	challenge := base64.StdEncoding.EncodeToString(append([]byte("NTLMSSP\x00\x02\x00\x00\x00"), make([]byte, 36)...))
	var mu sync.Mutex
	stage := map[any]int{}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		conn := r.Context().Value(connKey{})
		message, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(r.Header.Get("Authorization"), "NTLM "))
		switch {
		case stage[conn] == 2:
			return
		case len(message) > 8 && message[8] == 1:
			stage[conn] = 1
			w.Header().Set("WWW-Authenticate", "NTLM "+challenge)
		case len(message) > 8 && message[8] == 3 && stage[conn] == 1:
			stage[conn] = 2
			return
		default:
			w.Header().Set("WWW-Authenticate", "NTLM")
		}
		w.WriteHeader(http.StatusUnauthorized)
	}))
	srv.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, c)
	}
	srv.Start()
	t.Cleanup(srv.Close)
	got := runChallenged(t, srv.URL, `{"type":"ntlm","ntlm":[{"key":"username","value":"DOM\\user"},{"key":"password","value":"secret"}]}`, true)
	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff([]string{"item 401", "replay 401", "replay 200", "item 200", "item 200", "item 200"}, got); diff != "" || len(stage) != 1 {
		t.Errorf("%d connections\n%s", len(stage), diff)
	}
}
