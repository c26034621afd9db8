package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/flags"
	"postie/cmd/internal/job"
	"postie/cmd/internal/loader"
	"postie/cmd/internal/term"
	"postie/cmd/internal/values"
	"postie/collections"
	"postie/runner/event"
	"postie/runner/replay"
	"postie/runner/report/output"
)

// rerunFlags are the flags of run, and those that say what of a log is run
// again.
type rerunFlags struct {
	run    *job.Flags
	logs   flags.Logs
	failed bool
}

func newRerun(s *term.Streams, reporter flags.Reporters) *cobra.Command {
	f := &rerunFlags{run: &job.Flags{Reporter: reporter}}
	cmd := &cobra.Command{
		Use:   "rerun <log>",
		Short: "Run again what a log recorded, or what failed in it",
		Long: `Run the requests of a recorded run again: all of them, or with --failed those
in which something failed, in the iterations where it did. The collection is
read from where it was, or taken from the log when it is gone. Environment,
data and the other flags are given as to run.

A log that is not whole, or whose run ended early, says nothing of what it did
not reach: that is an error, but with --partial.`,
		Example: `  postie run smoke.json -e tenant.json --log run.ndjson
  postie rerun run.ndjson --failed -e tenant.json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &exit.Error{Code: exit.BadUsage, Text: "rerun: want one run log", Hint: "postie run collection.json --log run.ndjson keeps one"}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			f.run.Begin(c, args)
			return f.rerun(c.Context(), s, args[0])
		},
	}
	f.logs.Register(cmd.Flags())
	cmd.Flags().BoolVar(&f.failed, "failed", false, "only what failed")
	f.run.Register(cmd.Flags())
	return cmd
}

func (f *rerunFlags) rerun(ctx context.Context, s *term.Streams, name string) error {
	if err := f.run.OneEnvironment("rerun"); err != nil {
		return err
	}
	recorded, err := f.recording(name)
	if err != nil {
		return err
	}
	again := &recorded.Ran
	if f.failed {
		again = &recorded.Failed
	}
	if len(again.Items) == 0 {
		return nothingAgain(s, name, recorded)
	}
	l := f.run.Loader(s)
	col, err := recordedCollection(ctx, l, name, recorded, again.Items)
	if err != nil {
		return err
	}
	if f.run.Folders, err = replay.Names(col, again.Items); err != nil {
		return exit.CannotRun("rerun: %v", err)
	}
	if err := f.iterations(recorded, again); err != nil {
		return err
	}
	j := &job.Job{Streams: s, Flags: f.run, Loader: l, Collection: col, Reads: []output.Target{{Name: "recorded run", Path: name}}}
	return f.run.Suppress(j.Run(ctx))
}

func (f *rerunFlags) recording(name string) (*replay.Recording, error) {
	log, c, err := f.logs.Open(name)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	r, err := replay.Read(log)
	if errors.Is(err, replay.ErrSeveral) {
		return nil, exit.CannotRun("run log %s: %v", name, err)
	}
	if err != nil {
		return nil, flags.LogError(err)
	}
	if len(r.Ran.Items) == 0 {
		return nil, exit.CannotRun("run log %s: no request was run in it", name)
	}
	return r, nil
}

// nothingAgain says that no request failed. The run as a whole may have failed
// all the same.
func nothingAgain(s *term.Streams, name string, r *replay.Recording) error {
	if r.Failure != nil {
		return &exit.Error{Code: exit.Failed, Text: fmt.Sprintf("no request failed in %s; the run as a whole did: %s", name, r.Failure.Message),
			Hint: "postie rerun " + name + " runs all of it again"}
	}
	fmt.Fprintln(s.Out, "nothing failed in "+name)
	return nil
}

// iterations returns those of the recorded run that are to be run again.
func (f *rerunFlags) iterations(r *replay.Recording, again *replay.Selection) error {
	if r.Start.Iterations > 1 && f.run.Data == "" && f.run.Iterations == 0 {
		if r.HasData {
			return exit.Usage("rerun: the recorded run had iteration data: give it with -d")
		}
		f.run.Iterations = values.Count(r.Start.Iterations)
	}
	f.run.Only = again.Has
	return nil
}

// recordedCollection reads the collection from its file, or from the log when
// the file is gone.
func recordedCollection(ctx context.Context, l *loader.Loader, name string, r *replay.Recording, items []event.ItemRef) (*collections.Collection, error) {
	col, err := l.Collection(ctx, r.Start.File)
	if !errors.Is(err, fs.ErrNotExist) {
		return col, err
	}
	if col, err = r.Collection(); err != nil {
		return nil, exit.CannotRun("run log %s: %v", name, err)
	}
	names, err := replay.Names(col, items)
	if err != nil {
		return nil, exit.CannotRun("rerun: %v", err)
	}
	return col, sendable(name, col, names)
}

// sendable returns an error when a secret was masked in a request of the log,
// because the request cannot be sent then.
func sendable(log string, col *collections.Collection, names []string) error {
	err := replay.Sendable(col, names)
	var masked *replay.MaskedError
	switch {
	case errors.As(err, &masked):
		return &exit.Error{Code: exit.NotRun, Text: fmt.Sprintf("run log %s: %v", log, masked), Hint: "keep secrets in variables, or record with --no-mask"}
	case err != nil:
		return exit.CannotRun("%v", err)
	}
	return nil
}
