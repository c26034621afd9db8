package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"postie/cmd/internal/term"
	"postie/runner/mask"
	"postie/runner/mock"
)

// What the mock command prints of a request hides the secrets of the
// environment and the collection that fill in the examples.
func TestMockHidesSecrets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	collection := write("c.json", `{"info":{"name":"C"},"variable":[{"key":"apiToken","value":"of-collection-1"}],
		"item":[{"name":"a","request":"http://h/a","response":[{"name":"ok","code":200,"originalRequest":{"method":"GET","url":"http://h/a"}}]}]}`)
	environment := write("e.json", `{"name":"e","values":[{"key":"key","value":"of/environment-1","type":"secret"}]}`)
	f := mockFlags{environment: environment}
	secrets := mask.New(mask.Options{})
	if _, _, err := f.handler(t.Context(), &term.Streams{Out: io.Discard, Err: io.Discard}, secrets, collection); err != nil {
		t.Fatal(err)
	}
	got := servedLine(secrets, mock.Served{Method: "GET", Target: "/a?k=of%2Fenvironment-1&t=of-collection-1", Code: 200, Example: "ok"})
	if want := "GET /a?k=******&t=****** 200 ok"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}
