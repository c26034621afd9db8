package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"postie/cmd/internal/term"
	"postie/collections"
	"postie/collections/convert"
	"postie/collections/vars"
	"postie/runner/documents"
	"postie/runner/report"
)

// A loader reads documents, and ends the program with the exit code of those
// that cannot be read.
type loader struct {
	*documents.Loader
	streams *term.Streams
}

func newLoader(s *term.Streams) *loader {
	say := func(kind string) func(string) {
		return func(text string) { fmt.Fprintln(s.Err, "postie: "+kind+": "+report.Safe(text)) }
	}
	return &loader{streams: s, Loader: &documents.Loader{In: s.In, UserAgent: "postie/" + version(), Warn: say("warning"), Note: say("note")}}
}

// loader is that of a run.
func (f *runFlags) loader(s *term.Streams) *loader {
	l := newLoader(s)
	l.APIKey, l.Insecure = first(f.apiKey, s.Getenv("POSTIE_POSTMAN_API_KEY")), f.insecure
	return l
}

// largeFile is the size from which a collection's memory is watched over more
// closely: garbage of a quarter of what is in use is collected, not as much as
// is in use.
const largeFile = 16 << 20

func (l *loader) collection(ctx context.Context, source string) (*collections.Collection, error) {
	if info, err := os.Stat(source); err == nil && info.Size() > largeFile && l.streams.Getenv("GOGC") == "" {
		debug.SetGCPercent(25)
	}
	c, err := l.Collection(ctx, source)
	return c, documentError(err)
}

func (l *loader) scope(ctx context.Context, source, kind string) (*vars.Scope, error) {
	s, err := l.Scope(ctx, source, kind)
	return s, documentError(err)
}

func (l *loader) variables(ctx context.Context, source, kind string, parse func(string, []byte) ([]vars.Variable, error)) ([]vars.Variable, error) {
	list, err := l.List(ctx, source, kind, parse)
	return list, documentError(err)
}

func (l *loader) data(ctx context.Context, source string) (*collections.Data, io.Closer, error) {
	d, c, err := l.Data(ctx, source)
	return d, c, documentError(err)
}

func (l *loader) read(ctx context.Context, source, kind string) ([]byte, error) {
	src, err := l.Read(ctx, source, kind)
	return src, documentError(err)
}

// tell prints what a conversion could not keep.
func (l *loader) tell(notes []convert.Note) {
	for _, n := range notes {
		l.Warn(n.String())
	}
}

// documentError is the one line that a bad document gets.
func documentError(err error) error {
	var de *documents.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &de) && de.BadPattern:
		return usageError("%v", err)
	case de != nil:
		return &exitError{code: exitCannotRun, text: de.Error(), hint: de.Hint, cause: err}
	}
	return cannotRun("%v", err)
}
