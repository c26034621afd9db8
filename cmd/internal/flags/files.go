package flags

import (
	"cmp"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
	"postie/runner/documents"
	"postie/runner/fserror"
	"postie/runner/workdir"
)

// Files are the flags that say which files requests may send.
type Files struct {
	folder           string
	anywhere, inside bool
}

// Register defines the flags.
func (f *Files) Register(fs *pflag.FlagSet) {
	fs.StringVar(&f.folder, "working-dir", "", "`folder` that body files are read from (default: the current one when it holds the collection, else the collection's; never the home folder, and nothing hidden)")
	fs.BoolVar(&f.anywhere, "insecure-file-read", false, "read body files outside the working directory")
	fs.BoolVar(&f.inside, "no-insecure-file-read", false, "accepted for newman; it is the default")
}

// Open opens the working directory for a run of the collection that is read
// from source. The caller closes it, unless c is nil.
func (f *Files) Open(source string) (files fs.FS, c io.Closer, err error) {
	current, err := os.Getwd()
	if err != nil {
		return nil, nil, exit.CannotRun("working directory: %v", err)
	}
	beside := documents.Folder(source)
	if f.anywhere {
		return workdir.Anywhere{cmp.Or(f.folder, current), beside}, nil, nil
	}
	home, _ := os.UserHomeDir() // none is known, none is kept back
	opts, ok := workdir.Default(current, home, beside)
	if f.folder != "" {
		named, err := filepath.Abs(f.folder)
		if err != nil {
			return nil, nil, exit.CannotRun("--working-dir %s: %v", f.folder, err)
		}
		opts, ok = workdir.Options{Path: named, Hidden: true}, true
	}
	if !ok {
		return workdir.Closed{Why: workdir.HomeOnly}, nil, nil
	}
	dir, err := workdir.Open(opts)
	if err != nil {
		return nil, nil, exit.CannotRun("working directory %s: %s", opts.Path, fserror.Cause(err))
	}
	return dir, dir, nil
}
