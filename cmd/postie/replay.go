package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/flags"
	"postie/cmd/internal/job"
	"postie/cmd/internal/loader"
	"postie/cmd/internal/term"
	"postie/cmd/internal/values"
	"postie/collections"
	"postie/runner"
	"postie/runner/drift"
	"postie/runner/replay"
	"postie/runner/report/output"
	"postie/runner/runlog"
)

// replayFlags are the flags of run, and those that say how answers are
// compared.
type replayFlags struct {
	run    *job.Flags
	logs   flags.Logs
	from   string
	values bool
	pace   bool
	ignore []string
}

func newReplay(s *term.Streams, reporter flags.Reporters) *cobra.Command {
	f := &replayFlags{run: &job.Flags{Reporter: reporter}}
	cmd := &cobra.Command{
		Use:   "replay <log|archive.har>",
		Short: "Run what a log or a HAR recorded again, elsewhere, and compare the answers",
		Long: `Run the requests that a run log or a browser's HTTP archive (HAR) recorded, with their scripts, against another
environment, and compare the answers with the recorded ones: status and shape,
or values, too.

With --from, the environment of the recorded run, values of it that are
literally in the requests become its variables. The other flags are those of
run.`,
		Example: `  postie run smoke.json -e tenant-a.json --log a.ndjson
  postie replay a.ndjson -e tenant-b.json --from tenant-a.json
  postie replay browser.har -e tenant-b.json --from tenant-a.json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &exit.Error{Code: exit.BadUsage, Text: "replay: want one run log", Hint: "postie run collection.json --log a.ndjson keeps one"}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			f.run.Begin(c, args)
			return f.replay(c.Context(), s, args[0])
		},
	}
	f.logs.Register(cmd.Flags())
	cmd.Flags().StringVar(&f.from, "from", "", "environment `file` of the recorded run")
	cmd.Flags().BoolVar(&f.values, "values", false, "compare values, too")
	cmd.Flags().Var((*values.List)(&f.ignore), "ignore", "what may differ: `path` such as $.items.*.updatedAt; repeatable")
	cmd.Flags().BoolVar(&f.pace, "pace", false, "start each request as long after the start of the run as the log has it, or later")
	f.run.Register(cmd.Flags())
	return cmd
}

func (f *replayFlags) replay(ctx context.Context, s *term.Streams, name string) error {
	if err := f.run.OneEnvironment("replay"); err != nil {
		return err
	}
	if f.pace && (isHAR(name) || f.run.Parallel > 1) {
		return exit.Usage("replay: --pace is that of a run log, one iteration after the other")
	}
	l := f.run.Loader(s)
	r, err := f.recording(ctx, l, name)
	if err != nil {
		return err
	}
	defer r.close()
	if r.collection, err = f.rebound(ctx, l, r.collection); err != nil {
		return err
	}
	j := &job.Job{Streams: s, Flags: f.run, Loader: l, Collection: r.collection, Pace: r.pace, Reads: []output.Target{{Name: "recorded run", Path: name}},
		Compare: func(log *runlog.Log) error { return f.compare(s, r.answers, log) }}
	return f.run.Suppress(j.Run(ctx))
}

// compare prints how the answers of the new run differ from the recorded ones.
// The new answers are read from the log of the new run.
func (f *replayFlags) compare(s *term.Streams, recorded drift.Answers, log *runlog.Log) error {
	got, err := drift.ReadLog(log)
	if err != nil {
		return flags.LogError(err)
	}
	found, err := drift.Compare(recorded, got, drift.Rules{ShapeOnly: !f.values, Ignore: f.ignore})
	if err != nil {
		return flags.LogError(err)
	}
	if recorded.Len()+got.Len() == 0 {
		return &exit.Error{Code: exit.Failed, Text: "nothing was compared: there is no answer on either side"}
	}
	fmt.Fprintln(s.Out, "\nanswers against the recorded ones:")
	printFindings(s, found)
	if len(found) > 0 {
		return &exit.Error{Code: exit.Failed}
	}
	return nil
}

// A recorded is a collection that is run again, with the answers it had.
type recorded struct {
	collection *collections.Collection
	answers    drift.Answers
	pace       runner.Pace // nil when nothing was recorded
	log        io.Closer   // nil when the answers are in memory
}

func (r *recorded) close() {
	if r.log != nil {
		r.log.Close()
	}
}

func isHAR(name string) bool { return strings.EqualFold(filepath.Ext(name), ".har") }

// recording reads a run log or an HTTP archive (HAR).
func (f *replayFlags) recording(ctx context.Context, l *loader.Loader, name string) (*recorded, error) {
	if isHAR(name) {
		src, err := l.Read(ctx, name, "archive")
		if err != nil {
			return nil, err
		}
		col, answers, notes, err := replay.FromHAR(name, src)
		if err != nil {
			return nil, loader.Error(err)
		}
		l.WarnAll(notes)
		return &recorded{collection: col, answers: answers}, nil
	}
	log, c, err := f.logs.Open(name)
	if err != nil {
		return nil, err
	}
	r := &recorded{log: c}
	if err := f.fromLog(l, log, name, r); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

// fromLog returns the collection of a log and selects the requests that ran.
func (f *replayFlags) fromLog(l *loader.Loader, log *runlog.Log, name string, r *recorded) error {
	answers, err := drift.ReadLog(log)
	if err != nil {
		return flags.LogError(err)
	}
	was, err := replay.Read(log)
	if errors.Is(err, replay.ErrSeveral) {
		return exit.CannotRun("run log %s: %v", name, err)
	}
	if err != nil {
		return flags.LogError(err)
	}
	r.answers = answers
	if r.collection, err = was.Collection(); err != nil {
		return exit.CannotRun("run log %s: %v", name, err)
	}
	if len(f.run.Folders) == 0 {
		if f.run.Folders, err = replay.Names(r.collection, was.Ran.Items); err != nil {
			return exit.CannotRun("replay: %v", err)
		}
	}
	if err := sendable(name, r.collection, f.run.Folders); err != nil {
		return err
	}
	if replay.HasMaskedVariables(r.collection) {
		l.Warn("variables of the collection are masked in this log: set them, or record with --no-mask")
	}
	if f.pace {
		if r.pace, err = replay.Pace(log); err != nil {
			return flags.LogError(err)
		}
	}
	return nil
}

// rebound returns the collection in which values of the recorded environment
// are replaced by its variables.
func (f *replayFlags) rebound(ctx context.Context, l *loader.Loader, col *collections.Collection) (*collections.Collection, error) {
	if f.from == "" {
		return col, nil
	}
	env, err := l.Scope(ctx, f.from, "environment")
	if err != nil {
		return nil, err
	}
	col, _, err = col.Rebind(env)
	return col, err
}
