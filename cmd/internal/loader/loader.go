// Package loader reads documents with a documents.Loader, and converts its
// errors to errors that end the program.
package loader

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime/debug"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/suggest"
	"postie/cmd/internal/term"
	"postie/cmd/internal/version"
	"postie/collections"
	"postie/collections/convert"
	"postie/collections/vars"
	"postie/runner/documents"
	"postie/runner/fserror"
	"postie/runner/report"
)

// A Loader is a documents.Loader that returns errors of package exit.
type Loader struct {
	*documents.Loader
	Streams *term.Streams
}

// New returns a loader that prints warnings and notes on standard error.
func New(s *term.Streams) *Loader {
	say := func(kind string) func(string) {
		return func(text string) { fmt.Fprintln(s.Err, "postie: "+kind+": "+report.Safe(text)) }
	}
	return &Loader{Streams: s, Loader: &documents.Loader{In: s.In, UserAgent: "postie/" + version.Get(), Warn: say("warning"), Note: say("note")}}
}

// Authorize sets the API key, of a flag or of the environment, with which
// documents are fetched, and whether the server's certificate is verified.
func (l *Loader) Authorize(key string, insecure bool) {
	l.APIKey, l.Insecure = cmp.Or(key, l.Streams.Getenv("POSTIE_POSTMAN_API_KEY")), insecure
}

// largeFile is the size in bytes from which memory is collected earlier: when
// garbage is a quarter of what is in use, not as much as is in use.
const largeFile = 16 << 20

// Collection reads a collection.
func (l *Loader) Collection(ctx context.Context, source string) (*collections.Collection, error) {
	if info, err := os.Stat(source); err == nil && info.Size() > largeFile && l.Streams.Getenv("GOGC") == "" {
		debug.SetGCPercent(25)
	}
	c, err := l.Loader.Collection(ctx, source)
	return c, Error(err)
}

// Scope reads an environment or globals. It returns nil when there is no
// source.
func (l *Loader) Scope(ctx context.Context, source, kind string) (*vars.Scope, error) {
	if source == "" {
		return nil, nil
	}
	s, err := l.Loader.Scope(ctx, source, kind)
	return s, Error(err)
}

// Variables reads variables with the given parser.
func (l *Loader) Variables(ctx context.Context, source, kind string, parse func(string, []byte) ([]vars.Variable, error)) ([]vars.Variable, error) {
	list, err := l.List(ctx, source, kind, parse)
	return list, Error(err)
}

// Data reads rows of data. The caller closes the file from which they are read.
func (l *Loader) Data(ctx context.Context, source string) (*collections.Data, io.Closer, error) {
	d, c, err := l.Loader.Data(ctx, source)
	return d, c, Error(err)
}

// Read returns the bytes of a document.
func (l *Loader) Read(ctx context.Context, source, kind string) ([]byte, error) {
	src, err := l.Loader.Read(ctx, source, kind)
	return src, Error(err)
}

// WarnAll prints what a conversion could not keep.
func (l *Loader) WarnAll(notes []convert.Note) {
	for _, n := range notes {
		l.Warn(n.String())
	}
}

// Output writes to a file, or to standard output.
func (l *Loader) Output(file string, data []byte) error {
	if file == "" || file == "-" {
		_, err := l.Streams.Out.Write(data)
		return err
	}
	if err := os.WriteFile(file, data, 0o644); err != nil { //nolint:gosec // what is asked for is no secret
		return exit.NotWritten("%s: %s", file, fserror.Cause(err))
	}
	fmt.Fprintln(l.Streams.Err, "wrote "+report.Safe(file))
	return nil
}

// Error returns the error with the one line that is printed for a bad document;
// nil for nil.
func Error(err error) error {
	var de *documents.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &de) && de.BadPattern:
		return exit.Usage("%v", err)
	case de != nil && de.Hint == "" && errors.Is(err, fs.ErrNotExist):
		return &exit.Error{Code: exit.NotRun, Text: de.Error(), Hint: suggest.File(de.Source), Cause: err}
	case de != nil:
		return &exit.Error{Code: exit.NotRun, Text: de.Error(), Hint: de.Hint, Cause: err}
	}
	return exit.CannotRun("%v", err)
}
