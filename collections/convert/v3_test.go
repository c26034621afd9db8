package convert

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"postie/collections"
)

// says is all that a collection says and a run depends on.
func says(c *collections.Collection) []string {
	out := []string{c.Name(), fmt.Sprint(c.Variables())}
	var visit func(n *collections.Node)
	visit = func(n *collections.Node) {
		out = append(out, "node "+strings.Join(n.Path()[1:], " / "))
		profile, _ := json.Marshal(n.Profile())
		auth, _, ok := n.Auth()
		out = append(out, fmt.Sprintf("auth %v %s %v", ok, auth.Type, auth.Params), "profile "+string(profile))
		for _, listen := range []string{"prerequest", "test"} {
			for _, s := range n.Scripts(listen) {
				if strings.TrimSpace(s.Source) != "" {
					out = append(out, listen+": "+s.Source)
				}
			}
		}
		if !n.IsFolder() {
			r := n.Request()
			if b := r.Body; b != nil && b.Mode == "raw" && b.Raw != nil && *b.Raw == "" {
				r.Body = nil // v3 writes no empty body
			}
			out = append(out, string(r.JSON()))
			for _, e := range n.Examples() {
				out = append(out, fmt.Sprintf("example %s %d %s %q", e.Name, e.Code, e.Status, e.Body))
			}
		}
		for _, child := range n.Children() {
			visit(child)
		}
	}
	visit(c.Root())
	return out
}

func filesFS(files map[string][]byte) fs.FS {
	out := fstest.MapFS{}
	for name, data := range files {
		out[name] = &fstest.MapFile{Data: data}
	}
	return out
}

// roundTrip holds that a collection survives v3.
func roundTrip(t *testing.T, c *collections.Collection) []Note {
	t.Helper()
	files, notes, err := ToV3(c)
	if err != nil {
		t.Fatal(err)
	}
	back, _, err := FromV3("out", filesFS(files))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(says(c), says(back)); diff != "" {
		t.Errorf("%s (-before +after):\n%s", c.Name(), diff)
	}
	return notes
}

func TestX(t *testing.T) {
	root := "/work/shared/v3-samples"
	dirs, _ := filepath.Glob(root + "/*/postman/collections/*")
	more, _ := filepath.Glob(root + "/*/src/*/resources/pm-templates/v3/*")
	for _, d := range append(dirs, more...) {
		c, _, err := FromV3(d, os.DirFS(d))
		if err != nil {
			t.Log("ERR", err)
			continue
		}
		notes := roundTrip(t, c)
		if len(notes) > 0 {
			t.Log(d[len(root):], c.Name(), notes)
		}
	}
	pairs, _ := filepath.Glob(root + "/*/v2-pairs/*.postman_collection.json")
	for _, p := range pairs {
		src, _ := os.ReadFile(p)
		c, err := collections.Parse(p, src)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(p, roundTrip(t, c))
		for _, d := range more {
			v, _, err := FromV3(d, os.DirFS(d))
			if err == nil && (v.Name() == c.Name() || strings.HasPrefix(c.Name(), "[sm]") && strings.HasSuffix(d, "core")) {
				t.Log("TWIN", d, cmp.Diff(says(c), says(v)))
			}
		}
	}
}
