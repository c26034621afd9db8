// Package documents reads what a run is made of, from files, folders, addresses,
// Postman's API and standard input: collections in every format, environments,
// globals, iteration data, files of variables.
package documents

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"

	"postie/collections"
	"postie/collections/convert"
	"postie/collections/vars"
	"postie/runner/fserror"
)

// MaxSize bounds a document, in bytes: the largest real collections have tens
// of megabytes. Iteration data in CSV is streamed and has no bound.
const MaxSize = 256 << 20

// Kinds of documents, for messages.
const (
	Collection  = "collection"
	Environment = "environment"
	Globals     = "globals"
	Variables   = "variables"
	Data        = "iteration data"
)

// A Loader reads documents. Its zero value reads files and public addresses.
type Loader struct {
	In        io.Reader         // what "-" names; nil: nothing
	APIKey    string            // for Postman's API and for the ids of documents there
	Insecure  bool              // takes any certificate of other servers than Postman's
	UserAgent string            // "": Go's
	Transport http.RoundTripper // nil: the network
	Warn      func(text string) // of what a document has that is not taken as it is; nil discards
	Note      func(text string) // of what was taken for granted; nil discards
	Seen      func(src []byte)  // is given a collection before it is parsed; nil: nobody waits
}

// An Error says which document could not be read. A *collections.ParseError in
// it names its place itself.
type Error struct {
	Kind       string // one of the kinds; "" for several files
	Source     string // as messages name it
	Err        error
	Hint       string // the cure, when known
	BadPattern bool   // the source is no valid pattern
}

