package watch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A run is made again when one of its files changes, and when a new one comes,
// and no more after the end.
func TestWatch(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "c.json")
	write := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Error(err)
		}
	}
	write(file, "1")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	last := errors.New("the third run's")
	runs := 0
	files := func() []string { return []string{file, filepath.Join(dir, "e*.json")} }
	err := Loop(ctx, time.Millisecond, files, func() error {
		runs++
		switch runs {
		case 1:
			write(file, "22")
		case 2:
			write(filepath.Join(dir, "e1.json"), "1")
		case 3:
			cancel()
			return last
		}
		return nil
	})
	if runs != 3 || !errors.Is(err, last) {
		t.Errorf("%d runs, %v", runs, err)
	}
}
