// Package workdir serves the files that requests send, from one folder and
// nothing outside it: names that lead out, symbolic links included, are
// refused. Default chooses that folder for a run that names none.
package workdir

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Refusal says why a file may not be read. It is fs.ErrPermission to
// errors.Is.
type Refusal string

// Refusals.
const (
	Outside  Refusal = "it is outside the working directory, or not readable"
	Hidden   Refusal = "it is hidden, and only a working directory that is named shows hidden files"
	TooDeep  Refusal = "the working directory is above the home folder, and only one that is named shows its folders"
	HomeOnly Refusal = "the home folder is no working directory unless it is named"
)

// Error implements error.
func (r Refusal) Error() string { return string(r) }

// Is makes a Refusal fs.ErrPermission.
func (r Refusal) Is(target error) bool { return target == fs.ErrPermission }

// Options describe a working directory. Path is absolute.
type Options struct {
	Path   string
	Bases  []string // absolute folders that relative names start from, the first that has the file; none: Path
	Hidden bool     // hidden files and folders are served, too
	Flat   bool     // only files in Path itself, none of its folders
}

// A Dir serves the files of one folder. It implements fs.FS for names as
// collections write them: relative, or absolute inside the folder.
type Dir struct {
	opts Options
	real string // Path without symbolic links
	root *os.Root
}

// Open opens a folder. The caller closes it.
func Open(o Options) (*Dir, error) {
	root, err := os.OpenRoot(o.Path)
	if err != nil {
		return nil, err
	}
	real, err := filepath.EvalSymlinks(o.Path)
	if err != nil {
		root.Close()
		return nil, err
	}
	if len(o.Bases) == 0 {
		o.Bases = []string{o.Path}
	}
	return &Dir{opts: o, real: real, root: root}, nil
}

// Close closes the folder; files that were opened stay open.
func (d *Dir) Close() error { return d.root.Close() }

// Open implements fs.FS. It opens regular files alone; errors are
// *fs.PathError, of a Refusal when the file may not be read.
func (d *Dir) Open(name string) (fs.File, error) {
	var first error
	ours := false // the error is of a base that is inside
	for _, c := range candidates(name, d.opts.Bases) {
		file, err := d.open(c.path)
		if err == nil {
			return file, nil
		}
		if inside := d.holds(c.base); first == nil || inside && !ours {
			first, ours = err, inside
		}
	}
	return nil, first
}

// holds reports whether a path is below the folder, or is it.
func (d *Dir) holds(path string) bool {
	rel, err := filepath.Rel(d.opts.Path, path)
	return err == nil && filepath.IsLocal(rel)
}

// A candidate is an absolute path that a name may mean, and where the name
// starts then.
type candidate struct{ base, path string }

func candidates(name string, bases []string) []candidate {
	name = filepath.FromSlash(name)
	if filepath.IsAbs(name) {
		return []candidate{{name, name}}
	}
	var out []candidate
	for _, base := range bases {
		out = append(out, candidate{base, filepath.Join(base, name)})
	}
	return out
}

// open opens an absolute path.
func (d *Dir) open(path string) (fs.File, error) {
	rel, err := filepath.Rel(d.opts.Path, path)
	if err != nil || !filepath.IsLocal(rel) {
		return nil, refuse(path, Outside)
	}
	if err := d.allowed(rel); err != nil {
		return nil, err
	}
	// A link may lead to what the rules keep back.
	target, err := filepath.EvalSymlinks(filepath.Join(d.real, rel))
	if err != nil {
		return nil, err
	}
	if rel, err = filepath.Rel(d.real, target); err != nil || !filepath.IsLocal(rel) {
		return nil, refuse(path, Outside)
	}
	if err := d.allowed(rel); err != nil {
		return nil, err
	}
	// Stat first: opening a pipe would block.
	info, err := d.root.Stat(rel)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, refuse(path, fs.ErrInvalid)
	}
	return d.root.Open(rel)
}

// allowed applies the rules of a folder that nobody named.
func (d *Dir) allowed(rel string) error {
	parts := strings.Split(filepath.Clean(rel), string(filepath.Separator))
	if d.opts.Flat && len(parts) > 1 {
		return refuse(rel, TooDeep)
	}
	if !d.opts.Hidden && slices.ContainsFunc(parts, hidden) {
		return refuse(rel, Hidden)
	}
	return nil
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") && name != "." && name != ".." }

func refuse(path string, why error) error { return &fs.PathError{Op: "open", Path: path, Err: why} }

// Closed refuses every file.
type Closed struct{ Why Refusal }

// Open implements fs.FS.
func (c Closed) Open(name string) (fs.File, error) { return nil, refuse(name, c.Why) }

// Anywhere serves every regular file that the process may read. Relative names
// start from each of the folders in turn, the first that has the file.
type Anywhere []string

// Open implements fs.FS.
func (a Anywhere) Open(name string) (fs.File, error) {
	var first error
	for _, c := range candidates(name, a) {
		f, err := openRegular(c.path)
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
		return nil, refuse(name, fs.ErrInvalid)
	}
	return os.Open(name)
}
