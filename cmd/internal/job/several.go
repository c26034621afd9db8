package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/loader"
	"postie/cmd/internal/stop"
	"postie/cmd/internal/term"
	"postie/collections"
	"postie/runner"
	"postie/runner/documents"
	"postie/runner/export"
	"postie/runner/fserror"
	"postie/runner/matrix"
	"postie/runner/report"
	"postie/runner/report/output"
	"postie/runner/runlog"
	"postie/runner/script/sandbox"
)

// runAll runs the single pair of collection and environment, or all pairs.
func runAll(ctx context.Context, s *term.Streams, f *Flags, sources []string) error {
	found, err := documents.Expand(sources, documents.Collections)
	if err != nil {
		return loader.Error(err)
	}
	if slices.Contains(f.Environments, "") {
		fmt.Fprintln(s.Err, "postie: warning: -e: the name is empty: is the variable set? There is no environment")
	}
	environments, err := documents.Expand(f.Environments, documents.Environments)
	if err != nil {
		return loader.Error(err)
	}
	if len(environments) == 0 {
		environments = []string{""}
	}
	flags := *f // keep the patterns: they are read again when files change
	f = &flags
	f.sourceFiles, f.Environments = found, environments
	if len(found) == 1 && len(environments) == 1 {
		f.Environment = environments[0]
		return runCollection(ctx, s, f, found[0])
	}
	prewarm := sandbox.NewPrewarm(min(max(1, int(f.jobs)), len(found)*len(environments)))
	defer prewarm.Close()
	m := &grid{streams: s, flags: f, prewarm: prewarm, loaded: map[string]*collections.Collection{}}
	defer m.close()
	m.expect(len(found) * len(environments))
	pair := 0
	for _, c := range found {
		for _, e := range environments {
			pair++
			if !f.part.Has(pair - 1) {
				continue
			}
			if err := m.add(ctx, c, e, len(found) > 1); err != nil {
				return f.Suppress(err)
			}
		}
	}
	if len(m.jobs) == 0 {
		fmt.Fprintf(s.Err, "postie: %s has none of the %d runs\n", f.part, pair)
		return f.emptyLog()
	}
	return f.Suppress(m.run(ctx))
}

// emptyLog writes the log of a part without a run, so that "report merge" finds
// a log for each part.
func (f *Flags) emptyLog() error {
	if f.logFile == "" {
		return nil
	}
	if err := output.WritePrivate(f.logFile, runlog.WriteNoRun); err != nil {
		return exit.NotWritten("run log %s: %s", f.logFile, fserror.Cause(err))
	}
	return nil
}

// A grid is a group of runs: collections times environments.
type grid struct {
	streams *term.Streams
	flags   *Flags
	jobs    []*Job
	opts    []runner.Options
	names   matrix.Names
	prewarm *sandbox.Prewarm

	loaded map[string]*collections.Collection // by source, so that each is read once
}

// manyRuns is the number of runs from which memory is collected earlier: when
// garbage is half of what is in use, or a quarter when a cluster's server is in
// this process as well.
const manyRuns = 1000

// expect makes room for the given number of runs.
func (m *grid) expect(runs int) {
	m.jobs, m.opts = make([]*Job, 0, runs), make([]runner.Options, 0, runs)
	if runs < manyRuns || m.streams.Getenv("GOGC") != "" {
		return
	}
	percent := 50
	if _, local, err := m.flags.cluster.Local(); local && err == nil {
		percent = 25
	}
	debug.SetGCPercent(percent)
}

// add loads one run.
func (m *grid) add(ctx context.Context, source, environment string, several bool) error {
	flags := *m.flags
	flags.Environment, flags.sourceFiles = environment, []string{source}
	flags.part = matrix.Shard{} // the shard selects among the runs, not within this one
	if err := flags.Check(); err != nil {
		return err
	}
	l := flags.Loader(m.streams)
	l.Seen = m.prewarm.Watch(ctx)
	col := m.loaded[source]
	if col == nil {
		var err error
		if col, err = l.Collection(ctx, source); err != nil {
			return err
		}
		m.loaded[source] = col
	}
	j := &Job{Streams: m.streams, Flags: &flags, Loader: l, Collection: col, engine: m.prewarm.Engine}
	m.jobs = append(m.jobs, j)
	opts, err := j.Options(ctx)
	if err != nil {
		return err
	}
	if len(m.opts) > 0 {
		// one limiter for all runs, because they may call the same host
		opts.Network.Limiter = m.opts[0].Network.Limiter
		opts.Scripts.Libraries = m.opts[0].Scripts.Libraries
	}
	opts.Output.Label = m.names.Add(runName(environment, opts, source, several))
	m.opts = append(m.opts, *opts)
	return nil
}

