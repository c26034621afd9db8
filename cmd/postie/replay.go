package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postie/cmd/internal/term"
	"postie/collections"
	"postie/runner"
	"postie/runner/drift"
	"postie/runner/runlog"
)

// replayFlags are run's, and what a replay compares.
type replayFlags struct {
	run    *runFlags
	from   string
	values bool
	ignore []string
}

func newReplay(s *term.Streams, reporter reporterFlags) *cobra.Command {
	f := &replayFlags{run: &runFlags{reporter: reporter}}
	cmd := &cobra.Command{
		Use:   "replay <log>",
		Short: "Run what a log recorded again, elsewhere, and compare the answers",
		Long: `Run the requests that a run log recorded, with their scripts, against another
environment, and compare the answers with the recorded ones: status and shape,
or values, too.

With --from, the environment of the recorded run, values of it that stand
literally in the requests become its variables. The other flags are those of
run.`,
		Example: `  postie run smoke.json -e tenant-a.json --log a.ndjson
  postie replay a.ndjson -e tenant-b.json --from tenant-a.json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &exitError{code: exitUsage, text: "replay: want one run log", hint: "postie run collection.json --log a.ndjson keeps one"}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			f.run.noMask, _ = c.Flags().GetBool("no-mask")
			f.run.changed = c.Flags().Changed
			return f.replay(c.Context(), s, args[0])
		},
	}
	cmd.Flags().StringVar(&f.from, "from", "", "environment `file` of the recorded run")
	cmd.Flags().BoolVar(&f.values, "values", false, "compare values, too")
	cmd.Flags().StringArrayVar(&f.ignore, "ignore", nil, "what may differ: `path` such as $.items.*.updatedAt; repeatable")
	f.run.register(cmd.Flags())
	return cmd
}

func (f *replayFlags) replay(ctx context.Context, s *term.Streams, name string) error {
	if len(f.run.environments) > 1 {
		return usageError("replay: one environment at a time")
	}
	if len(f.run.environments) == 1 {
		f.run.environment = f.run.environments[0]
	}
	if err := f.run.check(); err != nil {
		return err
	}
	recorded, err := answers(name)
	if err != nil {
		return err
	}
	l := &loader{streams: s, insecure: f.run.insecure}
	col, err := f.collection(ctx, s, l, name)
	if err != nil {
		return err
	}
	drop, err := f.keepLog()
	if err != nil {
		return err
	}
	defer drop()
	j := &job{streams: s, flags: f.run, loader: l, collection: col}
	runErr := j.run(ctx)
	var e *exitError
	if errors.As(runErr, &e) && e.code != exitFailed {
		return runErr // nothing to compare
	}
	got, err := answers(f.run.logFile)
	if err != nil {
		return err
	}
	found := drift.Compare(recorded, got, drift.Rules{ShapeOnly: !f.values, Ignore: f.ignore})
	fmt.Fprintln(s.Out, "\nanswers against the recorded ones:")
	printFindings(s, found)
	if len(found) > 0 && runErr == nil {
		runErr = &exitError{code: exitFailed}
	}
	return f.run.suppress(runErr)
}

// collection is that of the log, with the requests that ran selected and, with
// --from, rebound.
func (f *replayFlags) collection(ctx context.Context, s *term.Streams, l *loader, name string) (*collections.Collection, error) {
	start, ids, err := recording(name)
	if err != nil {
		return nil, err
	}
	if strings.Contains(string(start.Collection), runner.Masked) {
		fmt.Fprintln(s.Err, "postie: warning: secrets are masked in this log: put them in variables, or record with --no-mask")
	}
	col, err := collections.Parse(first(start.File, name), start.Collection)
	if err != nil {
		return nil, cannotRun("run log %s: %v", name, err)
	}
	if len(f.run.folders) == 0 {
		f.run.folders = ids
	}
	if f.from == "" {
		return col, nil
	}
	env, err := l.scope(ctx, f.from, "environment")
	if err != nil {
		return nil, err
	}
	col, _, err = col.Rebind(env)
	return col, err
}

// recording reads a log's collection and the ids of the items that ran.
func recording(name string) (start *runner.RunStarted, ids []string, err error) {
	log, c, err := runlog.Open(name)
	if err != nil {
		return nil, nil, cannotRun("run log %s: %s", name, plainCause(err))
	}
	defer c.Close()
	for e, err := range log.Events(runlog.RunStarted, runlog.ItemStarted) {
		if err != nil {
			return nil, nil, cannotRun("run log %v", err)
		}
		switch e := e.(type) {
		case *runner.RunStarted:
			if start == nil {
				start = e
			}
		case *runner.ItemStarted:
			if !slices.Contains(ids, e.Item.ID) {
				ids = append(ids, e.Item.ID)
			}
		}
	}
	if start == nil {
		return nil, nil, cannotRun("run log %s: no run starts in it", name)
	}
	return start, ids, nil
}

// keepLog makes sure that the replay is logged; drop removes the log again
// unless it was asked for.
func (f *replayFlags) keepLog() (drop func(), err error) {
	if f.run.logFile != "" {
		return func() {}, nil
	}
	dir, err := os.MkdirTemp("", "postie-replay-")
	if err != nil {
		return nil, cannotRun("%v", err)
	}
	f.run.logFile = filepath.Join(dir, "run.ndjson")
	return func() { os.RemoveAll(dir) }, nil
}
