package documents_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"postie/runner/documents"
)

func TestWriteFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "My API")
	files := map[string][]byte{"x.yaml": []byte("x"), "sub/y.yaml": []byte("y")}
	if err := documents.WriteFolder(dir, files, false); err != nil {
		t.Fatal(err)
	}
	if src, err := os.ReadFile(filepath.Join(dir, "sub", "y.yaml")); err != nil || string(src) != "y" {
		t.Errorf("%q, %v", src, err)
	}
	if err := documents.WriteFolder(dir, files, false); !errors.Is(err, documents.ErrNotEmpty) {
		t.Errorf("into a folder with files: %v", err)
	}
	if err := documents.WriteFolder(dir, files, true); err != nil {
		t.Errorf("over them: %v", err)
	}
	if err := documents.WriteFolder(dir, map[string][]byte{"../out": nil}, true); err == nil {
		t.Error("a file was written outside the folder")
	}
}
