// Package watch runs a function again whenever files change. It checks the
// files at intervals, which works on every file system.
package watch

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"
)

// Every is the interval between two checks.
const Every = 300 * time.Millisecond

// Loop calls run, and again after each change of the files that files returns
// (files, folders and patterns), until ctx ends. It returns the result of the
// last run.
func Loop(ctx context.Context, every time.Duration, files func() []string, run func() error) error {
	for {
		before := stamp(files())
		err := run()
		for stamp(files()) == before {
			select {
			case <-ctx.Done():
				return err
			case <-time.After(every):
			}
		}
		if ctx.Err() != nil {
			return err
		}
	}
}

// stamp returns a text that changes when a file changes, appears or disappears.
func stamp(patterns []string) string {
	var b strings.Builder
	for _, pattern := range patterns {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			found = []string{pattern}
		}
		for _, root := range found {
			_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error { // a missing file has no line
				if err != nil || d.IsDir() {
					return nil
				}
				if info, err := d.Info(); err == nil {
					fmt.Fprintln(&b, path, info.Size(), info.ModTime().UnixNano())
				}
				return nil
			})
		}
	}
	return b.String()
}
