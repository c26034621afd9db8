package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/flags"
	"postie/cmd/internal/term"
	"postie/runner/drift"
	"postie/runner/fserror"
	"postie/runner/report"
)

// compareSnapshot compares the answers of a run with the approved ones in a
// folder. With --update it makes them the approved ones.
func (f *diffFlags) compareSnapshot(s *term.Streams, name string) error {
	got, err := f.answers(name)
	if err != nil {
		return err
	}
	rules := drift.Rules{Ignore: f.ignore, Headers: f.headers, ShapeOnly: f.shape}
	if f.update {
		return f.approve(s, got, rules)
	}
	approved, err := drift.ReadDirectory(os.DirFS(f.snapshot))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &exit.Error{Code: exit.NotRun, Text: "snapshots " + f.snapshot + ": no such folder", Hint: "--update makes it of this run"}
	case err != nil:
		return exit.CannotRun("snapshots %s: %v", f.snapshot, err)
	}
	found, err := drift.Compare(approved, got, rules)
	if err != nil {
		return exit.CannotRun("snapshots %s: %v", f.snapshot, err)
	}
	err = f.conclude(s, drift.Page{A: f.snapshot, B: name, Compared: approved.Len(), Findings: found})
	if len(found) > 0 && !f.json {
		fmt.Fprintln(s.Out, "--update approves what there is now")
	}
	return err
}

// approve writes the answers, and removes those whose requests no longer exist.
// It keeps those of requests that the run did not reach or did not select.
func (f *diffFlags) approve(s *term.Streams, got *drift.Log, rules drift.Rules) error {
	failed, err := drift.FailedIn(got)
	if err != nil {
		return flags.LogError(err)
	}
	if len(failed) > 0 && !f.logs.Partial {
		return &exit.Error{Code: exit.Failed, Text: fmt.Sprintf("nothing was approved: %s got no answer: %s", report.Counted(len(failed), "request"), namesOf(failed)),
			Hint: "--partial approves the others"}
	}
	if got.Len() == 0 {
		return &exit.Error{Code: exit.Failed, Text: "nothing was approved: no request was sent in this run"}
	}
	if err := os.MkdirAll(f.snapshot, 0o777); err != nil {
		return exit.NotWritten("snapshots %s: %s", f.snapshot, fserror.Cause(err))
	}
	folder, err := os.OpenRoot(f.snapshot)
	if err != nil {
		return exit.NotWritten("snapshots %s: %s", f.snapshot, fserror.Cause(err))
	}
	defer folder.Close()
	n, err := drift.Approve(folder, got, rules, func(k drift.Key) bool { return f.logs.Partial || got.LeftOut(k) })
	if err != nil {
		return exit.NotWritten("snapshots %s: %v", f.snapshot, err)
	}
	fmt.Fprintf(s.Out, "%d answers approved in %s\n", n, f.snapshot)
	return nil
}

// namesOf lists the names of requests, shortened when there are many.
func namesOf(keys []drift.Key) string {
	const most = 5
	var names []string
	for _, k := range keys[:min(len(keys), most)] {
		names = append(names, k.Item)
	}
	text := strings.Join(names, ", ")
	if len(keys) > most {
		text += fmt.Sprintf(" and %d more", len(keys)-most)
	}
	return text
}
