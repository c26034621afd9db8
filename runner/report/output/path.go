package output

import (
	"os"
	"path/filepath"
	"strings"
)

// maxLinks bounds a chain of symbolic links, as systems do.
const maxLinks = 40

// isSpecial reports whether path is a device, a pipe, or a name for an open
// file, such as /dev/stdout. Renaming over those would take them away. Folders
// below /dev, such as /dev/shm, may hold files like any other.
func isSpecial(path string) bool {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return true
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	for range maxLinks {
		if strings.HasPrefix(abs, "/proc/") || strings.HasPrefix(abs, "/dev/fd/") {
			return true
		}
		to, err := os.Readlink(abs)
		if err != nil {
			return false
		}
		abs = follow(abs, to)
	}
	return false
}

// follow is where a link leads.
func follow(link, to string) string {
	if filepath.IsAbs(to) {
		return filepath.Clean(to)
	}
	return filepath.Join(filepath.Dir(link), to)
}

// resolve is a path without symbolic links, also when the file, or some of its
// folders, are not there yet.
func resolve(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	for range maxLinks {
		abs = filepath.Join(resolveFolder(filepath.Dir(abs)), filepath.Base(abs))
		to, err := os.Readlink(abs)
		if err != nil {
			break
		}
		abs = follow(abs, to)
	}
	return abs
}

// resolveFolder resolves the folders that are there.
func resolveFolder(dir string) string {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		return real
	}
	parent := filepath.Dir(dir)
	if parent == dir {
		return dir
	}
	return filepath.Join(resolveFolder(parent), filepath.Base(dir))
}
