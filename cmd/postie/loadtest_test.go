package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/term"
)

// Options of a load that are wrong, by themselves or together, are wrong usage:
// one line says so, and nothing is sent.
func TestWrongOptionsOfALoad(t *testing.T) {
	t.Parallel()
	collection := filepath.Join(t.TempDir(), "c.json")
	if err := os.WriteFile(collection, []byte(`{"info":{"name":"C"},"item":[{"name":"one","request":"http://127.0.0.1:1"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, args, want string }{
		{"nobody", "--stage 1s:0", "a load of nothing"},
		{"all of it is warm-up", "--warmup 10s --duration 5s", "leaves nothing to count"},
		{"no rows", "--data-order unique", "need iteration data"},
		{"nothing to miss", "--abort-on-fail", "needs a threshold"},
		{"a request that is not there", "--threshold {on}.p95<1s", `did you mean "one"?`},
		{"a figure that is not there", "--threshold speed<1", "no such figure"},
		{"users and a rate", "--vus 2 --rate 5/s", "give one of them"},
		{"a mock that is not there", "--mock saved", "want forgerock or examples"},
		{"a colour that is not there", "--color blue", "--color"},
		{"a port that is not there", "--metrics-listen :99999", "want a port of this machine"},
		{"with a cluster", "--cluster local:1 --warmup 10s --duration 5s", "leaves nothing to count"},
	} {
		var errs strings.Builder
		s := &term.Streams{In: strings.NewReader(""), Out: io.Discard, Err: &errs, Getenv: func(string) string { return "" }}
		code := run(append([]string{"load", collection}, strings.Fields(tt.args)...), s)
		line, rest, _ := strings.Cut(errs.String(), "\n")
		if code != exit.BadUsage || !strings.Contains(line, tt.want) || rest != "" && !strings.HasPrefix(rest, "postie: hint: ") {
			t.Errorf("%s: exit code %d, %q", tt.name, code, errs.String())
		}
	}
}
