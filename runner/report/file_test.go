package report_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"postie/runner/report"
)

func put(t *testing.T, path, text string) error {
	t.Helper()
	f, err := report.CreateFile(path)
	if err != nil {
		return err
	}
	if _, err := f.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return f.Close()
}

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// An aborted report leaves what was there; one that is finished replaces it.
func TestFileIsWholeOrNotThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "deep", "r.xml")
	if err := put(t, path, "first"); err != nil {
		t.Fatal(err)
	}
	f, err := report.CreateFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.Write([]byte("half"))
	if got := content(t, path); got != "first" {
		t.Errorf("while it is written: %q", got)
	}
	f.Abort()
	if got := content(t, path); got != "first" {
		t.Errorf("after an abort: %q", got)
	}
	if err := put(t, path, "second"); err != nil || content(t, path) != "second" {
		t.Errorf("%q, %v", content(t, path), err)
	}
	if list, _ := os.ReadDir(filepath.Dir(path)); len(list) != 1 {
		t.Errorf("%d files are left", len(list))
	}
}

// Writing to a device or through a link must not take its place.
func TestFileLeavesDevicesAndLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := os.WriteFile(target, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Skip("no symbolic links here")
	}
	if err := put(t, link, "x"); err != nil || content(t, target) != "x" {
		t.Errorf("target holds %q, %v", content(t, target), err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v %v", info, err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	name := fmt.Sprintf("/proc/self/fd/%d", w.Fd())
	if _, err := os.Stat(name); err == nil {
		if err := put(t, name, "x"); err != nil {
			t.Error(err)
		}
		got := make([]byte, 1)
		if _, err := r.Read(got); err != nil || got[0] != 'x' {
			t.Errorf("the pipe holds %q, %v", got, err)
		}
	}
	if err := put(t, "/proc/nope/x.json", "x"); err == nil {
		t.Error("a path that cannot be is written")
	}
}
