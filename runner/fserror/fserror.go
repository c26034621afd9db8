// Package fserror words the errors of files for people who know which file it
// is about.
package fserror

import (
	"errors"
	"io/fs"
)

// Cause is an error without the operation and path that package os puts before
// it: "no such file", "permission denied", or what the system says.
func Cause(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	}
	return err.Error()
}
