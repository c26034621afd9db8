package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"postie/cmd/internal/version"
	"postie/collections"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/report/output"
)

// An export is a file that a run's final state is written to.
type export struct {
	kind, path string
	private    bool // it holds secrets
	content    func(*runner.Result) ([]byte, error)
}

// exportList are those that the --export flags ask for, with the paths they
// have when the run starts at a time.
func (j *job) exportList(at time.Time) []export {
	f := j.flags
	meta := collections.ExportMeta{At: at.UTC().Format("2006-01-02T15:04:05.000Z"), Using: "postie/" + version.Get()}
	secrets := f.exportSecrets || f.noMask
	hide := func(res *runner.Result, s *vars.Scope) *vars.Scope {
		if secrets {
			return s
		}
		return res.Mask.Scope(s)
	}
	var out []export
	for _, e := range []export{
		{kind: "environment", path: f.exportEnvironment, private: secrets, content: func(res *runner.Result) ([]byte, error) {
			return collections.ExportScope(hide(res, res.Environment), "environment", meta), nil
		}},
		{kind: "globals", path: f.exportGlobals, private: secrets, content: func(res *runner.Result) ([]byte, error) {
			return collections.ExportScope(hide(res, res.Globals), "globals", meta), nil
		}},
		{kind: "collection", path: f.exportCollection, private: secrets, content: func(res *runner.Result) ([]byte, error) {
			return j.collection.Export(scopeList(hide(res, res.Variables))), nil
		}},
		{kind: "cookie-jar", path: f.exportCookieJar, private: true, content: func(res *runner.Result) ([]byte, error) {
			return res.Jar.MarshalJSON()
		}},
	} {
		if e.path == "" {
			continue
		}
		if info, err := os.Stat(e.path); err == nil && info.IsDir() {
			e.path = filepath.Join(e.path, fmt.Sprintf("postie-%s-%s.json", e.kind, at.Format("2006-01-02-15-04-05-000")))
		}
		if j.suffix != "" {
			e.path = output.Beside(e.path, j.suffix)
		}
		out = append(out, e)
	}
	return out
}

func (e export) target() output.Target { return output.Target{Name: e.kind + " export", Path: e.path} }

// targets are the files of exports.
func targets(list []export) []output.Target {
	var out []output.Target
	for _, e := range list {
		out = append(out, e.target())
	}
	return out
}

// writeExports writes them, each whole or not at all.
func writeExports(list []export, res *runner.Result) error {
	var errs []error
	for _, e := range list {
		if err := e.write(res); err != nil {
			errs = append(errs, &output.Error{Name: e.target().Name, Path: e.path, Err: err})
		}
	}
	return errors.Join(errs...)
}

func (e export) write(res *runner.Result) error {
	data, err := e.content(res)
	if err != nil {
		return err
	}
	create := output.Create
	if e.private {
		create = output.CreatePrivate
	}
	w, err := create(e.path)
	if err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		w.Abort()
		return err
	}
	return w.Close()
}

func scopeList(s *vars.Scope) []vars.Variable {
	var out []vars.Variable
	for v := range s.All() {
		out = append(out, v)
	}
	return out
}
