package packages

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"
)

// TestUnpackStaysInside: an archive writes below its folder or not at all.
func TestUnpackStaysInside(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		file tar.Header
		ok   bool
	}{
		{"a file", tar.Header{Name: "package/a/b.js", Typeflag: tar.TypeReg}, true},
		{"up and out", tar.Header{Name: "package/../../evil.js", Typeflag: tar.TypeReg}, false},
		{"up from the start", tar.Header{Name: "../evil/evil.js", Typeflag: tar.TypeReg}, false},
		{"a link", tar.Header{Name: "package/evil.js", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}, true}, // left out
	} {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		w := tar.NewWriter(z)
		if err := w.WriteHeader(&test.file); err != nil {
			t.Fatal(err)
		}
		w.Close()
		z.Close()
		top := t.TempDir()
		err := unpack(b.Bytes(), filepath.Join(top, "in", "here"))
		if (err == nil) != test.ok {
			t.Errorf("%s: error %v", test.name, err)
		}
		_ = filepath.WalkDir(top, func(path string, d os.DirEntry, _ error) error {
			if filepath.Base(path) == "evil.js" {
				t.Errorf("%s: %s is written", test.name, path)
			}
			return nil
		})
	}
}
