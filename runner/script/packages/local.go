package packages

import (
	"errors"
	"io/fs"
	"path"

	"postie/runner/script"
)

// local finds a package in the user's folder: NAME.js, NAME/index.js or NAME
// itself. The folder is an os.Root, so links and .. cannot leave it.
func local(dir fs.FS, name string) (*script.Library, error) {
	if !fs.ValidPath(name) {
		return nil, nil
	}
	for _, file := range []string{name, name + ".js", path.Join(name, "index.js")} {
		info, err := fs.Stat(dir, file)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		src, err := fs.ReadFile(dir, file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return &script.Library{Name: name, Source: string(src)}, nil
	}
	return nil, nil
}
