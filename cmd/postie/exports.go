package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/report"
)

// exports writes what the --export flags ask for, each file whole or not at
// all.
func (j *job) exports(res *runner.Result) error {
	f := j.flags
	now := time.Now()
	meta := collections.ExportMeta{At: now.UTC().Format("2006-01-02T15:04:05.000Z"), Using: "postie/" + version()}
	hide := func(s *vars.Scope) *vars.Scope { return hideSecrets(s, f.exportSecrets || f.noMask) }
	return errors.Join(
		export(f.exportEnvironment, "environment", now, func() ([]byte, error) {
			return collections.ExportScope(hide(res.Environment), "environment", meta), nil
		}),
		export(f.exportGlobals, "globals", now, func() ([]byte, error) {
			return collections.ExportScope(hide(res.Globals), "globals", meta), nil
		}),
		export(f.exportCollection, "collection", now, func() ([]byte, error) {
			return j.collection.Export(scopeList(hide(res.Variables))), nil
		}),
		export(f.exportCookieJar, "cookie-jar", now, res.Jar.MarshalJSON),
	)
}

func scopeList(s *vars.Scope) []vars.Variable {
	var out []vars.Variable
	for v := range s.All() {
		out = append(out, v)
	}
	return out
}

// hideSecrets empties the secret values of an export.
func hideSecrets(s *vars.Scope, show bool) *vars.Scope {
	if show {
		return s
	}
	out := vars.NewScope(s.Name)
	out.ID = s.ID
	for v := range s.All() {
		if v.Secret {
			v.Value = ""
		}
		out.Add(v)
	}
	return out
}

func export(path, kind string, now time.Time, content func() ([]byte, error)) error {
	if path == "" {
		return nil
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, fmt.Sprintf("postie-%s-%s.json", kind, now.Format("2006-01-02-15-04-05-000")))
	}
	data, err := content()
	if err != nil {
		return fmt.Errorf("export %s: %w", path, err)
	}
	w, err := report.CreateFile(path)
	if err != nil {
		return fmt.Errorf("export %s: %s", path, plainCause(err))
	}
	if _, err := w.Write(data); err != nil {
		w.Abort()
		return fmt.Errorf("export %s: %s", path, plainCause(err))
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("export %s: %s", path, plainCause(err))
	}
	return nil
}
