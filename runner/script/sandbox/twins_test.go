//go:build amd64 || arm64

package sandbox

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite what libraries answered")

// Twins are a library twice: with Go under it, and as it is.
//
// By itself a library takes up to a minute for what Go does in a second, and
// always answers the same. So testdata/libraries.txt has the digests of what each
// script asks and what the library answers, and the library itself is run only
// when a script is new or the answer with Go is another; with
// POSTIE_LIBRARIES=all, as in CI, it always is.
type twins struct {
	t      *testing.T
	source string
	fast   *user
	asIs   *user // nil until it is needed
	asked  int
}

func openTwins(t *testing.T, source string) *twins {
	t.Helper()
	return &twins{t: t, source: source, fast: uses(t, source, true)}
}

// run answers what a script writes to the console, which must be the same with
// both.
func (w *twins) run(script string) []string {
	w.t.Helper()
	w.asked++
	name := fmt.Sprintf("%s#%d", strings.ReplaceAll(w.t.Name(), " ", "_"), w.asked)
	got := w.fast.run(script)
	line := digest(w.source, script) + " " + digest(got...)
	if answers.known(w.t)[name] == line && os.Getenv("POSTIE_LIBRARIES") != "all" && !*update {
		return got
	}
	if w.asIs == nil {
		w.asIs = uses(w.t, w.source, false)
	}
	if diff := cmp.Diff(w.asIs.run(script), got); diff != "" {
		w.t.Errorf("script %d: %s", w.asked, diff)
	} else if *update {
		answers.write(w.t, name, line)
	}
	return got
}

func digest(texts ...string) string {
	return fmt.Sprintf("%.12x", sha256.Sum256([]byte(strings.Join(texts, "\n"))))
}

// answers is testdata/libraries.txt: a line for each script, with its name and
// the digests of what is asked and answered.
var answers recorded

type recorded struct {
	mu    sync.Mutex
	lines map[string]string
}

var answersFile = filepath.Join("testdata", "libraries.txt")

func (r *recorded) known(t *testing.T) map[string]string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lines == nil {
		src, err := os.ReadFile(answersFile)
		if err != nil && !*update {
			t.Fatal(err)
		}
		r.lines = map[string]string{}
		for line := range strings.Lines(string(src)) {
			name, digests, _ := strings.Cut(strings.TrimSpace(line), " ")
			r.lines[name] = digests
		}
	}
	return maps.Clone(r.lines)
}

func (r *recorded) write(t *testing.T, name, digests string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines[name] = digests
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(r.lines)) {
		fmt.Fprintln(&b, name, r.lines[name])
	}
	if err := os.WriteFile(answersFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
