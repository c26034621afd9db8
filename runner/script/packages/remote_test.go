package packages_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"postie/runner/script/packages"
)

// archive is a package of one file.
func archive(t *testing.T, source string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	if err := w.WriteHeader(&tar.Header{Name: "package/index.js", Typeflag: tar.TypeReg, Size: int64(len(source)), Mode: 0o600}); err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte(source))
	w.Close()
	z.Close()
	return b.Bytes()
}

// A published version is one that the registry of a test has.
type published struct {
	name, version, source string
	deps                  map[string]string
}

// serve is a registry of some versions, and the count of its answers.
func serve(t *testing.T, all ...published) (*packages.Registry, *atomic.Int64) {
	t.Helper()
	asked := new(atomic.Int64)
	files := map[string][]byte{}
	docs := map[string]map[string]any{}
	for _, p := range all {
		data := archive(t, p.source)
		sum := sha512.Sum512(data)
		files["/"+p.name+"/-/"+p.name[strings.LastIndex(p.name, "/")+1:]+"-"+p.version+".tgz"] = data
		if docs[p.name] == nil {
			docs[p.name] = map[string]any{}
		}
		docs[p.name][p.version] = map[string]any{"dependencies": p.deps,
			"dist": map[string]string{"integrity": "sha512-" + base64.StdEncoding.EncodeToString(sum[:]), "tarball": "http://elsewhere.invalid/x.tgz"}}
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if data, ok := files[r.URL.Path]; ok {
			_, _ = w.Write(data)
		} else if doc, ok := docs[strings.TrimPrefix(r.URL.Path, "/")]; ok {
			_ = json.NewEncoder(w).Encode(map[string]any{"versions": doc})
		} else {
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	return &packages.Registry{URL: srv.URL, Scopes: map[string]string{"@jsr": srv.URL}, Client: srv.Client()}, asked
}

func remoteStore(dir string, r *packages.Registry) *packages.Store {
	return packages.NewStore(packages.Options{Remote: dir, Registry: func() (*packages.Registry, error) { return r, nil },
		Local: fstest.MapFS{"@team/greet/index.js": {Data: []byte("exports.hi = (n) => 'hi ' + n")}}})
}

// two versions of one package live side by side, as npm lays them out.
func library() []published {
	return []published{
		{name: "top", version: "1.0.0", source: "exports.all = require('left') + require('right') + require('path').basename('/a/b')",
			deps: map[string]string{"left": "^1.0.0", "right": ">=1 <2"}},
		{name: "left", version: "1.4.0", source: "module.exports = 'left' + require('deep')", deps: map[string]string{"deep": "~1.1.0"}},
		{name: "left", version: "2.0.0", source: "module.exports = 'wrong'"},
		{name: "right", version: "1.0.0", source: "module.exports = 'right' + require('deep')", deps: map[string]string{"deep": "2.x || 3.x"}},
		{name: "deep", version: "1.1.9", source: "module.exports = 1"},
		{name: "deep", version: "1.2.0", source: "module.exports = 'wrong'"},
		{name: "deep", version: "3.0.1", source: "module.exports = 3"},
		{name: "deep", version: "3.1.0-beta.1", source: "module.exports = 'wrong'"},
		{name: "@jsr/scope__name", version: "0.1.0", source: "export const x = 7"},
	}
}

func TestRequireRemote(t *testing.T) {
	t.Parallel()
	r, _ := serve(t, library()...)
	b := run(t, remoteStore(t.TempDir(), r), `
const is = (name, f, want) => pm.test(name, () => pm.expect(f()).to.equal(want));
const fails = (name) => { try { pm.require(name); return 'loaded' } catch (e) { return e.message } };
is('jsr', () => pm.require('jsr:@scope/name@0.1.0').x, 7);
is('team', () => pm.require('@team/greet').hi('you'), 'hi you');
is('once', () => pm.require('@team/greet') === pm.require('@team/greet'), true);
is('missing', () => fails('@team/none'), "Cannot find package '@team/none'");
is('no version', () => /no whole version/.test(fails('npm:left')), true);
is('range', () => /no whole version/.test(fails('npm:left@^1')), true);
is('unknown', () => /404/.test(fails('npm:nothing@1.0.0')), true);
is('path', () => /not the name of a package/.test(fails('npm:../../etc@1.0.0')), true);
`)
	if len(b.tests) != 8 {
		t.Errorf("%d tests ran", len(b.tests))
	}
	for _, a := range b.tests {
		if a.Err != nil {
			t.Errorf("%s: %s", a.Name, a.Err.Message)
		}
	}
}

// TestRemoteDependencies: ranges are met, versions nest, node's modules are
// the sandbox's, and what is fetched once serves offline.
func TestRemoteDependencies(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r, asked := serve(t, library()...)
	lib, err := remoteStore(dir, r).Library(t.Context(), "npm:top@1.0.0")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"left"+`, `"right"+`, `require("path")`} {
		if !strings.Contains(lib.Source, want) {
			t.Errorf("no %s in %s", want, lib.Source)
		}
	}
	if strings.Contains(lib.Source, "wrong") {
		t.Errorf("a version that is not allowed: %s", lib.Source)
	}
	before := asked.Load()
	offline := &packages.Registry{URL: r.URL, Scopes: r.Scopes, Client: &http.Client{Transport: unplugged{}}}
	again, err := remoteStore(dir, offline).Library(t.Context(), "npm:top@1.0.0")
	if err != nil || again.Source != lib.Source || asked.Load() != before {
		t.Errorf("offline: %v, %d requests", err, asked.Load()-before)
	}
	if _, err := remoteStore(dir, offline).Library(t.Context(), "npm:left@1.4.0"); err == nil {
		t.Error("what was never fetched is found offline")
	}
}

// TestRemoteChanged: a version is what it was when it was first fetched.
func TestRemoteChanged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r, _ := serve(t, published{name: "a", version: "1.0.0", source: "exports.x = 1"})
	if _, err := remoteStore(dir, r).Library(t.Context(), "npm:a@1.0.0"); err != nil {
		t.Fatal(err)
	}
	bundles, err := filepath.Glob(filepath.Join(dir, "*", "a@1.0.0", "*.gz"))
	if err != nil || len(bundles) != 1 {
		t.Fatal(bundles, err)
	}
	if err := os.Remove(bundles[0]); err != nil {
		t.Fatal(err)
	}
	other, _ := serve(t, published{name: "a", version: "1.0.0", source: "exports.x = 'evil'"})
	r.Client = &http.Client{Transport: moved{to: other.URL}}
	_, err = remoteStore(dir, r).Library(t.Context(), "npm:a@1.0.0")
	if err == nil || !strings.Contains(err.Error(), "the archive is not the one that is pinned") {
		t.Errorf("error %v", err)
	}
}

// TestJSRNeedsARegistry: npm's configuration names the registry of a scope.
func TestJSRNeedsARegistry(t *testing.T) {
	t.Parallel()
	r, _ := serve(t)
	r.Scopes = nil
	_, err := remoteStore(t.TempDir(), r).Library(t.Context(), "jsr:@scope/name@0.1.0")
	if err == nil || !strings.Contains(err.Error(), "@jsr:registry=") {
		t.Errorf("error %v", err)
	}
}

// unplugged is no network.
type unplugged struct{}

func (unplugged) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("unplugged")
}

// moved sends requests to another registry, under the address of the first.
type moved struct{ to string }

func (m moved) RoundTrip(r *http.Request) (*http.Response, error) {
	to, err := url.Parse(m.to)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.URL.Host = to.Host
	return http.DefaultTransport.RoundTrip(r)
}

// What came from one registry is not executed when npm is configured for
// another, be it for all packages or for a scope; nor does an entry that was
// put into another registry's folder count.
func TestPromise_78_CachesAreOfTheirRegistry(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	evil, _ := serve(t, published{name: "a", version: "1.0.0", source: "exports.x = 'evil'"})
	good, asked := serve(t, published{name: "a", version: "1.0.0", source: "exports.x = 'good'"})
	want := func(r *packages.Registry, text string) {
		t.Helper()
		lib, err := remoteStore(dir, r).Library(t.Context(), "npm:a@1.0.0")
		if err != nil || !strings.Contains(lib.Source, text) {
			t.Errorf("%v, want %q", err, text)
		}
	}
	want(evil, "evil")
	want(good, "good")
	before := asked.Load()
	want(good, "good")
	if asked.Load() != before {
		t.Error("it was fetched again")
	}
	scoped := &packages.Registry{URL: evil.URL, Scopes: map[string]string{"@team": good.URL}, Client: evil.Client}
	want(scoped, "evil") // fetched: another configuration
	folders, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(folders) != 3 {
		t.Fatal(folders, err)
	}
	for _, from := range folders { // each entry in each folder
		for _, to := range folders {
			if from != to {
				_ = os.RemoveAll(filepath.Join(to, "a@1.0.0"))
				if err := os.CopyFS(filepath.Join(to, "a@1.0.0"), os.DirFS(filepath.Join(from, "a@1.0.0"))); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	want(good, "good")
}

// slow is a registry whose answers for one package wait.
func slow(t *testing.T, name string, until <-chan struct{}, all ...published) (r *packages.Registry, started <-chan struct{}) {
	t.Helper()
	behind, _ := serve(t, all...)
	began := make(chan struct{}, 100)
	r = &packages.Registry{URL: behind.URL, Client: &http.Client{Transport: gate{name, until, began}}}
	return r, began
}

type gate struct {
	name  string
	until <-chan struct{}
	began chan struct{}
}

func (g gate) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.Path, "/"+g.name) {
		g.began <- struct{}{}
		select {
		case <-g.until:
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	return http.DefaultTransport.RoundTrip(r)
}

// A fetch ends with its caller's context, and holds up no other.
func TestFetchesEndAndDoNotHoldUp(t *testing.T) {
	t.Parallel()
	until := make(chan struct{})
	r, began := slow(t, "a", until, published{name: "a", version: "1.0.0", source: "exports.x = 'a'"}, published{name: "b", version: "1.0.0", source: "exports.x = 'b'"})
	s := remoteStore(t.TempDir(), r)
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error, 2)
	fetch := func(ctx context.Context) {
		_, err := s.Library(ctx, "npm:a@1.0.0")
		failed <- err
	}
	go fetch(ctx)
	<-began
	if lib, err := s.Library(t.Context(), "npm:b@1.0.0"); err != nil || !strings.Contains(lib.Source, "b") {
		t.Fatalf("another package waits: %v", err)
	}
	waiting, stop := context.WithCancel(t.Context())
	stop()
	if _, err := s.Library(waiting, "npm:a@1.0.0"); !errors.Is(err, context.Canceled) {
		t.Errorf("who waits for the same package does not end with its context: %v", err)
	}
	go fetch(t.Context()) // waits for the first, and takes over
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("the fetch goes on: %v", err)
	}
	<-began
	close(until)
	if err := <-failed; err != nil {
		t.Errorf("who took over: %v", err)
	}
}
