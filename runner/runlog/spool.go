package runlog

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"postie/runner/event"
)

// A Spool is a log being written to a file that can be read back.
type Spool struct {
	*Writer
	file *os.File
	keep bool
	n    int64
}

// Create writes a log to the file path. It stays, whatever becomes of the run.
func Create(path string) (*Spool, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	return newSpool(f, true), nil
}

// Temp writes a log to a temporary file that Close removes.
func Temp() (*Spool, error) {
	f, err := os.CreateTemp("", "postie-*.ndjson")
	if err != nil {
		return nil, err
	}
	return newSpool(f, false), nil
}

func newSpool(f *os.File, keep bool) *Spool {
	s := &Spool{file: f, keep: keep}
	s.Writer = NewWriter(countingWriter{s})
	return s
}

type countingWriter struct{ s *Spool }

func (w countingWriter) Write(p []byte) (int, error) {
	n, err := w.s.file.Write(p)
	w.s.n += int64(n)
	return n, err
}

// Log is what was written so far.
func (s *Spool) Log() *Log { return New(s.file.Name(), s.file, s.n) }

// Close ends the log.
func (s *Spool) Close() error {
	err := errors.Join(s.Flush(), s.file.Close())
	if !s.keep {
		err = errors.Join(err, os.Remove(s.file.Name()))
	}
	return err
}

// Open reads the log in the file path. The caller closes it.
func Open(path string) (*Log, io.Closer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return New(path, f, info.Size()), f, nil
}

var _ event.Reporter = (*Spool)(nil)
