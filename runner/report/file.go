package report

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
)

// A File is written under a temporary name beside its own, so that a report
// is whole or not there.
type File struct {
	path string
	f    *os.File
	w    *bufio.Writer
	err  error
}

// CreateFile opens path for writing and makes its folders.
func CreateFile(path string) (*File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".postie-*")
	if err != nil {
		return nil, err
	}
	return &File{path: path, f: f, w: bufio.NewWriterSize(f, 64<<10)}, nil
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
	os.Remove(f.f.Name())
}

// Close gives the file its name.
func (f *File) Close() error {
	if f.err == nil {
		f.err = f.w.Flush()
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
	return os.Rename(f.f.Name(), f.path)
}
