package packages

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"postie/runner/script"
)

// packed is the name of a reference's bundle in its folder, beside the lock
// it was made from.
var (
	packedName = fmt.Sprintf("bundle-%d.js.gz", bundleVersion)
	lockName   = "lock.json"
)

// remote reads what pm.require("npm:…") names: from the cache, or fetched now
// and kept there with the hashes of its first fetch.
func (s *Store) remote(ref reference) (*script.Library, error) {
	if s.opts.Remote == "" {
		return nil, errors.New("there is no cache to keep it in")
	}
	dir := filepath.Join(s.opts.Remote, ref.folder())
	lib, err := open(os.DirFS(dir), ref.text, packedName)
	if !errors.Is(err, fs.ErrNotExist) {
		return lib, err
	}
	if s.opts.Registry == nil {
		return nil, errors.New("it is not in the cache, and there is no registry to fetch it from")
	}
	r, err := s.opts.Registry()
	if err != nil {
		return nil, err
	}
	if s.opts.Notice != nil {
		s.opts.Notice("fetching " + ref.text + " into " + dir)
	}
	if err := fetchReference(context.Background(), r, ref, dir, s.opts.Compiler); err != nil {
		return nil, err
	}
	return open(os.DirFS(dir), ref.text, packedName)
}

// fetchReference resolves, fetches, verifies and bundles a package into dir.
func fetchReference(ctx context.Context, r *Registry, ref reference, dir string, c Compiler) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	l, err := lockReference(ctx, r, ref, filepath.Join(dir, lockName))
	if err != nil {
		return err
	}
	return l.fetched(ctx, r, func(from string) error {
		m := module{name: ref.text, pkg: ref.name, remote: true, hot: true}
		src, err := bundle(from, m)
		if err != nil {
			return err
		}
		return c.write(filepath.Join(dir, packedName), m, src)
	})
}

// lockReference reads the lock of an earlier fetch, else makes one and keeps
// it: a package that has changed since is then refused.
func lockReference(ctx context.Context, r *Registry, ref reference, file string) (*lock, error) {
	if text, err := os.ReadFile(file); err == nil {
		return parseLock(file, text)
	}
	l, err := resolve(ctx, r, ref.name, ref.version)
	if err != nil {
		return nil, err
	}
	all := map[string]locked{}
	for _, p := range l.packages {
		all[p.Path] = p
	}
	text, err := json.MarshalIndent(map[string]any{"packages": all}, "", "  ")
	if err != nil {
		return nil, err
	}
	return l, writeFile(file, text)
}
