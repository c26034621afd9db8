package documents

import (
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// ErrNotEmpty is the error of WriteFolder for a folder that holds files.
var ErrNotEmpty = errors.New("the folder is not empty")

// WriteFolder writes files by their paths in a folder, which it makes: those of
// a collection in v3 format, as convert.ToV3 has them. Into a folder that holds
// something already it writes only if over is set. Other errors are
// *fs.PathError.
func WriteFolder(dir string, files map[string][]byte, over bool) error {
	if old, err := os.ReadDir(dir); err == nil && len(old) > 0 && !over {
		return ErrNotEmpty
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file := filepath.FromSlash(name)
		if err := cmp.Or(root.MkdirAll(filepath.Dir(file), 0o777), root.WriteFile(file, files[name], 0o666)); err != nil {
			var in *fs.PathError
			if errors.As(err, &in) {
				err = in.Err
			}
			return &fs.PathError{Op: "write", Path: filepath.Join(dir, file), Err: err}
		}
	}
	return nil
}
