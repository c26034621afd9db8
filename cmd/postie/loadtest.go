package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/flags"
	"postie/cmd/internal/job"
	"postie/cmd/internal/liveview"
	"postie/cmd/internal/stop"
	"postie/cmd/internal/term"
	"postie/collections"
	"postie/collections/forgerock"
	"postie/runner"
	"postie/runner/fserror"
	"postie/runner/load"
	"postie/runner/report/output"
)

// loadFlags are the flags of load: what is run, as for run, and how much of it.
type loadFlags struct {
	run     *job.Flags
	load    flags.Load
	monitor flags.Monitor
	save    string
	outputs map[string]*string // file names by format; "-" is standard output
	yes     bool
}

func newLoad(s *term.Streams) *cobra.Command {
	f := &loadFlags{run: &job.Flags{}, outputs: map[string]*string{}}
	cmd := &cobra.Command{
		Use:   "load <collection>",
		Short: "Put load on what a collection talks to",
		Long: `Run a collection as many virtual users do, with its scripts, auth, cookies and data,
and report figures in place of logs.

A closed model has virtual users who wait for their answers (--vus, --stage,
--profile); an open model starts iterations at a rate, whatever the answers take
(--rate, --rate-stage). Thresholds make the exit code 1 when they are missed.`,
		Example: `  postie load checkout.json --vus 50 --threshold 'p95<500ms,failed<1%'
  postie load checkout.json --stage 30s:100 --stage 2m --stage 10s:0
  postie load checkout.json --rate 200/s --max-vus 400 --save now.json
  postie load checkout.json --baseline last.json --threshold 'p95<=110%'
  postie load session-management.json --mock forgerock --vus 20 --duration 30s`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &exit.Error{Code: exit.BadUsage, Text: "load: want one collection", Hint: "postie load collection.json --vus 10 --duration 30s"}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			f.run.Begin(c, args)
			return f.carryOut(c.Context(), s, args[0], nil)
		},
	}
	f.register(cmd.Flags())
	cmd.AddCommand(newLoadCompare(s))
	return cmd
}

func (f *loadFlags) register(fs *pflag.FlagSet) {
	fs.SortFlags = false
	f.load.Register(fs)
	fs.StringVar(&f.save, "save", "", "write the figures with their histograms to `path`, for --baseline")
	for _, o := range load.Formats() {
		f.outputs[o.Name] = new(string)
		fs.StringVar(f.outputs[o.Name], o.Name, "", "write "+o.What+" to `path`; - is standard output")
	}
	f.monitor.Register(fs)
	fs.BoolVar(&f.yes, "yes", false, "do not ask before much load on a host that is not this machine")
	f.run.RegisterForLoad(fs)
}

// carryOut runs the load and reports it. prepared holds the options of a
// command that brings its own documents; it is nil for all others.
func (f *loadFlags) carryOut(ctx context.Context, s *term.Streams, source string, prepared *runner.Options) error {
	if err := f.run.Check(); err != nil {
		return err
	}
	o, err := f.load.Options()
	if err != nil {
		return err
	}
	if f.load.Baseline != "" {
		if o.Baseline, err = readLoad(f.load.Baseline); err != nil {
			return err
		}
	}
	l := f.run.Loader(s)
	j := &job.Job{Streams: s, Flags: f.run, Loader: l, Prepared: prepared}
	defer j.Close()
	if prepared != nil {
		j.Collection = prepared.Collection
	} else if j.Collection, err = l.Collection(ctx, source); err != nil {
		return err
	}
	run, err := j.Options(ctx)
	if err != nil {
		return err
	}
	o.Run = *run
	if err := f.allowed(s, run, o); err != nil {
		return err
	}
	if err := f.clash(); err != nil {
		return err
	}
	if o.Watch, err = f.monitor.Open(s.Getenv("OTEL_EXPORTER_OTLP_HEADERS")); err != nil {
		return err
	}
	defer f.monitor.Close()
	ctx, sig := stop.Within(ctx, max(o.Grace, 0)+time.Second)
	defer sig.End()
	o.Run.Interrupt, o.Interrupt = sig.Interrupt, sig.Interrupt
	view := liveview.New(s, f.run.Printing.Silent)
	o.Observe = view.Show
	rep, err := f.run.PutLoad(ctx, s, o)
	view.End()
	switch {
	case rep == nil && errors.Is(err, context.Canceled):
		return &exit.Error{Code: sig.Code(), Text: "load: interrupted before it began; nothing was counted"}
	case rep == nil:
		return loadProblem(err)
	}
	rep.Warnings = append(rep.Warnings, f.monitor.Close()...)
	if reported := f.report(s, rep, sig); err == nil {
		return reported
	}
	return loadProblem(err) // the figures up to the error are reported already
}

func loadProblem(err error) error {
	if problem := new(exit.Error); errors.As(err, &problem) {
		return err
	}
	if errors.As(err, new(*load.OptionError)) {
		return exit.Usage("load: %v", err)
	}
	return exit.CannotRun("load: %v", err)
}

