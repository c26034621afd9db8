package workdir

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Default is the working directory of a run that names none, as newman has it:
// the current folder when it holds the collection, else the collection's own,
// "" for a collection that is no file. All three paths are absolute; home may
// be "" when it is not known.
//
// The home folder is none, and of a folder above it only the files that lie in
// it directly are served: a collection in the downloads must not read private
// files. Nothing hidden is served. ok is false when no folder is left.
func Default(current, home, collection string) (o Options, ok bool) {
	folders := []string{current}
	if collection != "" {
		folders = []string{collection}
		if rel, err := filepath.Rel(current, collection); err == nil && filepath.IsLocal(rel) && !anyHidden(rel) {
			folders = []string{current, collection}
		}
	}
	above := aboveHome(home)
	for _, dir := range folders {
		if !above.has(dir) && !same(dir, home) {
			return Options{Path: dir, Bases: bases(current, collection)}, true
		}
	}
	dir := folders[len(folders)-1]
	if same(dir, home) {
		return Options{}, false
	}
	return Options{Path: dir, Bases: bases(current, collection), Flat: true}, true
}

// bases are where names may start: newman reads from the current folder, the
// Postman app from the collection's.
func bases(current, collection string) []string {
	if collection == "" || collection == current {
		return []string{current}
	}
	return []string{current, collection}
}

func anyHidden(rel string) bool {
	return slices.ContainsFunc(strings.Split(rel, string(filepath.Separator)), hidden)
}

// folders are places in the file system.
type folders []string

// aboveHome are the folders that hold the home folder, as it is named and where
// links lead, and the root of the file system, which holds every home.
func aboveHome(home string) folders {
	var out folders
	names := []string{home}
	if real, err := filepath.EvalSymlinks(home); err == nil && real != home {
		names = append(names, real)
	}
	for _, dir := range names {
		for dir != "" && filepath.Dir(dir) != dir {
			dir = filepath.Dir(dir)
			out = append(out, dir)
		}
	}
	return out
}

func (f folders) has(dir string) bool {
	if filepath.Dir(dir) == dir {
		return true
	}
	return slices.ContainsFunc(f, func(other string) bool { return same(dir, other) })
}

// same reports whether two paths name one folder, whatever links lead to it and
// however the file system takes upper and lower case.
func same(a, b string) bool {
	if b == "" {
		return false
	}
	if filepath.Clean(a) == filepath.Clean(b) {
		return true
	}
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}
