package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A folder serves body files from one directory and nothing outside it, with
// symbolic links resolved (os.Root). Names are tried against each base.
type folder struct {
	root  *os.Root
	dir   string   // of root, absolute
	bases []string // folders below dir that relative names start from
}

// openFolder confines reads to the working directory. Without one it is the
// current directory when that holds the collection, else the collection's.
func openFolder(workingDir, collectionDir string) (*folder, error) {
	cwd, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	dir, bases := workingDir, []string{"."}
	switch {
	case dir != "":
	case collectionDir == "":
		dir = cwd
	default:
		dir = collectionDir
		if rel, err := filepath.Rel(cwd, collectionDir); err == nil && filepath.IsLocal(rel) {
			dir, bases = cwd, []string{".", rel}
		}
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &folder{root: root, dir: dir, bases: bases}, nil
}

// Open implements fs.FS for names as collections write them: relative to a
// base, or absolute inside the directory.
func (f *folder) Open(name string) (fs.File, error) {
	name = filepath.FromSlash(name)
	if filepath.IsAbs(name) {
		rel, err := filepath.Rel(f.dir, name)
		if err != nil || !filepath.IsLocal(rel) {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
		}
		return f.open(rel)
	}
	var first error
	for _, base := range f.bases {
		file, err := f.open(filepath.Join(base, name))
		if err == nil {
			return file, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}

func (f *folder) open(rel string) (fs.File, error) {
	rel = filepath.Clean(rel)
	if !filepath.IsLocal(rel) {
		return nil, &fs.PathError{Op: "open", Path: rel, Err: fs.ErrPermission}
	}
	// Stat first: opening a pipe would block.
	info, err := f.root.Stat(rel)
	if err != nil {
		if strings.Contains(err.Error(), "escapes") {
			err = &fs.PathError{Op: "open", Path: rel, Err: fs.ErrPermission}
		}
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: rel, Err: fs.ErrInvalid}
	}
	return f.root.Open(rel)
}

func (f *folder) Close() error { return f.root.Close() }

// anyFile serves every file the process may read; --insecure-file-read.
type anyFile struct{ dirs []string }

func (a anyFile) Open(name string) (fs.File, error) {
	name = filepath.FromSlash(name)
	if filepath.IsAbs(name) {
		return openRegular(name)
	}
	var first error
	for _, dir := range a.dirs {
		f, err := openRegular(filepath.Join(dir, name))
		if err == nil {
			return f, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}

func openRegular(name string) (fs.File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	return os.Open(name)
}
