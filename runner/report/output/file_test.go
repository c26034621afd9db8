package output_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"postie/runner/report/output"
)

func put(t *testing.T, path, text string) error {
	t.Helper()
	f, err := output.Create(path)
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
	f, err := output.Create(path)
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

// TestFileModes: what is there keeps its mode, what is new gets what the umask
// leaves, and private files are their owner's alone.
func TestFileModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes here")
	}
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	left := mode(t, plain) // of the umask
	tests := []struct {
		name   string
		before os.FileMode // 0: not there
		create func(string) (*output.File, error)
		want   os.FileMode
	}{
		{"new", 0, output.Create, left},
		{"new and private", 0, output.CreatePrivate, 0o600},
		{"kept closed", 0o600, output.Create, 0o600},
		{"kept open", 0o664, output.Create, 0o664},
		{"kept executable", 0o755, output.Create, 0o755},
		{"private over an open one", 0o644, output.CreatePrivate, 0o600},
		{"private over a private one", 0o600, output.CreatePrivate, 0o600},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "r.json")
			if tt.before != 0 {
				if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
					t.Fatal(err)
				}
				if err := os.Chmod(path, tt.before); err != nil {
					t.Fatal(err)
				}
			}
			f, err := tt.create(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			if got := mode(t, path); got != tt.want {
				t.Errorf("mode %o, want %o", got, tt.want)
			}
		})
	}
}

func mode(t *testing.T, path string) os.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

// A link to what is not there yet stays, and its target is made.
func TestFileFollowsADanglingLink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	link, target := filepath.Join(dir, "link"), filepath.Join(dir, "target")
	if err := os.Symlink("target", link); err != nil {
		t.Skip("no symbolic links here")
	}
	if err := put(t, link, "x"); err != nil || content(t, target) != "x" {
		t.Errorf("%v", err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v %v", info, err)
	}
}

// A tmpfs below /dev is a file system like any other.
func TestFileBelowDev(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("/dev/shm", "postie-")
	if err != nil {
		t.Skip("no /dev/shm here")
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "r.json")
	for _, text := range []string{"the first report", "second"} {
		if err := put(t, path, text); err != nil || content(t, path) != text {
			t.Errorf("%q, %v", content(t, path), err)
		}
	}
}

// A folder is no file.
func TestFileIsNoFolder(t *testing.T) {
	t.Parallel()
	if err := put(t, t.TempDir(), "x"); err == nil {
		t.Error("a folder was written")
	}
}
