package fserror_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"testing"

	"postie/runner/fserror"
)

func TestCause(t *testing.T) {
	t.Parallel()
	_, missing := os.Open("/no/such/file")
	for _, tt := range []struct {
		in   error
		want string
	}{
		{missing, "no such file"},
		{fmt.Errorf("collection: %w", missing), "no such file"},
		{&fs.PathError{Op: "open", Path: "x", Err: syscall.EACCES}, "permission denied"},
		{&fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, "no space left on device"},
		{errors.New("anything else"), "anything else"},
	} {
		if got := fserror.Cause(tt.in); got != tt.want {
			t.Errorf("%v: got %s, want %s", tt.in, got, tt.want)
		}
	}
}
