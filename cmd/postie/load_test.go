package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postie/cmd/internal/term"
)

// Documents that are too large or too deep get one line and exit 3, whatever
// they were meant to be.
func TestLoaderRefusesHugeDocuments(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	huge := filepath.Join(dir, "huge.json")
	f, err := os.Create(huge)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(300<<20), f.Close()); err != nil { // sparse
		t.Fatal(err)
	}
	deep := filepath.Join(dir, "deep.json")
	if err := os.WriteFile(deep, []byte(strings.Repeat("[", 100_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	l := &loader{streams: term.Std()}
	ctx := t.Context()
	for _, tt := range []struct {
		name, want string
		load       func() error
	}{
		{"huge collection", "collection " + huge + ": larger than 256 MB", func() error { _, err := l.collection(ctx, huge); return err }},
		{"huge environment", "environment " + huge + ": larger than 256 MB", func() error { _, err := l.scope(ctx, huge, "environment"); return err }},
		{"huge data", huge + ":1:1: a cell is larger than 16 MB", func() error { _, _, err := l.data(ctx, huge); return err }},
		{"deep collection", deep + ":1:2001: nested deeper than 2000 levels", func() error { _, err := l.collection(ctx, deep); return err }},
		{"deep environment", deep + ":1:2001: nested deeper than 2000 levels", func() error { _, err := l.scope(ctx, deep, "environment"); return err }},
		{"deep data", deep + ":1:2001: nested deeper than 2000 levels", func() error { _, _, err := l.data(ctx, deep); return err }},
		{"data is a directory", "iteration data " + dir + ": is a directory", func() error { _, _, err := l.data(ctx, dir); return err }},
	} {
		err := tt.load()
		var e *exitError
		if !errors.As(err, &e) || e.code != exitCannotRun || e.text != tt.want {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
}
