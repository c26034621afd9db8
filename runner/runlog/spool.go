package runlog

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"postie/runner/event"
	"postie/runner/fserror"
)

// A Spool is a log that is written and can be read back. When the disk is full,
// it continues in memory up to a limit, and Err reports what happened.
type Spool struct {
	*Writer
	path string   // of the requested log; "" for a temporary one
	out  *os.File // a device or a pipe, which cannot be read back; may be nil
	back store
	err  error // of out
}

// maxMemory limits the memory of a spool whose disk is full, in bytes.
const maxMemory = 256 << 20

// A store keeps what was written, so that it can be read back: in a file, and
// in memory from where the file could not be written any more.
type store struct {
	file      disk // nil: it could not be created
	name      string
	keep      bool // close does not remove the file
	unwritten bool // nothing was written to the file yet
	created   bool // the file did not exist before
	n         int64
	memory    []byte
	err       error // of the file
	full      bool  // the memory, too, is used up
}

// A disk has the methods of *os.File that a store needs.
type disk interface {
	io.WriteCloser
	io.ReaderAt
	Truncate(size int64) error
}

// Create writes a log to the file path, which stays, however the run ends. The
// first event replaces the file's old content.
func Create(path string) (*Spool, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, err
	}
	_, err := os.Stat(path)
	f, err2 := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err2 != nil {
		return nil, err2
	}
	return newSpool(&Spool{back: store{file: f, name: path, keep: true, unwritten: true, created: errors.Is(err, os.ErrNotExist)}}), nil
}

// Stream writes a log to a device or a pipe, which Close closes. It keeps a
// temporary copy to read back.
func Stream(path string, out *os.File) *Spool {
	return newSpool(&Spool{path: path, out: out, back: temporary()})
}

// Temp writes a log to a temporary file that Close removes.
func Temp() *Spool { return newSpool(&Spool{back: temporary()}) }

func newSpool(s *Spool) *Spool {
	s.Writer = NewWriter(s.writer())
	return s
}

func temporary() store {
	f, err := os.CreateTemp("", "postie-*.ndjson")
	if err != nil {
		return store{name: os.TempDir(), err: err}
	}
	return store{file: f, name: f.Name()}
}

// writer returns the writer of events. It accepts everything that can be read
// back, and keeps errors of files for Err.
func (s *Spool) writer() io.Writer {
	if s.out == nil {
		return &s.back
	}
	return io.MultiWriter(writerFunc(func(p []byte) (int, error) {
		if s.err == nil {
			_, s.err = s.out.Write(p)
		}
		return len(p), nil
	}), &s.back)
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// Write implements io.Writer. It fails when neither the file nor memory can
// take more.
func (s *store) Write(p []byte) (int, error) {
	size := len(p)
	if s.err == nil {
		n, err := s.write(p)
		s.n += int64(n)
		if err == nil {
			return size, nil
		}
		s.err, p = err, p[n:]
	}
	if s.full = s.full || len(s.memory)+len(p) > maxMemory; s.full {
		return 0, s.err
	}
	s.memory = append(s.memory, p...)
	return size, nil
}

func (s *store) write(p []byte) (int, error) {
	if s.unwritten {
		if err := s.file.Truncate(0); err != nil {
			return 0, err
		}
		s.unwritten = false
	}
	return s.file.Write(p)
}

// ReadAt implements io.ReaderAt.
func (s *store) ReadAt(p []byte, from int64) (int, error) {
	n := 0
	if from < s.n {
		var err error
		if n, err = s.file.ReadAt(p[:min(int64(len(p)), s.n-from)], from); err != nil {
			return n, err
		}
	}
	if n == len(p) {
		return n, nil
	}
	at := from + int64(n) - s.n
	if at >= int64(len(s.memory)) {
		return n, io.EOF
	}
	n += copy(p[n:], s.memory[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// close closes the file. It removes a file that was created and not used.
func (s *store) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if !s.keep || s.unwritten && s.created {
		err = errors.Join(err, os.Remove(s.name))
	}
	return err
}

// Log returns the log that was written so far.
func (s *Spool) Log() *Log { return New(s.back.name, &s.back, s.back.n+int64(len(s.back.memory))) }

// A SpoolError says that a log could not be written to its file.
type SpoolError struct {
	Path      string // the file, or the folder in which it could not be made
	Temporary bool   // it is a temporary file: TMPDIR selects another folder
	Lost      bool   // memory is also used up: Log is truncated
	Err       error
}

// Error implements error.
func (e *SpoolError) Error() string {
	text := "run log: " + e.Path + ": " + fserror.Cause(e.Err)
	if e.Temporary {
		text += "; TMPDIR names another folder for it"
	}
	if e.Lost {
		text += "; reports end early"
	}
	return text
}

// Unwrap returns the cause.
func (e *SpoolError) Unwrap() error { return e.Err }

// Err returns the errors of the files so far, or nil; each is a *SpoolError.
func (s *Spool) Err() error {
	var out error
	if s.err != nil {
		out = &SpoolError{Path: s.path, Err: s.err}
	}
	if s.back.err != nil {
		out = errors.Join(out, &SpoolError{Path: s.back.name, Temporary: !s.back.keep, Lost: s.back.full, Err: s.back.err})
	}
	return out
}

// Replay reports the events that were written so far. With it a Spool
// implements matrix.Spool.
func (s *Spool) Replay(report func(event.Event) error) error {
	if err := s.Flush(); err != nil {
		return err
	}
	for e, err := range s.Log().Events(Collection) {
		if err != nil {
			return err
		}
		if err := report(e); err != nil {
			return err
		}
	}
	return nil
}

// Close ends the log. It returns Err, or an error of closing.
func (s *Spool) Close() error {
	err := s.Flush()
	if problems := s.Err(); problems != nil {
		err = problems
	}
	err = errors.Join(err, s.back.close())
	if s.out != nil {
		err = errors.Join(err, s.out.Close())
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
