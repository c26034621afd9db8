package job

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/term"
	"postie/runner"
	"postie/runner/fserror"
	"postie/runner/script/packages"
	"postie/runner/script/sandbox"
)

// libraries returns where require() finds modules: among the embedded ones,
// then in the user's cache, which is filled at the first use.
func (j *Job) libraries(_ context.Context, o *runner.Options) error {
	opts := PackageOptions(j.Streams)
	if j.Flags.scripts.Packages != "" {
		root, err := os.OpenRoot(j.Flags.scripts.Packages)
		if err != nil {
			return exit.CannotRun("--package-dir %s: %s", j.Flags.scripts.Packages, fserror.Cause(err))
		}
		j.closers = append(j.closers, root)
		opts.Local = root.FS()
	}
	o.Scripts.Libraries = packages.NewStore(opts)
	return nil
}

// PackageOptions returns the options for the libraries of scripts: the user's
// cache, and the registry that npm is configured for.
func PackageOptions(s *term.Streams) packages.Options {
	o := packages.Options{Compiler: packages.Compiler{Engine: sandbox.Version(), Compile: sandbox.CompileLibrary},
		Notice: func(text string) { fmt.Fprintln(s.Err, "postie: "+text) }}
	if dir, err := os.UserCacheDir(); err == nil {
		o.Cache = filepath.Join(dir, "postie", packages.CacheName())
		o.Remote = filepath.Join(dir, "postie", "modules")
	}
	o.Registry = func() (*packages.Registry, error) { return packages.FindRegistry(s.Getenv) }
	return o
}
