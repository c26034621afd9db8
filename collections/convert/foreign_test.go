package convert

import (
	stdflag "flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"postie/collections"
)

var update = stdflag.Bool("update", false, "rewrite what the cases want")

type reader func(name string, src []byte) ([]byte, []Note, error)

var readers = map[string]reader{"sh": curlWithoutFiles, "har": FromHAR, "yaml": FromOpenAPI, "json": FromOpenAPI}

func curlWithoutFiles(name string, src []byte) ([]byte, []Note, error) {
	return FromCurl(name, src, nil)
}

// TestForeign reads testdata/foreign/*.txtar: an input, and what the
// collection says (want).
func TestForeign(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/foreign/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			in, want := ar.Files[0], string(ar.Files[1].Data)
			if got := read(t, in.Name, in.Data); got != want {
				t.Errorf("(-want +got):\n%s", cmp.Diff(want, got))
				if *update {
					ar.Files[1].Data = []byte(got)
					_ = os.WriteFile(file, txtar.Format(ar), 0o600)
				}
			}
		})
	}
}

func read(t *testing.T, name string, src []byte) string {
	t.Helper()
	doc, notes, err := readers[strings.TrimPrefix(filepath.Ext(name), ".")](name, src)
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	c, err := collections.Parse(name, doc)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, v := range c.Variables() {
		b.WriteString(v.Key + "=" + v.Value.(string) + "\n")
	}
	for n := range c.All() {
		b.WriteString(strings.Join(n.Path(), " / ") + "\n  " + string(n.Request().JSON()) + "\n")
		if a, owner, ok := n.Auth(); ok && owner != n {
			b.WriteString("  auth " + a.Type + "\n")
		}
		for _, e := range n.Examples() {
			b.WriteString("  example " + e.Name + ": " + e.Body + "\n")
		}
	}
	for _, n := range notes {
		b.WriteString("note " + n.String() + "\n")
	}
	return b.String()
}

func TestForeignErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"a.sh", "echo hi", "a.sh:1:1: no curl command found"},
		{"a.sh", "curl 'h", "a.sh:1:6: reached EOF without closing quote `'`"},
		{"a.har", "{}", "a.har:1:1: not an HTTP archive: it has no log with entries"},
		{"a.har", "{\n x", "a.har:2:2: not valid JSON: invalid character 'x' looking for beginning of object key string"},
		{"a.yaml", "swagger: '1.2'", "a.yaml:1:10: Swagger 1.2 is not read: convert it to OpenAPI 3 first"},
		{"a.yaml", "a: b", "a.yaml:1:1: not an OpenAPI 3 description: no openapi: 3.x"},
	} {
		_, _, err := readers[strings.TrimPrefix(filepath.Ext(tt.name), ".")](tt.name, []byte(tt.in))
		if err == nil || err.Error() != tt.want {
			t.Errorf("%q: got %v, want %s", tt.in, err, tt.want)
		}
	}
}

// FuzzForeign holds that whatever is given is refused or becomes a collection.
func FuzzForeign(f *testing.F) {
	files, _ := filepath.Glob("testdata/foreign/*.txtar")
	for _, file := range files {
		if ar, err := txtar.ParseFile(file); err == nil {
			f.Add(ar.Files[0].Data)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, read := range []reader{curlWithoutFiles, FromHAR, FromOpenAPI} {
			doc, _, err := read("f", src)
			if err != nil {
				continue
			}
			c, err := collections.Parse("f", doc)
			if err != nil {
				t.Fatalf("%v\n%s", err, doc)
			}
			for n := range c.All() {
				n.Request()
			}
		}
	})
}
