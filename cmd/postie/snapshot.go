package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"postie/cmd/internal/term"
	"postie/runner/drift"
)

// snapshotEnding is that of the files of approved answers.
const snapshotEnding = ".snap"

// compareSnapshot compares a run's answers with the approved ones in a folder, or
// with --update makes them the approved ones.
func (f *diffFlags) compareSnapshot(s *term.Streams, name string) error {
	got, err := answers(name)
	if err != nil {
		return err
	}
	rules := drift.Rules{Ignore: f.ignore, Headers: f.headers, ShapeOnly: f.shape}
	if f.update {
		return f.approve(s, got, rules)
	}
	approved, err := readSnapshots(f.snapshot)
	if err != nil {
		return err
	}
	found := drift.Compare(approved, got, rules)
	if err := f.print(s, drift.Page{A: f.snapshot, B: name, Compared: len(approved), Findings: found}); err != nil {
		return err
	}
	if len(found) > 0 {
		if !f.json {
			fmt.Fprintln(s.Out, "--update approves what there is now")
		}
		return &exitError{code: exitFailed}
	}
	return nil
}

func readSnapshots(dir string) ([]drift.Answer, error) {
	list, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &exitError{code: exitCannotRun, text: "snapshots " + dir + ": no such folder", hint: "--update makes it of this run"}
	}
	if err != nil {
		return nil, cannotRun("snapshots %s: %s", dir, plainCause(err))
	}
	var out []drift.Answer
	for _, e := range list {
		if !strings.HasSuffix(e.Name(), snapshotEnding) {
			continue
		}
		path := filepath.Join(dir, e.Name())
		src, err := os.ReadFile(path)
		if err != nil {
			return nil, cannotRun("snapshot %s: %s", path, plainCause(err))
		}
		a, err := drift.ParseSnapshot(src)
		if err != nil {
			return nil, cannotRun("snapshot %s:%v", path, err)
		}
		out = append(out, a)
	}
	return out, nil
}

// approve writes the answers, and removes those of requests that are gone.
func (f *diffFlags) approve(s *term.Streams, list []drift.Answer, rules drift.Rules) error {
	if err := os.MkdirAll(f.snapshot, 0o777); err != nil {
		return cannotRun("snapshots %s: %s", f.snapshot, plainCause(err))
	}
	old, err := filepath.Glob(filepath.Join(f.snapshot, "*"+snapshotEnding))
	if err != nil {
		return cannotRun("snapshots %s: %v", f.snapshot, err)
	}
	kept := map[string]bool{}
	for i, name := range drift.FileNames(list) {
		path := filepath.Join(f.snapshot, name+snapshotEnding)
		kept[path] = true
		if err := os.WriteFile(path, list[i].Snapshot(rules), 0o666); err != nil {
			return cannotRun("snapshot %s: %s", path, plainCause(err))
		}
	}
	for _, path := range old {
		if !kept[path] {
			if err := os.Remove(path); err != nil {
				return cannotRun("snapshot %s: %s", path, plainCause(err))
			}
		}
	}
	fmt.Fprintf(s.Out, "%d answers approved in %s\n", len(list), f.snapshot)
	return nil
}
