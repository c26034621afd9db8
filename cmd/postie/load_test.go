package main

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/cmd/internal/term"
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
	l := &loader{streams: term.Std()}
	ctx := t.Context()
	for _, tt := range []struct {
		name, want string
		load       func() error
	}{
		{"huge collection", "collection " + huge + ": larger than 256 MB", func() error { _, err := l.collection(ctx, huge); return err }},
		{"huge environment", "environment " + huge + ": larger than 256 MB", func() error { _, err := l.scope(ctx, huge, "environment"); return err }},
		{"huge data", huge + ":1:1: a cell is larger than 16 MB", func() error { _, _, err := l.data(ctx, huge); return err }},
		{"deep collection", deep + ":1:2001: nested deeper than 2000 levels", func() error { _, err := l.collection(ctx, deep); return err }},
		{"deep environment", deep + ":1:2001: nested deeper than 2000 levels", func() error { _, err := l.scope(ctx, deep, "environment"); return err }},
		{"deep data", deep + ":1:2001: nested deeper than 2000 levels", func() error { _, _, err := l.data(ctx, deep); return err }},
		{"data is a directory", "iteration data " + dir + ": is a directory", func() error { _, _, err := l.data(ctx, dir); return err }},
	} {
		err := tt.load()
		var e *exitError
		if !errors.As(err, &e) || e.code != exitCannotRun || e.text != tt.want {
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
		l := &loader{streams: term.Std(), apiKey: tt.apiKey, round: roundTrip(func(r *http.Request) *http.Response {
			got = append(got, r.URL.String()+" "+r.Header.Get("X-Api-Key"))
			resp := &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader("{}")), Header: http.Header{}, Request: r}
			if r.URL.Path == "/away" {
				resp.StatusCode = 302
				resp.Header.Set("Location", "https://example.com/there")
			}
			return resp
		})}
		_, err := l.read(t.Context(), tt.source, tt.kind)
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
	l := &loader{streams: term.Std(), insecure: true, apiKey: "k"}
	for url, insecure := range map[string]bool{"https://api.getpostman.com/collections/1": false, "https://tenant.example.com/c.json": true} {
		req := httptest.NewRequest(http.MethodGet, url, nil)
		l.postmanKey(req)
		if got := l.http(req).Transport.(*http.Transport).TLSClientConfig.InsecureSkipVerify; got != insecure {
			t.Errorf("%s: insecure is %v", url, got)
		}
	}
}
