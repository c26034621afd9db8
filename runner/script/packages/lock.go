package packages

import (
	"crypto/sha512"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

//go:embed lock.json
var lockFile []byte

// A lock has, in npm's format, the place of each package and the hash of its
// archive.
type lock struct{ packages []locked }

type locked struct {
	Path      string `json:"-"` // node_modules/a/node_modules/b
	Name      string `json:"name"`
	Version   string `json:"version"`
	Integrity string `json:"integrity"`
	Archive   string `json:"archive,omitempty"` // URL, when it is not the usual one
}

func readLock() (*lock, error) { return parseLock("lock.json", lockFile) }

func parseLock(name string, text []byte) (*lock, error) {
	var file struct {
		Packages map[string]locked `json:"packages"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	l := &lock{}
	for path, p := range file.Packages {
		if path == "" {
			continue // the project itself
		}
		p.Path = path
		if p.Name == "" {
			p.Name = path[strings.LastIndex(path, "node_modules/")+len("node_modules/"):]
		}
		if p.Integrity == "" {
			return nil, fmt.Errorf("%s: %s has no integrity", name, path)
		}
		l.packages = append(l.packages, p)
	}
	slices.SortFunc(l.packages, func(a, b locked) int { return strings.Compare(a.Path, b.Path) })
	return l, nil
}

// text returns the lock file, with the registry that it was made from.
func (l *lock) text(registry string) ([]byte, error) {
	all := map[string]locked{}
	for _, p := range l.packages {
		all[p.Path] = p
	}
	return json.MarshalIndent(map[string]any{"registry": registry, "packages": all}, "", "  ")
}

// lockedRegistry returns the registry that a lock file was made from, or "".
func lockedRegistry(text []byte) string {
	var file struct{ Registry string }
	if json.Unmarshal(text, &file) != nil {
		return ""
	}
	return file.Registry
}

func (l *lock) find(name string) locked {
	for _, p := range l.packages {
		if p.Path == "node_modules/"+name {
			return p
		}
	}
	return locked{}
}

// verify checks an archive against its hash in the lock.
func (p *locked) verify(archive []byte) error {
	for hash := range strings.FieldsSeq(p.Integrity) {
		want, ok := strings.CutPrefix(hash, "sha512-")
		if !ok {
			continue
		}
		sum := sha512.Sum512(archive)
		if base64.StdEncoding.EncodeToString(sum[:]) == want {
			return nil
		}
		return fmt.Errorf("%s@%s: the archive is not the one that is pinned", p.Name, p.Version)
	}
	return fmt.Errorf("%s@%s: no sha512 to check the archive by", p.Name, p.Version)
}
