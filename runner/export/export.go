// Package export writes what a run leaves as files that Postman reads: the
// environment and globals as scripts have set them, the collection with its
// variables, and the cookie jar.
package export

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/report/output"
)

// Options name the files, "" for none. A path that is a folder gets a file of
// the run's time in it.
type Options struct {
	Environment, Globals  string
	Collection, CookieJar string
	Secrets               bool   // write the values of secrets, too
	Using                 string // the program, as the files name it: postie/1.2
	Suffix                string // of the names of one run's files among several; "" for none
}

// A File is one of them, before the run has ended.
type File struct {
	output.Target
	private bool // it holds secrets: only its owner may read it
	content func(*runner.Result) ([]byte, error)
}

// Files are those that the options name, for a run of the collection that starts
// at a time. Nothing is opened.
func (o Options) Files(c *collections.Collection, at time.Time) []File {
	meta := collections.ExportMeta{At: at.UTC().Format("2006-01-02T15:04:05.000Z"), Using: o.Using}
	var out []File
	add := func(kind, path string, private bool, content func(*runner.Result) ([]byte, error)) {
		if path != "" {
			out = append(out, File{output.Target{Name: kind + " export", Path: o.path(kind, path, at)}, private, content})
		}
	}
	add("environment", o.Environment, o.Secrets, func(res *runner.Result) ([]byte, error) {
		return collections.ExportScope(o.shown(res, res.Environment), "environment", meta), nil
	})
	add("globals", o.Globals, o.Secrets, func(res *runner.Result) ([]byte, error) {
		return collections.ExportScope(o.shown(res, res.Globals), "globals", meta), nil
	})
	add("collection", o.Collection, o.Secrets, func(res *runner.Result) ([]byte, error) {
		return c.Export(slices.Collect(o.shown(res, res.Variables).All())), nil
	})
	add("cookie-jar", o.CookieJar, true, func(res *runner.Result) ([]byte, error) { return res.Jar.MarshalJSON() })
	return out
}

func (o Options) path(kind, path string, at time.Time) string {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, fmt.Sprintf("postie-%s-%s.json", kind, at.Format("2006-01-02-15-04-05-000")))
	}
	if o.Suffix != "" {
		path = output.Beside(path, o.Suffix)
	}
	return path
}

// shown is a scope without the values of secrets unless they are asked for.
func (o Options) shown(res *runner.Result, s *vars.Scope) *vars.Scope {
	if o.Secrets {
		return s
	}
	return res.Mask.Scope(s)
}

// Targets are the paths of files, to check that nothing else is written there.
func Targets(files []File) []output.Target {
	var out []output.Target
	for _, f := range files {
		out = append(out, f.Target)
	}
	return out
}

// Write writes the files of a run's result, each whole or not at all. The errors
// are *output.Error, joined.
func Write(files []File, res *runner.Result) error {
	var errs []error
	for _, f := range files {
		if err := f.write(res); err != nil {
			errs = append(errs, &output.Error{Name: f.Name, Path: f.Path, Err: err})
		}
	}
	return errors.Join(errs...)
}

func (f File) write(res *runner.Result) error {
	data, err := f.content(res)
	if err != nil {
		return err
	}
	write := output.Write
	if f.private {
		write = output.WritePrivate
	}
	return write(f.Path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}
