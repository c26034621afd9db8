package cluster

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/nats-io/nats.go"

	"postie/runner/workdir"
)

// maxFile is the size of the largest body file that is sent to a worker.
const maxFile = 256 << 20

// A question is a question of a worker to the dispatcher of its run.
type question struct {
	Kind   string `json:"kind"` // "file", "rate", "there"; "full": the server takes no more, so the run cannot go on
	Job    int    `json:"job"`
	Name   string `json:"name,omitempty"`
	Worker string `json:"worker,omitempty"`
	InUse  int    `json:"inUse,omitempty"` // number of concurrent requests
}

// An answer is the answer of a dispatcher.
type answer struct {
	Document string  `json:"document,omitempty"` // the document with the file's content
	Size     int64   `json:"size,omitempty"`
	Err      string  `json:"err,omitempty"`
	Why      string  `json:"why,omitempty"` // "missing", "permission", a workdir.Refusal
	Refusal  bool    `json:"refusal,omitempty"`
	Rate     float64 `json:"rate,omitempty"`
	AtOnce   int     `json:"atOnce,omitempty"`
	Lease    int64   `json:"lease,omitempty"` // how long the share is valid
}

// ask asks the dispatcher of a run until ctx ends, because a dispatcher that
// died may be resumed.
func (w *Worker) ask(ctx context.Context, run string, q question) (*answer, error) {
	q.Worker = w.opts.Name
	src, err := encode(q)
	if err != nil {
		return nil, err
	}
	subject, key := askSubject(run), w.bus.opts.Key
	for {
		m, err := w.bus.conn.RequestWithContext(ctx, subject, key.seal(subject, src))
		if errors.Is(err, nats.ErrNoResponders) {
			if !pause(ctx, time.Second) {
				return nil, ctx.Err()
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		plain, err := key.open(subject+" answer", m.Data, 1<<20)
		if err != nil {
			return nil, err
		}
		a := &answer{}
		return a, json.Unmarshal(plain, a)
	}
}

// remoteFiles are the files of the dispatcher, for one job: a worker reads no
// file of its own machine.
type remoteFiles struct {
	ctx    context.Context
	worker *Worker
	run    *workerRun
	id     string
	job    int
}

// A remoteFile is the content of a file.
type remoteFile struct{ content []byte }

func (f *remoteFile) remove() { f.content = nil }

// Open implements fs.FS.
func (f *remoteFiles) Open(name string) (fs.File, error) {
	a, err := f.worker.ask(f.ctx, f.id, question{Kind: "file", Job: f.job, Name: name})
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	if a.Err != "" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: a.cause()}
	}
	f.run.mu.Lock()
	defer f.run.mu.Unlock()
	file := f.run.files[a.Document]
	if file == nil {
		content, err := f.worker.bus.get(f.ctx, a.Document)
		if err != nil {
			return nil, &fs.PathError{Op: "open", Path: name, Err: err}
		}
		file = &remoteFile{content}
		f.run.files[a.Document] = file
	}
	return &openFile{Reader: bytes.NewReader(file.content), name: name}, nil
}

// cause returns why the dispatcher cannot give the file.
func (a *answer) cause() error {
	switch {
	case a.Refusal:
		return workdir.Refusal(a.Why)
	case a.Why == "missing":
		return textError{a.Err, fs.ErrNotExist}
	case a.Why == "permission":
		return textError{a.Err, fs.ErrPermission}
	}
	return errors.New(a.Err)
}

// A textError is an error with the text from another process.
type textError struct {
	text string
	is   error
}

// Error implements error.
func (e textError) Error() string { return e.text }

// Is reports whether the error was target in the other process.
func (e textError) Is(target error) bool { return target == e.is }

// An openFile is a file from the dispatcher.
type openFile struct {
	*bytes.Reader
	name string
}

// Stat implements fs.File.
func (f *openFile) Stat() (fs.FileInfo, error) { return fileInfo{f.name, f.Reader.Size()}, nil }

// Close implements fs.File.
func (f *openFile) Close() error { return nil }

type fileInfo struct {
	name string
	size int64
}

// The methods of fs.FileInfo.
func (i fileInfo) Name() string       { return i.name }
func (i fileInfo) Size() int64        { return i.size }
func (i fileInfo) Mode() fs.FileMode  { return 0o400 }
func (i fileInfo) ModTime() time.Time { return time.Time{} }
func (i fileInfo) IsDir() bool        { return false }
func (i fileInfo) Sys() any           { return nil }

// answerFile reads a file for a worker, if the run's own options allow it.
func (d *Dispatcher) answerFile(ctx context.Context, q question) answer {
	files := d.filesOf(q.Job)
	if files == nil {
		return answer{Err: "no file may be read", Why: "permission"}
	}
	f, err := files.Open(q.Name)
	if err != nil {
		a := answer{Err: causeText(err)}
		var refusal workdir.Refusal
		switch {
		case errors.As(err, &refusal):
			a.Refusal, a.Why = true, string(refusal)
		case errors.Is(err, fs.ErrNotExist):
			a.Why = "missing"
		case errors.Is(err, fs.ErrPermission):
			a.Why = "permission"
		}
		return a
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(src) > maxFile {
		err = fmt.Errorf("it is larger than the %d MB that a cluster sends", maxFile>>20)
	}
	if err != nil {
		return answer{Err: err.Error()}
	}
	name, err := d.document(ctx, src)
	if err != nil {
		return answer{Err: err.Error()}
	}
	return answer{Document: name, Size: int64(len(src))}
}

// causeText returns an error's text without the operation and the path.
func causeText(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
