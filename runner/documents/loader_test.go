package documents

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Documents that are too large or too deep get one line and exit 3, whatever
// they were meant to be.
func TestPromise_29_HugeDocumentsAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	huge := filepath.Join(dir, "huge.json")
	f, err := os.Create(huge)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(300<<20), f.Close()); err != nil { // sparse
		t.Fatal(err)
	}
	deep := filepath.Join(dir, "deep.json")
	if err := os.WriteFile(deep, []byte(strings.Repeat("[", 100_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	l := &Loader{}
	ctx := t.Context()
	for _, tt := range []struct {
		name, want string
		load       func() error
	}{
		{"huge collection", "collection " + huge + ": larger than 256 MB", func() error { _, err := l.Collection(ctx, huge); return err }},
		{"huge environment", "environment " + huge + ": larger than 256 MB", func() error { _, err := l.Scope(ctx, huge, "environment"); return err }},
		{"huge data", huge + ":1:1: a cell is larger than 16 MB", func() error { _, _, err := l.Data(ctx, huge); return err }},
		{"deep collection", deep + ":1:2001: nested deeper than 2000 levels", func() error { _, err := l.Collection(ctx, deep); return err }},
		{"deep environment", deep + ":1:2001: nested deeper than 2000 levels", func() error { _, err := l.Scope(ctx, deep, "environment"); return err }},
		{"deep data", deep + ":1:2001: nested deeper than 2000 levels", func() error { _, _, err := l.Data(ctx, deep); return err }},
		{"data is a directory", "iteration data " + dir + ": is a directory", func() error { _, _, err := l.Data(ctx, dir); return err }},
	} {
		err := tt.load()
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
}

// A document that Postman keeps is read by its id, with the key as a header:
// never in an address, and not where a redirect leads.
func TestLoaderReadsFromPostman(t *testing.T) {
	t.Parallel()
	const uid, key = "12345-0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f", "PMAK-secret"
	for _, tt := range []struct {
		name, source, kind, apiKey string
		want                       []string // requests made
		fails                      bool
	}{
		{"uid", uid, "collection", key, []string{"https://api.postman.com/collections/" + uid + " " + key}, false},
		{"environment uid", uid, "environment", key, []string{"https://api.postman.com/environments/" + uid + " " + key}, false},
		{"uid without a key", uid, "collection", "", nil, true},
		{"no uid of globals", uid, "globals", key, nil, true},
		{"key in the address", "https://api.getpostman.com/collections/x?apikey=other", "collection", key,
			[]string{"https://api.getpostman.com/collections/x other"}, false},
		{"another host", "https://example.com/c.json", "collection", key, []string{"https://example.com/c.json "}, false},
		{"redirect", "https://api.postman.com/away", "collection", key,
			[]string{"https://api.postman.com/away " + key, "https://example.com/there "}, false},
	} {
		var got []string
		l := &Loader{APIKey: tt.apiKey, Transport: roundTrip(func(r *http.Request) *http.Response {
			got = append(got, r.URL.String()+" "+r.Header.Get("X-Api-Key"))
			resp := &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader("{}")), Header: http.Header{}, Request: r}
			if r.URL.Path == "/away" {
				resp.StatusCode = 302
				resp.Header.Set("Location", "https://example.com/there")
			}
			return resp
		})}
		_, err := l.Read(t.Context(), tt.source, tt.kind)
		if diff := cmp.Diff(tt.want, got); diff != "" || (err != nil) != tt.fails {
			t.Errorf("%s: %v\n%s", tt.name, err, diff)
		}
	}
}

type roundTrip func(*http.Request) *http.Response

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }

// --insecure does not send Postman's key to whoever answers.
func TestKeyGoesToPostmanAlone(t *testing.T) {
	t.Parallel()
	l := &Loader{Insecure: true, APIKey: "k"}
	for url, insecure := range map[string]bool{"https://api.getpostman.com/collections/1": false, "https://tenant.example.com/c.json": true} {
		req := httptest.NewRequest(http.MethodGet, url, nil)
		l.postmanKey(req)
		if got := l.client(req).Transport.(*http.Transport).TLSClientConfig.InsecureSkipVerify; got != insecure {
			t.Errorf("%s: insecure is %v", url, got)
		}
	}
}

// What cannot be read says which document, why, and the cure.
func TestErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"c.yaml": "a: 1", "openapi.yaml": "openapi: 3.0.0\n", "broken.json": "{", "collections/a/x": "", "collections/b/x": "", "empty/x": ""} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, tt := range []struct{ source, want, hint string }{
		{at("none.json"), "collection " + at("none.json") + ": no such file", ""},
		{at("c.yaml"), "collection " + at("c.yaml") + ": a YAML file is no collection by itself", "name the folder"},
		{at("openapi.yaml"), at("openapi.yaml") + ":1:1: this is an OpenAPI description, not a collection: postie convert makes one of it", ""},
		{at("broken.json"), at("broken.json") + ":1:2: ", ""},
		{at("collections"), "collection " + at("collections") + ": holds 2 collections", "name one of them"},
		{at("empty"), "collection " + at("empty") + ": is a directory without *.request.yaml files", "name an exported JSON file"},
		{"http://user:pass@127.0.0.1:1/c.json?key=secret", "collection http://127.0.0.1:1/c.json: cannot reach 127.0.0.1:1: nothing listens there", ""},
	} {
		_, err := (&Loader{}).Collection(t.Context(), tt.source)
		var e *Error
		if !errors.As(err, &e) || !strings.HasPrefix(e.Error(), tt.want) || !strings.HasPrefix(e.Hint, tt.hint) {
			t.Errorf("%s: got %v, want %s", tt.source, err, tt.want)
		}
	}
	if _, err := (&Loader{}).Collection(t.Context(), at("none.json")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is not there is not fs.ErrNotExist: %v", err)
	}
}

// Folders and patterns stand for the files that are meant, each once.
func TestExpand(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{"a.postman_environment.json", "b.postman_environment.json", "notes.json", "plain/x.json", "plain/y.yml", "v3/x.request.yaml"} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name string
		in   []string
		sets [][]string
		want []string
		err  string
	}{
		{"files", []string{"notes.json", "notes.json"}, Environments, []string{"notes.json"}, ""},
		{"a pattern", []string{"*.postman_environment.json", "a.*"}, Environments, []string{"a.postman_environment.json", "b.postman_environment.json"}, ""},
		{"a folder with exported files", []string{"."}, Environments, []string{"a.postman_environment.json", "b.postman_environment.json"}, ""},
		{"a folder without", []string{"plain"}, Environments, []string{filepath.Join("plain", "x.json"), filepath.Join("plain", "y.yml")}, ""},
		{"a folder that is a collection", []string{"v3"}, Collections, []string{"v3"}, ""},
		{"what is not there", []string{"none.json"}, Environments, []string{"none.json"}, ""},
		{"an address", []string{"https://h/a?b=[1]"}, Environments, []string{"https://h/a?b=[1]"}, ""},
		{"standard input", []string{"-"}, Collections, []string{"-"}, ""},
		{"a pattern without a match", []string{"x*.json"}, Environments, nil, "x*.json: no file matches"},
		{"a broken pattern", []string{"a["}, Environments, nil, `"a[": syntax error in pattern`},
	} {
		got, err := Expand(tt.in, tt.sets)
		if text := ""; err != nil {
			if text = err.Error(); text != tt.err {
				t.Errorf("%s: %v", tt.name, err)
			}
		} else if tt.err != "" {
			t.Errorf("%s: no error", tt.name)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
