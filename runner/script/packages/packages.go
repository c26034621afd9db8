// Package packages provides the modules that scripts load with require(): npm
// packages with the versions of lock.json, each bundled into one CommonJS file.
//
// go generate fetches, verifies and bundles them into bundle/, which is not in
// version control. A build embeds the folder when it exists. A binary without
// it makes the same bundles in the user's cache at their first use.
package packages

//go:generate go run ./gen

import (
	"bytes"
	"compress/gzip"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/klauspost/compress/zstd"

	"postie/runner/script"
)

//go:embed all:bundle
var embedded embed.FS

// A Store finds modules by their require() name. It is safe for concurrent use.
type Store struct {
	opts   Options
	loaded flights // modules by name
	filled flights // the cache of bundles, by folder

	mu    sync.Mutex
	tried error // why the cache could not be filled; there is no second attempt
}

// Options configure a Store. With the zero value it has only the embedded
// modules.
type Options struct {
	Cache    string                    // folder of bundles that are not embedded; "": none
	Registry func() (*Registry, error) // fetches bundles that the cache lacks, and is called only then; nil: offline
	Remote   string                    // folder of packages that pm.require("npm:…") fetched, by registry; "": none
	Compiler Compiler                  // compiles fetched packages
	Local    fs.FS                     // the user's own packages, by name; nil: none
	Notice   func(string)              // is called when packages are being fetched; may be nil
}

// NewStore returns a store with these options.
func NewStore(o Options) *Store { return &Store{opts: o} }

// Library returns a module, or nil when there is no module with that name. ctx
// ends a fetch. Different modules are fetched in parallel.
func (s *Store) Library(ctx context.Context, name string) (*script.Library, error) {
	return s.loaded.do(ctx, name, func() (*script.Library, error) { return s.find(ctx, name) })
}

func (s *Store) find(ctx context.Context, name string) (*script.Library, error) {
	if s.opts.Local != nil {
		if lib, err := local(s.opts.Local, name); lib != nil || err != nil {
			return lib, err
		}
	}
	if ref, ok, err := parseReference(name); ok || err != nil {
		if err != nil {
			return nil, err
		}
		return s.remote(ctx, ref)
	}
	m, ok := moduleOf(name)
	if !ok {
		return nil, nil
	}
	return s.bundle(ctx, m)
}

// bundle reads a module's bundle: the embedded one, or from the cache, or made
// now.
func (s *Store) bundle(ctx context.Context, m module) (*script.Library, error) {
	if lib, err := open(embedded, m.name, "bundle/"+m.file()); err == nil {
		return lib, nil
	}
	if s.opts.Cache == "" {
		return nil, errors.New("it is not in this build, and there is no cache")
	}
	dir := os.DirFS(s.opts.Cache)
	if lib, err := open(dir, m.name, m.file()); err == nil {
		return lib, nil
	}
	if s.opts.Registry == nil {
		return nil, errors.New("it is not in this build: postie packages install fetches it")
	}
	if _, err := s.filled.do(ctx, s.opts.Cache, func() (*script.Library, error) { return nil, s.install(ctx) }); err != nil {
		return nil, err
	}
	return open(dir, m.name, m.file())
}

// install fills the cache of bundles. A failure is remembered and not tried
// again.
func (s *Store) install(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tried != nil {
		return s.tried
	}
	s.notify("fetching script libraries into " + s.opts.Cache)
	r, err := s.opts.Registry()
	if err == nil {
		err = Install(ctx, r, s.opts.Cache, s.opts.Compiler)
	}
	if err != nil && !isCanceled(err) {
		s.tried = err
	}
	return err
}

// isCanceled reports whether an error means that the caller canceled.
func isCanceled(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func (s *Store) notify(text string) {
	if s.opts.Notice != nil {
		s.opts.Notice(text)
	}
}

// open reads a bundle, and its bytecode if there is some.
func open(dir fs.FS, name, file string) (*script.Library, error) {
	src, err := read(dir, file)
	if err != nil {
		return nil, err
	}
	lib := &script.Library{Name: name, Source: src}
	lib.Bytecode = readCompiled(dir, file+compiledSuffix)
	return lib, nil
}

// readCompiled reads bytecode. It returns nil when there is no readable
// bytecode, because the source can be used instead.
func readCompiled(dir fs.FS, name string) []byte {
	packed, err := fs.ReadFile(dir, name)
	if err != nil {
		return nil
	}
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
	if err != nil {
		return nil
	}
	defer z.Close()
	code, err := z.DecodeAll(packed, nil)
	if err != nil {
		return nil
	}
	return code
}

// read unpacks a file.
func read(dir fs.FS, name string) (string, error) {
	packed, err := fs.ReadFile(dir, name)
	if err != nil {
		return "", err
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	src, err := io.ReadAll(io.LimitReader(z, 64<<20))
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return string(src), nil
}

// Listed is a module as `packages list` prints it.
type Listed struct {
	Name, Package, Version string
	Ready                  bool // embedded or in the cache
}

// List returns all modules, sorted by name.
func (s *Store) List() ([]Listed, error) {
	l, err := readLock()
	if err != nil {
		return nil, err
	}
	var out []Listed
	for _, m := range modules {
		p := l.find(m.pkg)
		_, err := read(embedded, "bundle/"+m.file())
		ready := err == nil
		if !ready && s.opts.Cache != "" {
			_, err := os.Stat(filepath.Join(s.opts.Cache, m.file()))
			ready = err == nil
		}
		out = append(out, Listed{Name: m.name, Package: m.pkg, Version: p.Version, Ready: ready})
	}
	slices.SortFunc(out, func(a, b Listed) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) })
	return out, nil
}