// Error implements error.
func (e *Error) Error() string {
	var pe *collections.ParseError
	if errors.As(e.Err, &pe) {
		return pe.Error()
	}
	text := e.Source + ": " + fserror.Cause(e.Err)
	if e.Kind != "" {
		text = e.Kind + " " + text
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

var errNoMatch = errors.New("no file matches")

// Collection reads a collection: a file, the folder of one in v3 format, an
// address, or the id that it has at Postman. Errors are *Error, here and below.
func (l *Loader) Collection(ctx context.Context, source string) (*collections.Collection, error) {
	if IsFolder(source) {
		return l.Directory(source)
	}
	src, err := l.Read(ctx, source, Collection)
	if err != nil {
		return nil, err
	}
	if l.Seen != nil {
		l.Seen(src)
	}
	if IsYAML(source) && collections.Foreign(src) == "" {
		return nil, &Error{Kind: Collection, Source: source, Err: errors.New("a YAML file is no collection by itself"),
			Hint: "name the folder of a v3 collection, or make a collection of an OpenAPI file with postie convert"}
	}
	name := Shown(source)
	c, err := collections.Parse(name, src)
	if err != nil {
		return nil, &Error{Kind: Collection, Source: name, Err: err}
	}
	for _, w := range c.Warnings() {
		l.warn(name + ": " + w)
	}
	return c, nil
}

func (l *Loader) warn(text string) {
	if l.Warn != nil {
		l.Warn(text)
	}
}

func (l *Loader) warnAll(notes []convert.Note) {
	for _, n := range notes {
		l.warn(n.String())
	}
}

// Scope reads an environment or globals, as JSON or in v3's YAML.
func (l *Loader) Scope(ctx context.Context, source, kind string) (*vars.Scope, error) {
	src, err := l.Read(ctx, source, kind)
	if err != nil {
		return nil, err
	}
	name := Shown(source)
	if IsYAML(source) {
		var notes []convert.Note
		if src, notes, err = convert.EnvironmentFromV3(name, src); err != nil {
			return nil, &Error{Kind: kind, Source: name, Err: err}
		}
		l.warnAll(notes)
	}
	s, err := collections.ParseEnvironment(name, src)
	if err != nil {
		return nil, &Error{Kind: kind, Source: name, Err: err}
	}
	return s, nil
}

// List reads variables from a file that is no Postman document, with one of the
// parsers of package varfile.
func (l *Loader) List(ctx context.Context, source, kind string, parse func(string, []byte) ([]vars.Variable, error)) ([]vars.Variable, error) {
	src, err := l.Read(ctx, source, kind)
	if err != nil {
		return nil, err
	}
	list, err := parse(Shown(source), src)
	if err != nil {
		return nil, &Error{Kind: kind, Source: Shown(source), Err: err}
	}
	return list, nil
}

// Data opens an iteration data file, which the caller closes. Files are
// streamed; what comes from an address or a pipe, which cannot be read twice, is
// held.
func (l *Loader) Data(ctx context.Context, source string) (*collections.Data, io.Closer, error) {
	var src io.ReadSeeker
	var closer io.Closer = io.NopCloser(nil)
	name := Shown(source)
	info, err := os.Stat(source)
	switch {
	case !IsURL(source) && err != nil:
		return nil, nil, &Error{Kind: Data, Source: name, Err: err}
	case IsURL(source) || !info.Mode().IsRegular():
		text, err := l.Read(ctx, source, Data)
		if err != nil {
			return nil, nil, err
		}
		src = bytes.NewReader(text)
	default:
		f, err := os.Open(source)
		if err != nil {
			return nil, nil, &Error{Kind: Data, Source: name, Err: err}
		}
		src, closer = f, f
	}
	d, err := collections.ReadData(name, src)
	if err != nil {
		closer.Close()
		return nil, nil, &Error{Kind: Data, Source: name, Err: err}
	}
	if note := d.Note(); note != "" && l.Note != nil {
		l.Note(name + ": " + note)
	}
	return d, closer, nil
}

// Read reads a document of a kind as it is.
func (l *Loader) Read(ctx context.Context, source, kind string) ([]byte, error) {
	switch {
	case source == "":
		return nil, &Error{Kind: kind, Source: `""`, Err: errEmptyName}
	case source == "-" && (kind == Collection || kind == Variables) && l.In != nil:
		return readAll(l.In, source, kind)
	case IsURL(source):
		return l.fetch(ctx, source, kind)
	}
	info, err := os.Stat(source)
	switch {
	case err != nil && l.isUID(source, kind):
		return l.fetch(ctx, "https://api.postman.com/"+kind+"s/"+source, kind)
	case err != nil:
		return nil, &Error{Kind: kind, Source: source, Err: err}
	case info.IsDir():
		return nil, folderError(source, kind)
	case info.Size() > MaxSize:
		return nil, &Error{Kind: kind, Source: source, Err: errTooLarge}
	}
	f, err := os.Open(source)
	if err != nil {
		return nil, &Error{Kind: kind, Source: source, Err: err}
	}
	defer f.Close()
	return readAllOf(f, info.Size(), source, kind)
}

// folderError is that of a folder in place of a file. One may stand for the
// environments in it.
func folderError(source, kind string) error {
	if kind == Environment && len(inFolder(source, slices.Concat(Environments...))) == 0 {
		return &Error{Kind: kind, Source: source, Err: errors.New("no environment is in this folder"),
			Hint: "environments are *.postman_environment.json, *.environment.yaml, or else *.json and *.yaml"}
	}
	return &Error{Kind: kind, Source: source, Err: errors.New("is a directory"), Hint: "name a file"}
}

// errEmptyName is that of a name which is the value of a variable.
var errEmptyName = errors.New("the name is empty: is the variable set?")

var errTooLarge = errors.New("larger than 256 MB")

func readAll(r io.Reader, source, kind string) ([]byte, error) {
	return readAllOf(r, 0, source, kind)
}

// readAllOf reads a document of about so many bytes: of a large one, no buffers
// that double are left behind.
func readAllOf(r io.Reader, size int64, source, kind string) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(int(size) + bytes.MinRead) // ReadFrom grows unless it has room to meet the end
	_, err := b.ReadFrom(io.LimitReader(r, MaxSize+1))
	src := b.Bytes()
	if err == nil && len(src) > MaxSize {
		err = errTooLarge
	}
	if err != nil {
		return nil, &Error{Kind: kind, Source: Shown(source), Err: err}
	}
	return src, nil
}

// Directory reads a collection of Postman's v3 format. The folder may also be a
// repository with one collection below postman/collections.
func (l *Loader) Directory(dir string) (*collections.Collection, error) {
	dir, err := v3Folder(dir)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, &Error{Kind: Collection, Source: dir, Err: err}
	}
	defer root.Close()
	if !convert.IsV3(root.FS()) {
		return nil, &Error{Kind: Collection, Source: dir, Err: errors.New("is a directory without *.request.yaml files"),
			Hint: "name an exported JSON file, or the folder of a v3 collection"}
	}
	c, notes, err := convert.FromV3(filepath.ToSlash(dir), root.FS())
	if err != nil {
		return nil, &Error{Kind: Collection, Source: dir, Err: err}
	}
	l.warnAll(notes)
	return c, nil
}
