package packages

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"postie/runner/script"
)

// An entry is a reference's folder in the cache, with the bundle and the lock
// that the bundle was made from. Each registry has its own folder, so a package
// is not found that an earlier run fetched from another, possibly hostile
// registry.
type entry struct {
	ref      reference
	registry *Registry
	dir      string
}

const lockName = "lock.json"

// lockText returns the entry's lock, or nil when this registry has none.
func (e *entry) lockText() []byte {
	text, err := os.ReadFile(filepath.Join(e.dir, lockName))
	if err != nil || lockedRegistry(text) != e.registry.origin() {
		return nil
	}
	return text
}

// packedName returns the name of the bundle that is made from a lock. It
// changes with the hashes of the packages.
func packedName(lockText []byte) string {
	sum := sha256.Sum256(lockText)
	return fmt.Sprintf("bundle-%d-%x.js.gz", bundleVersion, sum[:8])
}

// remote reads the package that pm.require("npm:…") names. It takes the package
// from the cache, or fetches it and caches it with the hashes of that first
// fetch.
func (s *Store) remote(ctx context.Context, ref reference) (*script.Library, error) {
	if s.opts.Remote == "" || s.opts.Registry == nil {
		return nil, errors.New("there is no cache to keep it in, or no registry to fetch it from")
	}
	r, err := s.opts.Registry()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(r.origin()))
	e := &entry{ref: ref, registry: r, dir: filepath.Join(s.opts.Remote, hex.EncodeToString(sum[:6]), ref.folder())}
	if text := e.lockText(); text != nil {
		lib, err := open(os.DirFS(e.dir), ref.text, packedName(text))
		if !errors.Is(err, fs.ErrNotExist) {
			return lib, err
		}
	}
	s.notify("fetching " + ref.text + " into " + e.dir)
	text, err := e.fetch(ctx, s.opts.Compiler)
	if err != nil {
		return nil, err
	}
	return open(os.DirFS(e.dir), ref.text, packedName(text))
}

// fetch resolves, fetches, verifies and bundles a package. It returns the text
// of the lock.
func (e *entry) fetch(ctx context.Context, c Compiler) ([]byte, error) {
	if err := os.MkdirAll(e.dir, 0o755); err != nil {
		return nil, err
	}
	text, err := e.lock(ctx)
	if err != nil {
		return nil, err
	}
	l, err := parseLock(lockName, text)
	if err != nil {
		return nil, err
	}
	return text, l.fetched(ctx, e.registry, func(from string) error {
		m := module{name: e.ref.text, pkg: e.ref.name, remote: true, hot: true}
		src, err := bundle(from, m)
		if err != nil {
			return err
		}
		return c.write(filepath.Join(e.dir, packedName(text)), m, src)
	})
}

// lock returns the lock of an earlier fetch, or else makes and stores one. A
// package that has changed since the first fetch is refused.
func (e *entry) lock(ctx context.Context) ([]byte, error) {
	if text := e.lockText(); text != nil {
		return text, nil
	}
	l, err := resolve(ctx, e.registry, e.ref.name, e.ref.version)
	if err != nil {
		return nil, err
	}
	text, err := l.text(e.registry.origin())
	if err != nil {
		return nil, err
	}
	return text, writeFile(filepath.Join(e.dir, lockName), text)
}
