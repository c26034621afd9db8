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
	"postie/collections/convert"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/drift"
	"postie/runner/event"
	"postie/runner/runlog"
)

// replayFlags are run's, and what a replay compares.
type replayFlags struct {
	run    *runFlags
	from   string
	values bool
	pace   bool
	ignore []string
}

func newReplay(s *term.Streams, reporter reporterFlags) *cobra.Command {
	f := &replayFlags{run: &runFlags{reporter: reporter}}
	cmd := &cobra.Command{
		Use:   "replay <log|archive.har>",
		Short: "Run what a log or a HAR recorded again, elsewhere, and compare the answers",
		Long: `Run the requests that a run log or a browser's HTTP archive (HAR) recorded, with their scripts, against another
environment, and compare the answers with the recorded ones: status and shape,
or values, too.

With --from, the environment of the recorded run, values of it that stand
literally in the requests become its variables. The other flags are those of
run.`,
		Example: `  postie run smoke.json -e tenant-a.json --log a.ndjson
  postie replay a.ndjson -e tenant-b.json --from tenant-a.json
  postie replay browser.har -e tenant-b.json --from tenant-a.json`,
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
	cmd.Flags().BoolVar(&f.pace, "pace", false, "start each request as long after the start of the run as the log has it, or later")
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
	if f.pace && (strings.EqualFold(filepath.Ext(name), ".har") || f.run.parallel > 1) {
		return usageError("replay: --pace is that of a run log, one iteration after the other")
	}
	l := &loader{streams: s, insecure: f.run.insecure}
	recorded, col, err := f.recorded(ctx, s, l, name)
	if err != nil {
		return err
	}
	drop, err := f.keepLog()
	if err != nil {
		return err
	}
	defer drop()
	j := &job{streams: s, flags: f.run, loader: l, collection: col}
	if f.pace {
		if j.pace, err = paceOf(name); err != nil {
			return err
		}
	}
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

// recorded are the answers of a run log or an HTTP archive, and the collection
// that asks for them again.
func (f *replayFlags) recorded(ctx context.Context, s *term.Streams, l *loader, name string) ([]drift.Answer, *collections.Collection, error) {
	if strings.EqualFold(filepath.Ext(name), ".har") {
		return f.archive(ctx, l, name)
	}
	list, err := answers(name)
	if err != nil {
		return nil, nil, err
	}
	col, err := f.collection(ctx, s, l, name)
	return list, col, err
}

// archive reads a HAR file: its entries become requests, and their answers are
// the recorded ones.
func (f *replayFlags) archive(ctx context.Context, l *loader, name string) ([]drift.Answer, *collections.Collection, error) {
	src, err := l.read(ctx, name, "archive")
	if err != nil {
		return nil, nil, err
	}
	made, notes, err := convert.FromHAR(name, src)
	if err != nil {
		return nil, nil, documentError("archive", err)
	}
	for _, n := range notes {
		l.warn(n.String())
	}
	col, err := collections.Parse(name, made)
	if err != nil {
		return nil, nil, documentError("archive", err)
	}
	var list []drift.Answer
	tries := map[string]int{}
	for n := range col.All() {
		for _, e := range n.Examples() {
			item := strings.Join(n.Path()[1:], " / ")
			a := drift.Answer{Item: item, Try: tries[item], Code: e.Code, Header: map[string][]string{}, Body: []byte(e.Body)}
			for _, h := range e.Header {
				key := strings.ToLower(h.Key)
				a.Header[key] = append(a.Header[key], h.Value)
			}
			list = append(list, a)
			tries[item]++
		}
	}
	col, err = f.rebound(ctx, l, col)
	return list, col, err
}

// rebound is the collection with literal values of the recorded environment
// turned into its variables.
func (f *replayFlags) rebound(ctx context.Context, l *loader, col *collections.Collection) (*collections.Collection, error) {
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

// collection is that of the log, with the requests that ran selected and, with
// --from, rebound.
func (f *replayFlags) collection(ctx context.Context, s *term.Streams, l *loader, name string) (*collections.Collection, error) {
	start, ids, err := recording(name)
	if err != nil {
		return nil, err
	}
	col, err := collections.Parse(first(start.File, name), start.Collection)
	if err != nil {
		return nil, cannotRun("run log %s: %v", name, err)
	}
	if len(f.run.folders) == 0 {
		f.run.folders = ids
	}
	if err := unmasked(name, col, f.run.folders); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(col.Variables(), func(v vars.Variable) bool { return strings.Contains(vars.Text(v.Value), runner.Masked) }) {
		fmt.Fprintln(s.Err, "postie: warning: variables of the collection are masked in this log: set them, or record with --no-mask")
	}
	return f.rebound(ctx, l, col)
}

// recording reads a log's collection and the ids of the items that ran.
func recording(name string) (start *event.RunStarted, ids []string, err error) {
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
		case *event.RunStarted:
			if start == nil {
				start = e
			}
		case *event.ItemStarted:
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
