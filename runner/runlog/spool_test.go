package runlog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postie/runner/event"
)

// fill reports n warnings to a spool and returns what its log holds.
func fill(t *testing.T, s *Spool, n int) (texts []string) {
	t.Helper()
	for i := range n {
		if err := s.Report(&event.Warned{Text: fmt.Sprint("warning ", i)}, nil); err != nil {
			t.Fatal(err)
		}
		if err := s.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	for e, err := range s.Log().Events() {
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, e.(*event.Warned).Text)
	}
	return texts
}

// A fullDisk takes so many bytes.
type fullDisk struct {
	disk
	left int
}

func (d *fullDisk) Write(p []byte) (int, error) {
	n := min(len(p), d.left)
	d.left -= n
	if _, err := d.disk.Write(p[:n]); err != nil || n == len(p) {
		return n, err
	}
	return n, errors.New("no space left on device")
}

// A disk that fills up, in a line or between two, loses no event of the log
// that is read back.
func TestSpoolSurvivesAFullDisk(t *testing.T) {
	t.Parallel()
	for _, bytes := range []int{0, 1, 150, 10000} {
		s := Temp()
		s.back.file = &fullDisk{s.back.file, bytes}
		got := fill(t, s, 20)
		if len(got) != 20 || got[19] != "warning 19" {
			t.Errorf("%d bytes: %q", bytes, got)
		}
		var full *SpoolError
		if err := s.Err(); bytes < 10000 && (!errors.As(err, &full) || !full.Temporary || full.Lost || !strings.Contains(err.Error(), "no space left")) {
			t.Errorf("%d bytes: %v", bytes, err)
		}
		if err := s.Close(); (err != nil) != (s.Err() != nil) {
			t.Error(err)
		}
		if _, err := os.Stat(s.back.name); err == nil {
			t.Errorf("%s stays", s.back.name)
		}
	}
}

// Without a folder for temporary files the log is in memory.
func TestSpoolWithoutAFolder(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	t.Setenv("TMP", filepath.Join(t.TempDir(), "none"))
	s := Temp()
	if got := fill(t, s, 3); len(got) != 3 {
		t.Errorf("%q", got)
	}
	var none *SpoolError
	if err := s.Err(); !errors.As(err, &none) || none.Path != os.TempDir() {
		t.Errorf("%v", err)
	}
	if err := s.Close(); !errors.As(err, &none) {
		t.Error(err)
	}
}

// A log takes the place of an older one with its first event, and of one that
// never had an event nothing is left.
func TestSpoolReplacesWithTheFirstEvent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old, fresh := filepath.Join(dir, "old"), filepath.Join(dir, "fresh")
	if err := os.WriteFile(old, []byte("precious"), 0o640); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{old, fresh} {
		s, err := Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if text, _ := os.ReadFile(old); string(text) != "precious" {
		t.Errorf("nothing was written, and the old log holds %q", text)
	}
	if _, err := os.Stat(fresh); err == nil {
		t.Error("a log without an event stays")
	}
	s, err := Create(old)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, s, 1)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(old); !strings.HasPrefix(string(text), `{"v":1,"event":"Warned"`) || strings.Contains(string(text), "precious") {
		t.Errorf("the log holds %q", text)
	}
	if info, err := os.Stat(old); err != nil || info.Mode().Perm() != 0o640 && os.PathSeparator == '/' {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// A device takes the log and gives nothing back; a copy is read.
func TestSpoolToADevice(t *testing.T) {
	t.Parallel()
	for _, name := range []string{os.DevNull, "/dev/full"} {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			continue
		}
		s := Stream(name, f)
		if got := fill(t, s, 3); len(got) != 3 {
			t.Errorf("%s: %q", name, got)
		}
		var full *SpoolError
		if err := s.Err(); name == os.DevNull && err != nil || name == "/dev/full" && (!errors.As(err, &full) || full.Path != name || full.Temporary) {
			t.Errorf("%s: %v", name, err)
		}
		if err := s.Close(); (err != nil) != (s.Err() != nil) {
			t.Error(err)
		}
	}
}
