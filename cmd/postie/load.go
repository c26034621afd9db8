package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"postie/cmd/internal/term"
	"postie/collections"
	"postie/collections/convert"
	"postie/collections/vars"
	"postie/runner/report"
)

// maxDocument bounds a document: the largest real collections have tens of
// megabytes.
const maxDocument = 256 << 20

// A loader reads documents from files, URLs and standard input.
type loader struct {
	streams  *term.Streams
	apiKey   string
	insecure bool
	round    http.RoundTripper // nil: the network
	ahead    *ahead            // nil: nothing will be run
}

func isURL(source string) bool {
	return strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://")
}

func (l *loader) collection(ctx context.Context, source string) (*collections.Collection, error) {
	if isDir(source) {
		return l.directory(source)
	}
	src, err := l.read(ctx, source, "collection")
	if err != nil {
		return nil, err
	}
	l.ahead.begin(ctx, src)
	name := shown(source)
	if isYAML(source) {
		return nil, &exitError{code: exitCannotRun, text: fmt.Sprintf("collection %s: a YAML file is no collection by itself", source),
			hint: "name the folder of a v3 collection, or make a collection of an OpenAPI file with postie convert"}
	}
	c, err := collections.Parse(name, src)
	if err != nil {
		return nil, documentError("collection", err)
	}
	for _, w := range c.Warnings() {
		l.warn(name + ": " + w)
	}
	return c, nil
}

// shown is a source as messages name it: addresses without their credentials.
func shown(source string) string {
	if source == "-" {
		return "standard input"
	}
	u, err := url.Parse(source)
	if !isURL(source) || err != nil {
		return source
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}

func (l *loader) warn(text string) {
	fmt.Fprintln(l.streams.Err, "postie: warning: "+report.Safe(text))
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

func isYAML(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// directory reads a collection of Postman's v3 format. The folder may also be
// a repository with one collection below postman/collections.
func (l *loader) directory(dir string) (*collections.Collection, error) {
	dir, err := v3Folder(dir)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, cannotRun("collection %s: %s", dir, plainCause(err))
	}
	defer root.Close()
	if !convert.IsV3(root.FS()) {
		return nil, &exitError{code: exitCannotRun, text: fmt.Sprintf("collection %s: is a directory without *.request.yaml files", dir),
			hint: "name an exported JSON file, or the folder of a v3 collection"}
	}
	c, notes, err := convert.FromV3(filepath.ToSlash(dir), root.FS())
	if err != nil {
		return nil, documentError("collection", err)
	}
	for _, n := range notes {
		l.warn(n.String())
	}
	return c, nil
}

// v3Folder is the folder of the collection that dir holds.
func v3Folder(dir string) (string, error) {
	if base := filepath.Base(dir); base == "." || base == ".." {
		abs, err := filepath.Abs(dir) // for the collection's name
		if err != nil {
			return "", cannotRun("collection %s: %v", dir, err)
		}
		dir = abs
	}
	all := dir
	if in := filepath.Join(dir, "postman", "collections"); isDir(in) {
		all = in
	} else if filepath.Base(dir) != "collections" {
		return dir, nil
	}
	entries, err := os.ReadDir(all)
	if err != nil {
		return "", cannotRun("collection %s: %s", dir, plainCause(err))
	}
	var found []string
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			found = append(found, filepath.Join(all, e.Name()))
		}
	}
	switch len(found) {
	case 0:
		return dir, nil
	case 1:
		return found[0], nil
	}
	return "", &exitError{code: exitCannotRun, text: fmt.Sprintf("collection %s: holds %d collections", dir, len(found)),
		hint: fmt.Sprintf("name one of them: %q", found)}
}

func (l *loader) scope(ctx context.Context, source, kind string) (*vars.Scope, error) {
	src, err := l.read(ctx, source, kind)
	if err != nil {
		return nil, err
	}
	if isYAML(source) {
		var notes []convert.Note
		if src, notes, err = convert.EnvironmentFromV3(shown(source), src); err != nil {
			return nil, documentError(kind, err)
		}
		for _, n := range notes {
			l.warn(n.String())
		}
	}
	s, err := collections.ParseEnvironment(shown(source), src)
	if err != nil {
		return nil, documentError(kind, err)
	}
	return s, nil
}

// documentError is the one line a bad document gets; it names its place itself.
func documentError(kind string, err error) error {
	var pe *collections.ParseError
	if errors.As(err, &pe) {
		return &exitError{code: exitCannotRun, text: pe.Error()}
	}
	return cannotRun("%s: %s", kind, plainCause(err))
}

func (l *loader) read(ctx context.Context, source, kind string) ([]byte, error) {
	switch {
	case source == "-" && (kind == "collection" || kind == "variables"):
		return readAll(l.streams.In, "standard input", kind)
	case isURL(source):
		return l.fetch(ctx, source, kind)
	}
	info, err := os.Stat(source)
	if err != nil && l.isUID(source, kind) {
		return l.fetch(ctx, "https://api.postman.com/"+kind+"s/"+source, kind)
	}
	if err != nil {
		return nil, &exitError{code: exitCannotRun, text: fmt.Sprintf("%s %s: %s", kind, source, plainCause(err)), cause: err}
	}
	if info.IsDir() {
		return nil, &exitError{code: exitCannotRun, text: fmt.Sprintf("%s %s: is a directory", kind, source),
			hint: "name a file"}
	}
	if info.Size() > maxDocument {
		return nil, tooLarge(source, kind)
	}
	f, err := os.Open(source)
	if err != nil {
		return nil, cannotRun("%s %s: %s", kind, source, plainCause(err))
	}
	defer f.Close()
	return readAll(f, source, kind)
}

