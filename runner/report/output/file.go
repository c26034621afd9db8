package output

import (
	"bufio"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// A File is written under a temporary name beside its own, so that it is whole
// or not there. Devices and pipes, which have no such place beside them, are
// written as they are.
type File struct {
	path   string // where links lead
	f      *os.File
	w      *bufio.Writer
	err    error
	direct bool // no temporary name
}

// Create opens path for writing and makes its folders. A symbolic link stays;
// what it points to is written. A file that is there keeps its mode; a new one
// gets what the umask leaves.
func Create(path string) (*File, error) { return create(path, false) }

// CreatePrivate is Create for files that hold secrets: only their owner may
// read them, also when they were there before.
func CreatePrivate(path string) (*File, error) { return create(path, true) }

// Write creates a file of what write writes, whole or not at all.
func Write(path string, write func(io.Writer) error) error { return whole(Create, path, write) }

// WritePrivate is Write for files that hold secrets.
func WritePrivate(path string, write func(io.Writer) error) error {
	return whole(CreatePrivate, path, write)
}

func whole(create func(string) (*File, error), path string, write func(io.Writer) error) error {
	f, err := create(path)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		f.Abort()
		return err
	}
	return f.Close()
}

func create(path string, private bool) (*File, error) {
	if isSpecial(path) {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
		if err != nil {
			return nil, err
		}
		return newFile(path, f, true), nil
	}
	path = resolve(path)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, err
	}
	if info, err := os.Stat(path); err == nil {
		return replace(path, info, private)
	}
	mode := fs.FileMode(0o666)
	if private {
		mode = 0o600
	}
	f, err := temporary(path, mode)
	if err != nil {
		return nil, err
	}
	return newFile(path, f, false), nil
}

// replace opens a file that takes the place of one that is there.
func replace(path string, info fs.FileInfo, private bool) (*File, error) {
	// Renaming alone would replace a file that its owner has write-protected.
	old, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	f, err := temporary(path, 0o600)
	if err != nil { // the folder takes no files: in place, then
		if err := old.Truncate(0); err != nil {
			old.Close()
			return nil, err
		}
		return newFile(path, old, true), nil
	}
	old.Close()
	mode := info.Mode().Perm()
	if private {
		mode &^= 0o077
	}
	if err := f.Chmod(mode); err != nil {
		f.Close()
		os.Remove(f.Name())
		return nil, err
	}
	return newFile(path, f, false), nil
}

// temporary makes a new file beside path. Unlike os.CreateTemp it leaves the
// mode to the umask.
func temporary(path string, mode fs.FileMode) (*os.File, error) {
	for range 100 {
		name := filepath.Join(filepath.Dir(path), ".postie-"+rand.Text()[:12])
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
	return nil, &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
}

func newFile(path string, f *os.File, direct bool) *File {
	return &File{path: path, f: f, w: bufio.NewWriterSize(f, 64<<10), direct: direct}
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
	if err := f.f.Close(); f.err == nil {
		f.err = err
	}
	switch {
	case f.direct:
		return f.err
	case f.err != nil:
		os.Remove(f.f.Name())
		return f.err
	}
	return f.rename()
}

// rename moves the file to its name. One that is mounted by itself, as into a
// container, cannot be replaced: it is written in place.
func (f *File) rename() error {
	err := os.Rename(f.f.Name(), f.path)
	if err == nil {
		return nil
	}
	defer os.Remove(f.f.Name())
	if info, statErr := os.Stat(f.path); statErr != nil || !info.Mode().IsRegular() {
		return err
	}
	from, openErr := os.Open(f.f.Name())
	if openErr != nil {
		return err
	}
	defer from.Close()
	to, openErr := os.OpenFile(f.path, os.O_WRONLY|os.O_TRUNC, 0)
	if openErr != nil {
		return err
	}
	_, copyErr := io.Copy(to, from)
	return errors.Join(copyErr, to.Close())
}
