package packages

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"
)

// stampFile is the file that identifies what a folder of bundles was made from.
const stampFile = "stamp"

// stamp is a hash that changes with the lock file and with the way bundles are
// made.
var stamp = sync.OnceValue(func() string {
	h := sha256.New()
	h.Write(lockFile)
	for _, m := range modules {
		fmt.Fprintln(h, m.name, m.source())
	}
	fmt.Fprintln(h, bundleVersion)
	return hex.EncodeToString(h.Sum(nil))
})

// CacheName is the name of the folder, in a user's cache, for the bundles of
// this version.
func CacheName() string { return "packages-" + stamp()[:12] }

// A Compiler compiles bundles to bytecode of an engine, which loads in a
// fraction of the time. The zero value compiles nothing.
type Compiler struct {
	Engine  string // the engine's version: other versions cannot load the bytecode
	Compile func(name, source string) ([]byte, error)
}

func (c Compiler) stamp() []byte { return []byte(stamp() + " " + c.Engine) }

// Current reports whether dir holds the bundles of this version.
func Current(dir string, c Compiler) bool {
	got, err := os.ReadFile(filepath.Join(dir, stampFile))
	return err == nil && bytes.Equal(got, c.stamp())
}

// Install fetches every package of the lock, verifies it, and writes the
// bundles to dir. It does nothing when they are there.
func Install(ctx context.Context, r *Registry, dir string, c Compiler) error {
	if Current(dir, c) {
		return nil
	}
	l, err := readLock()
	if err != nil {
		return err
	}
	return l.fetched(ctx, r, func(from string) error {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		if err := bundleAll(from, dir, c); err != nil {
			return err
		}
		return writeFile(filepath.Join(dir, stampFile), c.stamp())
	})
}

// fetched calls use with a temporary folder that contains the packages.
func (l *lock) fetched(ctx context.Context, r *Registry, use func(dir string) error) error {
	tmp, err := os.MkdirTemp("", "postie-packages-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	if err := l.fetchAll(ctx, r, tmp); err != nil {
		return err
	}
	return use(tmp)
}

// fetchAll unpacks the packages under dir in npm's layout.
func (l *lock) fetchAll(ctx context.Context, r *Registry, dir string) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	for i := range l.packages {
		p := &l.packages[i]
		g.Go(func() error {
			archive, err := r.fetch(ctx, p)
			if err != nil {
				return err
			}
			return unpack(archive, filepath.Join(dir, filepath.FromSlash(p.Path)))
		})
	}
	return g.Wait()
}

// unpack writes an archive's files below dir, without the archive's top folder.
// It refuses links and paths that leave dir.
func unpack(archive []byte, dir string) error {
	z, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return err
	}
	files := tar.NewReader(z)
	for {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		_, name, ok := strings.Cut(path.Clean(h.Name), "/")
		if !ok {
			continue
		}
		if !filepath.IsLocal(filepath.FromSlash(name)) || strings.HasPrefix(path.Clean(h.Name), "..") {
			return fmt.Errorf("archive: %q leaves its folder", h.Name)
		}
		data, err := io.ReadAll(io.LimitReader(files, maxArchive))
		if err != nil {
			return err
		}
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			return err
		}
	}
}

// bundleAll makes the bundle of each module from the packages in from.
func bundleAll(from, to string, c Compiler) error {
	var g errgroup.Group
	g.SetLimit(2)
	var mu sync.Mutex
	var problems []error
	for _, m := range modules {
		g.Go(func() error {
			src, err := bundle(from, m)
			if err == nil {
				err = c.write(filepath.Join(to, m.file()), m, src)
			}
			if err != nil {
				mu.Lock()
				defer mu.Unlock()
				problems = append(problems, fmt.Errorf("%s: %w", m.name, err))
			}
			return nil
		})
	}
	_ = g.Wait() // the goroutines report through problems
	return errors.Join(problems...)
}

// write writes a bundle, and its bytecode next to it.
func (c Compiler) write(file string, m module, src []byte) error {
	if err := writeFile(file, pack(src)); err != nil || c.Compile == nil || !m.hot {
		return err
	}
	code, err := c.Compile(m.name, string(src))
	if err != nil {
		return err
	}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithWindowSize(8<<20))
	if err != nil {
		return err
	}
	return writeFile(file+compiledSuffix, z.EncodeAll(code, nil))
}

// compiledSuffix is the suffix of bytecode files. Bytecode is packed with zstd:
// it contains each function's source, also inside the source of outer
// functions, and gzip's window is too small to find such repetitions.
const compiledSuffix = ".bytecode"

func pack(src []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
	_, _ = z.Write(src)                                   // writes to a buffer do not fail
	_ = z.Close()
	return b.Bytes()
}

// writeFile replaces a file in one step.
func writeFile(name string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".postie-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}
