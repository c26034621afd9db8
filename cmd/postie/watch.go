package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"postie/cmd/internal/term"
	"postie/runner/documents"
	"postie/runner/report"
)

// pollEvery is how often watched files are looked at.
const pollEvery = 300 * time.Millisecond

// watch runs again whenever a document of the run changes, until interrupted.
func (f *runFlags) watch(ctx context.Context, s *term.Streams, sources []string) error {
	if slices.Contains(f.watched(sources), "-") {
		return usageError("--watch: standard input cannot be watched")
	}
	ctx, stop := signal.NotifyContext(ctx, endings()...)
	defer stop()
	w := &watcher{every: pollEvery, files: func() []string { return f.watched(sources) }}
	return w.loop(ctx, func() error {
		err := runAll(ctx, s, f, sources)
		if e := (*exitError)(nil); errors.As(err, &e) && e.text != "" {
			fmt.Fprintln(s.Err, "postie: error: "+report.Safe(e.text))
		}
		if ctx.Err() == nil {
			fmt.Fprintln(s.Err, "postie: watching for changes; Ctrl-C ends")
		}
		return err
	})
}

// watched are the files a run is read from.
func (f *runFlags) watched(sources []string) []string {
	list := slices.Concat(sources, f.environments, f.sources.dotenv, f.sources.varFiles, f.vault.files)
	for _, name := range []string{f.globals, f.data, f.packageDir} {
		if name != "" {
			list = append(list, name)
		}
	}
	return slices.DeleteFunc(list, documents.IsURL)
}

// A watcher waits for files to change by looking at them now and then, which
// works on every file system.
type watcher struct {
	every time.Duration
	files func() []string // files, folders and patterns
}

// loop calls run, and again after each change, until ctx ends. It returns what
// the last run did.
func (w *watcher) loop(ctx context.Context, run func() error) error {
	for {
		before := w.stamp()
		err := run()
		for w.stamp() == before {
			select {
			case <-ctx.Done():
				return err
			case <-time.After(w.every):
			}
		}
		if ctx.Err() != nil {
			return err
		}
	}
}

// stamp changes when a file does, comes or goes.
func (w *watcher) stamp() string {
	var b strings.Builder
	for _, pattern := range w.files() {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			found = []string{pattern}
		}
		for _, root := range found {
			_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error { // what is missing has no line
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