// report prints and writes the figures, and compares them with the thresholds.
func (f *loadFlags) report(s *term.Streams, rep *load.Report, sig *stop.Watch) error {
	if !f.run.Printing.Silent && !f.standardOutput() {
		_ = load.Text(s.Out, rep) // run reports what standard output cannot take, and the files are written all the same
	}
	var broken []error
	for _, o := range load.Formats() { // a report that cannot be written does not prevent the others
		if err := writeLoad(s, *f.outputs[o.Name], func(w io.Writer) error { return o.Write(w, rep) }); err != nil {
			broken = append(broken, fmt.Errorf("%s: %w", o.Name, err))
		}
	}
	if err := writeLoad(s, f.save, func(w io.Writer) error { return load.JSON(w, rep) }); err != nil {
		broken = append(broken, fmt.Errorf("--save: %w", err))
	}
	if err := errors.Join(broken...); err != nil {
		return exit.NotWritten("%w", err)
	}
	switch {
	case rep.Interrupted:
		return &exit.Error{Code: sig.Code()}
	case rep.Failed():
		return &exit.Error{Code: exit.Failed}
	case rep.Total.Count == 0:
		return &exit.Error{Code: exit.NotRun, Text: "no request was counted", Hint: "a longer --duration, or a shorter --warmup"}
	}
	return nil
}

// standardOutput reports whether one of the reports goes to standard output.
func (f *loadFlags) standardOutput() bool {
	for _, path := range f.outputs {
		if *path == "-" {
			return true
		}
	}
	return false
}

// clash returns an error when two files have the same path, before any of them
// is opened.
func (f *loadFlags) clash() error {
	out := []output.Target{{Name: "--save", Path: f.save}}
	for _, o := range load.Formats() {
		if path := *f.outputs[o.Name]; path != "-" {
			out = append(out, output.Target{Name: "--" + o.Name, Path: path})
		}
	}
	if err := output.Check(out, nil); err != nil {
		return exit.Usage("%v", err)
	}
	return nil
}

func writeLoad(s *term.Streams, path string, write func(io.Writer) error) error {
	switch path {
	case "":
		return nil
	case "-":
		_ = write(s.Out) // run reports what standard output cannot take
		return nil
	}
	return output.Write(path, write)
}

func readLoad(path string) (*load.Report, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, exit.CannotRun("%s: %s", path, fserror.Cause(err))
	}
	r, err := load.ParseReport(src)
	if err != nil {
		return nil, exit.CannotRun("%s: %v", path, err)
	}
	return r, nil
}

// Above these figures, load on a host that is not this machine is announced, or
// asks for permission.
const (
	muchUsers = 50
	muchRate  = 200
)

// allowed asks before it puts heavy load on a host that is not this machine,
// because load harms other users. Without a terminal it only prints where the
// load goes.
func (f *loadFlags) allowed(s *term.Streams, run *runner.Options, o *load.Options) error {
	most := o.Schedule.Most()
	if f.run.Mock != "" || f.yes || !(o.Schedule.Open() && most > muchRate || !o.Schedule.Open() && most > muchUsers) {
		return nil
	}
	hosts := load.ForeignHosts(run)
	if len(hosts) == 0 {
		return nil
	}
	what := fmt.Sprintf("%s on %s", o.Schedule, strings.Join(hosts, ", "))
	if !s.IsTerminal() {
		fmt.Fprintf(s.Err, "postie: note: the load is %s\n", what)
		return nil
	}
	return &exit.Error{Code: exit.BadUsage, Text: "load: that is " + what, Hint: "--yes says that whoever runs it agrees"}
}

// isLoad reports whether a file is a saved load. A file that cannot be read is
// not.
func isLoad(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	return load.IsReport(f)
}

// reportLoad makes reports of a saved load, as load itself does. When no report
// is requested it prints the figures.
func reportLoad(s *term.Streams, name string, paths map[string]*string) error {
	rep, err := readLoad(name)
	if err != nil {
		return err
	}
	made := false
	for format, path := range paths {
		if *path == "" {
			continue
		}
		i := slices.IndexFunc(load.Formats(), func(o load.Format) bool { return o.Name == format })
		if i < 0 {
			return exit.Usage("report: %s is a saved load, which has no %s report: json, html, junit and csv are those there are", name, format)
		}
		made = true
		if err := writeLoad(s, *path, func(w io.Writer) error { return load.Formats()[i].Write(w, rep) }); err != nil {
			return exit.NotWritten("%s: %w", format, err)
		}
	}
	if made {
		return nil
	}
	return load.Text(s.Out, rep)
}

func newLoadCompare(s *term.Streams) *cobra.Command {
	return &cobra.Command{
		Use:     "compare <before> <after>",
		Short:   "Print the figures of two loads side by side",
		Example: "  postie load compare last.json now.json",
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			before, err := readLoad(args[0])
			if err != nil {
				return err
			}
			after, err := readLoad(args[1])
			if err != nil {
				return err
			}
			return load.Compare(s.Out, before, after)
		},
	}
}

// demoLoad runs a load of ten seconds on the embedded tenant. Its thresholds are
// none of time: the tenant is as fast as this machine.
func demoLoad(ctx context.Context, s *term.Streams) error {
	col, err := collections.Parse("session-management.postman_collection.json", forgerock.Collection())
	if err != nil {
		return exit.CannotRun("%v", err)
	}
	f := &loadFlags{run: &job.Flags{}, outputs: map[string]*string{}}
	fs := pflag.NewFlagSet("load", pflag.ContinueOnError)
	f.register(fs)
	if err := fs.Parse([]string{"--mock", "forgerock", "--vus", "10", "--duration", "8s", "--threshold", "failed<1%,checks>99%"}); err != nil {
		return exit.Usage("%v", err)
	}
	return f.carryOut(ctx, s, "", &runner.Options{Documents: runner.Documents{Collection: col}})
}