var postmanUID = regexp.MustCompile(`(?i)^[0-9A-Z]+-[0-9A-F]{8}-([0-9A-F]{4}-){3}[0-9A-F]{12}$`)

// isUID tells a document that Postman keeps, by its id: only with a key, and
// when no file has that name.
func (l *loader) isUID(source, kind string) bool {
	return l.apiKey != "" && (kind == "collection" || kind == "environment") && postmanUID.MatchString(source)
}

func tooLarge(source, kind string) error {
	return cannotRun("%s %s: larger than %d MB", kind, source, maxDocument>>20)
}

func readAll(r io.Reader, source, kind string) ([]byte, error) {
	src, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	if err != nil {
		return nil, cannotRun("%s %s: %s", kind, source, plainCause(err))
	}
	if len(src) > maxDocument {
		return nil, tooLarge(source, kind)
	}
	return src, nil
}

// plainCause is an error without the operation and path os puts before it.
func plainCause(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	}
	return err.Error()
}

// fetch reads a document from a URL; Postman's API gets its key as a header.
func (l *loader) fetch(ctx context.Context, source, kind string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, source, nil)
	if err != nil {
		return nil, cannotRun("%s %s: not a URL", kind, shown(source))
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "postie/"+version())
	l.postmanKey(req)
	resp, err := l.http(req).Do(req)
	if err != nil {
		var ue *url.Error // names the address with all that is in it
		if errors.As(err, &ue) {
			err = ue.Err
		}
		return nil, cannotRun("%s %s: %v", kind, shown(source), err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, cannotRun("%s %s: the server answered %s", kind, shown(source), resp.Status)
	}
	return readAll(resp.Body, shown(source), kind)
}

// http is a client for a request. One with Postman's key goes to a server that
// is known to be Postman's, whatever --insecure says.
func (l *loader) http(req *http.Request) *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	unknown := l.insecure && req.Header.Get("X-Api-Key") == ""
	t.TLSClientConfig = &tls.Config{InsecureSkipVerify: unknown} //nolint:gosec // --insecure asks for it
	c := &http.Client{Transport: t, CheckRedirect: keepKey}
	if l.round != nil {
		c.Transport = l.round
	}
	return c
}

// keepKey follows redirects; Postman's key goes nowhere but where it was sent.
func keepKey(req *http.Request, via []*http.Request) error {
	if len(via) >= 10 {
		return errors.New("stopped after 10 redirects")
	}
	if from := via[0].URL; req.URL.Scheme != from.Scheme || req.URL.Host != from.Host {
		req.Header.Del("X-Api-Key")
	}
	return nil
}

// postmanKey moves the key to a header, and out of the URL.
func (l *loader) postmanKey(req *http.Request) {
	host := req.URL.Hostname()
	if host != "api.postman.com" && host != "api.getpostman.com" {
		return
	}
	q := req.URL.Query()
	key := q.Get("apikey")
	q.Del("apikey")
	req.URL.RawQuery = q.Encode()
	if key == "" {
		key = l.apiKey
	}
	if key != "" {
		req.Header.Set("X-Api-Key", key)
	}
}

// data opens an iteration data file. Files are streamed; URLs and pipes, which
// cannot be read twice, are read into memory.
func (l *loader) data(ctx context.Context, source string) (*collections.Data, io.Closer, error) {
	const kind = "iteration data"
	var src io.ReadSeeker
	var closer io.Closer = io.NopCloser(nil)
	info, err := os.Stat(source)
	switch {
	case !isURL(source) && err != nil:
		return nil, nil, cannotRun("%s %s: %s", kind, source, plainCause(err))
	case isURL(source) || !info.Mode().IsRegular():
		text, err := l.read(ctx, source, kind)
		if err != nil {
			return nil, nil, err
		}
		src = bytes.NewReader(text)
	default:
		f, err := os.Open(source)
		if err != nil {
			return nil, nil, cannotRun("%s %s: %s", kind, source, plainCause(err))
		}
		src, closer = f, f
	}
	d, err := collections.ReadData(shown(source), src)
	if err != nil {
		closer.Close()
		return nil, nil, documentError(kind+" "+shown(source), err)
	}
	if note := d.Note(); note != "" {
		fmt.Fprintln(l.streams.Err, "postie: note: "+report.Safe(shown(source)+": "+note))
	}
	return d, closer, nil
}

// folderOf is the directory of a document, itself when it is one; "" when it
// is no file.
func folderOf(source string) string {
	if source == "-" || isURL(source) {
		return ""
	}
	if !isDir(source) {
		source = filepath.Dir(source)
	}
	dir, err := filepath.Abs(source)
	if err != nil {
		return ""
	}
	return dir
}
