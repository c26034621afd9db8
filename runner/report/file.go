package report

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A File is written under a temporary name beside its own, so that a report
// is whole or not there. Devices and pipes, which have no such place beside
// them, are written as they are.
type File struct {
	path   string
	f      *os.File
	w      *bufio.Writer
	err    error
	direct bool // no temporary name
}

// CreateFile opens path for writing and makes its folders. A symbolic link
// stays; what it points to is written.
func CreateFile(path string) (*File, error) {
	if special(path) {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
		if err != nil {
			return nil, err
		}
		return newFile(path, f, true), nil
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".postie-*")
	if err != nil {
		return nil, err
	}
	return newFile(path, f, false), nil
}

func newFile(path string, f *os.File, direct bool) *File {
	return &File{path: path, f: f, w: bufio.NewWriterSize(f, 64<<10), direct: direct}
}

// special reports whether path is a device, a pipe or a name for an open
// file, such as /dev/stdout. Renaming over those would take them away.
func special(path string) bool {
	abs, err := filepath.Abs(path)
	if err == nil && (strings.HasPrefix(abs, "/dev/") || strings.HasPrefix(abs, "/proc/")) {
		return true
	}
	info, err := os.Stat(path)
	return err == nil && !info.Mode().IsRegular() && !info.IsDir()
}

// Write implements io.Writer. The first error stays.
func (f *File) Write(p []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	n, err := f.w.Write(p)
	f.err = err
	return n, err
}

// Abort drops what was written.
func (f *File) Abort() {
	f.f.Close()
	if !f.direct {
		os.Remove(f.f.Name())
	}
}

// Close gives the file its name.
func (f *File) Close() error {
	if f.err == nil {
		f.err = f.w.Flush()
	}
	if f.direct {
		if err := f.f.Close(); f.err == nil {
			f.err = err
		}
		return f.err
	}
	if f.err == nil {
		f.err = f.f.Chmod(0o644)
	}
	if err := f.f.Close(); f.err == nil {
		f.err = err
	}
	if f.err != nil {
		os.Remove(f.f.Name())
		return fmt.Errorf("%s: %w", f.path, f.err)
	}
	if err := os.Rename(f.f.Name(), f.path); err != nil {
		os.Remove(f.f.Name())
		return err
	}
	return nil
}
