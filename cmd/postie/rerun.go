package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"postie/cmd/internal/term"
	"postie/collections"
	"postie/runner"
	"postie/runner/event"
	"postie/runner/report"
	"postie/runner/runlog"
)

// rerunFlags are run's, and what of a log is run again.
type rerunFlags struct {
	run    *runFlags
	failed bool
}

func newRerun(s *term.Streams, reporter reporterFlags) *cobra.Command {
	f := &rerunFlags{run: &runFlags{reporter: reporter}}
	cmd := &cobra.Command{
		Use:   "rerun <log>",
		Short: "Run again what a log recorded, or what failed in it",
		Long: `Run the requests of a recorded run again: all of them, or with --failed those
in which something failed, in the iterations where it did. The collection is
read from where it was, or taken from the log when it is gone. Environment,
data and the other flags are given as to run.`,
		Example: `  postie run smoke.json -e tenant.json --log run.ndjson
  postie rerun run.ndjson --failed -e tenant.json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &exitError{code: exitUsage, text: "rerun: want one run log", hint: "postie run collection.json --log run.ndjson keeps one"}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			f.run.noMask, _ = c.Flags().GetBool("no-mask")
			f.run.changed = c.Flags().Changed
			return f.rerun(c.Context(), s, args[0])
		},
	}
	cmd.Flags().BoolVar(&f.failed, "failed", false, "only what failed")
	f.run.register(cmd.Flags())
	return cmd
}

func (f *rerunFlags) rerun(ctx context.Context, s *term.Streams, name string) error {
	if len(f.run.environments) > 1 {
		return usageError("rerun: one environment at a time")
	}
	if len(f.run.environments) == 1 {
		f.run.environment = f.run.environments[0]
	}
	if err := f.run.check(); err != nil {
		return err
	}
	again, err := recordedRun(name, f.failed)
	if err != nil {
		return err
	}
	if len(again.items) == 0 {
		fmt.Fprintln(s.Out, "nothing failed in "+name)
		return nil
	}
	l := &loader{streams: s, apiKey: first(f.run.apiKey, s.Getenv("POSTIE_POSTMAN_API_KEY")), insecure: f.run.insecure}
	col, err := again.collection(ctx, l)
	if err != nil {
		return err
	}
	if f.run.folders, err = again.names(col); err != nil {
		return err
	}
	if err := f.iterations(again); err != nil {
		return err
	}
	j := &job{streams: s, flags: f.run, loader: l, collection: col}
	return f.run.suppress(j.run(ctx))
}

// iterations are those of the recorded run, as far as they are wanted.
func (f *rerunFlags) iterations(again *recorded) error {
	if again.start.Iterations > 1 && f.run.data == "" && f.run.iterations == 0 {
		if again.data {
			return usageError("rerun: the recorded run had iteration data: give it with -d")
		}
		f.run.iterations = count(again.start.Iterations)
	}
	f.run.only = func(i int) bool { return slices.Contains(again.iterations, i) }
	return nil
}

// A recorded is what a log tells of a run, and what of it is wanted.
type recorded struct {
	log        string
	start      *event.RunStarted
	data       bool // it had iteration data
	items      []event.ItemRef
	iterations []int
}

func recordedRun(name string, failed bool) (*recorded, error) {
	log, c, err := runlog.Open(name)
	if err != nil {
		return nil, cannotRun("run log %s: %s", name, plainCause(err))
	}
	defer c.Close()
	out := &recorded{log: name}
	for x, err := range report.Executions(log) {
		if err != nil {
			return nil, cannotRun("run log %v", err)
		}
		if x.Cursor.Run > 0 {
			return nil, cannotRun("run log %s: it holds several runs, and rerun takes the log of one", name)
		}
		out.start = x.Run
		out.data = out.data || len(x.Data) > len("{}")
		if failed && !x.Failed() {
			continue
		}
		if !slices.ContainsFunc(out.items, func(r event.ItemRef) bool { return r.ID == x.Item.ID }) {
			out.items = append(out.items, x.Item)
		}
		if !slices.Contains(out.iterations, x.Cursor.Iteration) {
			out.iterations = append(out.iterations, x.Cursor.Iteration)
		}
	}
	if out.start == nil {
		return nil, cannotRun("run log %s: no request was run in it", name)
	}
	return out, nil
}

// collection is read from where it was when the run was recorded; when it is
// gone, from the log.
func (r *recorded) collection(ctx context.Context, l *loader) (*collections.Collection, error) {
	col, err := l.collection(ctx, r.start.File)
	if !errors.Is(err, fs.ErrNotExist) && !gone(err) {
		return col, err
	}
	if col, err = collections.Parse(r.start.File, r.start.Collection); err != nil {
		return nil, cannotRun("run log %s: %v", r.log, err)
	}
	names, err := r.names(col)
	if err != nil {
		return nil, err
	}
	return col, unmasked(r.log, col, names)
}

// gone reports whether the document is no longer there.
func gone(err error) bool {
	var e *exitError
	return errors.As(err, &e) && strings.HasSuffix(e.text, "no such file")
}

// names select the items in a collection: by id, or by path when ids are made
// up anew each time it is read.
func (r *recorded) names(col *collections.Collection) ([]string, error) {
	var out []string
	for _, item := range r.items {
		name := item.ID
		if _, err := col.Select(name); err != nil {
			name = strings.Join(item.Path[1:], "/")
			if _, err := col.Select(name); err != nil {
				return nil, cannotRun("rerun: %v", err)
			}
		}
		out = append(out, name)
	}
	return out, nil
}

// unmasked refuses requests of a log in which a secret was masked: it cannot
// be sent.
func unmasked(log string, col *collections.Collection, names []string) error {
	nodes, err := col.Select(names...)
	if err != nil {
		return cannotRun("%v", err)
	}
	for _, n := range nodes {
		request := gjson.GetBytes(n.JSON(), "request")
		for _, part := range []string{"url", "header", "body", "auth"} {
			if strings.Contains(request.Get(part).Raw, runner.Masked) {
				return &exitError{code: exitCannotRun,
					text: fmt.Sprintf("run log %s: item %q: a secret in its %s was masked when it was recorded", log, n.Name(), part),
					hint: "keep secrets in variables, or record with --no-mask"}
			}
		}
	}
	return nil
}