// runName returns the name of one run among several: its environment, its
// collection, or both.
func runName(environment string, o *runner.Options, source string, several bool) string {
	name := ""
	if environment != "" {
		name = cmp.Or(o.Environment.Name, strings.TrimSuffix(filepath.Base(environment), filepath.Ext(environment)))
	}
	if several {
		name = strings.TrimPrefix(name+" · "+cmp.Or(o.Collection.Name(), filepath.Base(source)), " · ")
	}
	return name
}

func (m *grid) close() {
	for _, j := range m.jobs {
		j.Close()
	}
}

// run carries out the runs and reports them in order.
func (m *grid) run(ctx context.Context) error {
	main := &Job{Streams: m.streams, Flags: m.flags, runs: m.jobs, again: func(run int) []string { return m.jobs[run].Flags.again() }}
	defer main.Close()
	shared := &runner.Options{Scripts: runner.Scripts{Libraries: m.opts[0].Scripts.Libraries}}
	exports := m.exports(time.Now())
	set, err := main.reporters(shared, m.names.List(), export.Targets(slices.Concat(exports...)))
	if err != nil {
		return err
	}
	defer set.Close()
	table := report.NewTable(report.TableOptions{Names: m.names.List(), NoUnicode: m.flags.Printing.NoUnicode,
		Color: m.streams.Color(m.flags.Printing.Color), Width: m.streams.Width})
	ctx, sig := stop.New(ctx)
	shared.Interrupt = sig.Interrupt
	defer sig.End()
	limit := int(m.flags.maxFailures)
	if m.flags.failFast {
		limit = 1
	}
	m.prewarm.Stop() // from here on each run opens its own files when its turn comes
	crew, err := m.flags.crew(ctx, m.streams, m.opts...)
	if err != nil {
		set.Drop()
		return err
	}
	defer crew.end(m.streams)
	mo := matrix.Options{Workers: max(1, int(m.flags.jobs)), Runs: len(m.opts), MaxFailures: limit,
		Reporters: append(shared.Output.Reporters, table), Spool: tempSpool}
	crew.apply(&mo, int(m.flags.jobs))
	var errs []error
	var worst error
	for i, out := range matrix.Run(ctx, m.each(shared), mo) {
		worst = worse(worst, m.verdict(i, out, sig))
		if out.Result != nil {
			m.keepMask(i, out.Result)
			errs = append(errs, export.Write(exports[i], out.Result))
		}
	}
	errs = append(errs, set.Finish())
	if !m.flags.Printing.Silent {
		_ = table.Print(m.streams.Out) // the reader has closed the pipe, so nothing is wrong
	}
	main.wrote(set.Written())
	if err := errors.Join(errs...); err != nil {
		return exit.NotWritten("%v", err)
	}
	return worst
}

// keepMask keeps the masker when a report needs it to print the run's
// collection. The maskers of many runs would take memory for nothing.
func (m *grid) keepMask(i int, res *runner.Result) {
	if slices.Contains(m.flags.reporterList(), "json") {
		m.jobs[i].mask = res.Mask
	}
}

// exports writes the exports of each run to files of its own.
func (m *grid) exports(at time.Time) [][]export.File {
	out := make([][]export.File, len(m.jobs))
	for i, name := range output.SafeNames(m.names.List()) {
		m.jobs[i].suffix = name
		out[i] = m.jobs[i].exports(at)
	}
	return out
}

// each yields the runs, all with the same interrupt. The log has each
// collection once, with the first run of it.
func (m *grid) each(shared *runner.Options) iter.Seq[runner.Options] {
	return func(yield func(runner.Options) bool) {
		printed := map[*collections.Collection]bool{}
		for _, o := range m.opts {
			o.Interrupt = shared.Interrupt
			if o.Output.Form = shared.Output.Form; printed[o.Collection] {
				o.Output.Form = runner.FormNames
			}
			printed[o.Collection] = true
			if !yield(o) {
				return
			}
		}
	}
}

func (m *grid) verdict(i int, out matrix.Outcome, sig *stop.Watch) error {
	if out.Result == nil {
		err := runError(out.Err)
		var e *exit.Error
		if errors.As(err, &e) {
			e.Text = m.names.List()[i] + ": " + e.Text
		}
		return err
	}
	return verdict(out.Result, out.Err, sig)
}

// worse returns the error that decides the exit code: an interrupt, then what
// could not run, then a failure.
func worse(a, b error) error {
	rank := func(err error) int {
		var e *exit.Error
		switch {
		case !errors.As(err, &e):
			return 0
		case e.Code > 128: // a signal ended the program
			return 3
		case e.Code == exit.NotRun:
			return 2
		}
		return 1
	}
	if rank(b) > rank(a) {
		return b
	}
	return a
}

// tempSpool opens a temporary file for the events of runs that wait to be
// reported.
func tempSpool() (matrix.Spool, error) { return runlog.Temp(), nil }
