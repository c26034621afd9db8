package documents

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"postie/collections/convert"
)

// CheckV3 finds what does not fit the schema of Postman's v3 format in the
// files of a folder; nothing for a source that is none.
func CheckV3(source string) ([]convert.Note, error) {
	if !IsFolder(source) {
		return nil, nil
	}
	dir, err := v3Folder(source)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, &Error{Kind: Collection, Source: dir, Err: err}
	}
	defer root.Close()
	return convert.CheckV3(filepath.ToSlash(dir), root.FS()), nil
}

// v3Folder is the folder of the collection that dir holds.
func v3Folder(dir string) (string, error) {
	if base := filepath.Base(dir); base == "." || base == ".." {
		abs, err := filepath.Abs(dir) // for the collection's name
		if err != nil {
			return "", &Error{Kind: Collection, Source: dir, Err: err}
		}
		dir = abs
	}
	all := dir
	if in := filepath.Join(dir, "postman", "collections"); IsFolder(in) {
		all = in
	} else if filepath.Base(dir) != "collections" {
		return dir, nil
	}
	entries, err := os.ReadDir(all)
	if err != nil {
		return "", &Error{Kind: Collection, Source: dir, Err: err}
	}
	var found []string
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			found = append(found, filepath.Join(all, e.Name()))
		}
	}
	switch len(found) {
	case 0:
		return dir, nil
	case 1:
		return found[0], nil
	}
	return "", &Error{Kind: Collection, Source: dir, Err: fmt.Errorf("holds %d collections", len(found)),
		Hint: fmt.Sprintf("name one of them: %q", found)}
}
