package output

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// A Target is a file that a run is to write, or one that it reads. Name is for
// messages: "json reporter", "run log", "collection".
type Target struct{ Name, Path string }

// A Clash is two uses of one file, by whatever names: the second would destroy
// what the first wrote, or what is still to be read.
type Clash struct {
	A, B  Target
	Reads bool // A is read
}

// Error implements error.
func (c *Clash) Error() string {
	if c.Reads {
		return fmt.Sprintf("the %s would overwrite the %s, %s", c.B.Name, c.A.Name, c.B.Path)
	}
	return fmt.Sprintf("the %s and the %s would both write %s", c.A.Name, c.B.Name, c.B.Path)
}

// Check returns a *Clash when two of the files to be written are one, or when
// one of them is read. It opens nothing. Targets without a path are passed
// over, and the null device takes any number.
func Check(writes, reads []Target) error {
	seen := claims{paths: map[string]claim{}, stamps: map[string][]claim{}}
	for _, t := range reads {
		seen.add(newClaim(t, true))
	}
	for _, t := range writes {
		if t.Path == "" || isNull(t.Path) {
			continue
		}
		c := newClaim(t, false)
		if other, ok := seen.find(c); ok {
			return &Clash{A: other.Target, B: t, Reads: other.reads}
		}
		seen.add(c)
	}
	return nil
}

func isNull(path string) bool {
	null, err := os.Stat(os.DevNull)
	if err != nil {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && os.SameFile(null, info)
}

// A claim is a target with what identifies its file.
type claim struct {
	Target
	reads bool
	path  string      // without links
	info  fs.FileInfo // nil: it is not there yet
}

func newClaim(t Target, reads bool) claim {
	c := claim{Target: t, reads: reads, path: resolve(t.Path)}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		c.path = strings.ToLower(c.path)
	}
	c.info, _ = os.Stat(t.Path) // it need not be there
	return c
}

// stamp is alike for the names of one file, which may be hard links.
func (c *claim) stamp() string { return fmt.Sprint(c.info.Size(), c.info.ModTime().UnixNano()) }

type claims struct {
	paths  map[string]claim
	stamps map[string][]claim
}

func (s *claims) add(c claim) {
	s.paths[c.path] = c
	if c.info != nil {
		s.stamps[c.stamp()] = append(s.stamps[c.stamp()], c)
	}
}

func (s *claims) find(c claim) (claim, bool) {
	if other, ok := s.paths[c.path]; ok {
		return other, true
	}
	if c.info == nil {
		return claim{}, false
	}
	for _, other := range s.stamps[c.stamp()] {
		if os.SameFile(c.info, other.info) {
			return other, true
		}
	}
	return claim{}, false
}

// Beside puts the name of a run before a path's ending, so that several runs
// write files of their own: r.json and dev make r-dev.json.
func Beside(path, name string) string {
	ext := filepath.Ext(path)
	return strings.TrimSuffix(path, ext) + "-" + safeName(name) + ext
}

// safeName is a text without what makes paths, or what some system forbids in
// names.
func safeName(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>| `, r) || r < ' ' {
			return '-'
		}
		return r
	}, s)
}

// longestName is how much of a run's name is in a file's, in bytes: systems take
// 255 for all of it.
const longestName = 150

// SafeNames are the names of runs as Beside writes them, each of its own: the
// second that comes out alike is name-2.
func SafeNames(names []string) []string {
	taken := map[string]bool{}
	out := make([]string, len(names))
	for i, name := range names {
		base := safeName(name)
		if len(base) > longestName {
			base = strings.ToValidUTF8(base[:longestName], "")
		}
		out[i] = base
		for n := 2; taken[strings.ToLower(out[i])]; n++ {
			out[i] = fmt.Sprintf("%s-%d", base, n)
		}
		taken[strings.ToLower(out[i])] = true
	}
	return out
}
