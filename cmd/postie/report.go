package main

import (
	"cmp"
	"errors"
	"io"
	"time"

	"github.com/spf13/cobra"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/flags"
	"postie/cmd/internal/job"
	"postie/cmd/internal/term"
	"postie/runner/event"
	"postie/runner/fserror"
	"postie/runner/report"
	"postie/runner/report/output"
	"postie/runner/runlog"
	"postie/runner/script/packages"
	"postie/runner/script/sandbox"
	"postie/runner/script/visualize"
)

// reportFlags say which reports are made of run logs.
type reportFlags struct {
	paths   map[string]*string // file names by reporter; "-" is standard output
	merged  string
	color   string
	verbose bool
	only    bool
	logs    flags.Logs

	reporter flags.Reporters
}

func newReport(s *term.Streams, reporter flags.Reporters) *cobra.Command {
	f := &reportFlags{paths: map[string]*string{}, reporter: reporter}
	cmd := &cobra.Command{
		Use:   "report <log> [log…]",
		Short: "Make reports from run logs",
		Long: `Make reports from the logs that run --log keeps. Several logs make one report,
as shards of one run; the thresholds and the longest duration that the shards
were given are judged on all of them together, and fail with exit code 1.
Without a format the run is printed as run prints it.

The figures that load --save and load --json write make html, junit, csv and
json again.

A log that is not whole, as an aborted process leaves it, is reported up to
there, and the command fails, but with --partial; so it does when the log of one
of the shards is missing.`,
		Example: `  postie report run.ndjson
  postie report run.ndjson --json report.json --junit report.xml
  postie report saved-load.json --html load.html
  postie report shard1.ndjson shard2.ndjson --junit all.xml --log all.ndjson`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &exit.Error{Code: exit.BadUsage, Text: "report: no run log given", Hint: "postie run collection.json --log run.ndjson keeps one"}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return f.run(s, args, false) },
	}
	f.register(cmd)
	merge := &cobra.Command{Use: "merge <log> <log> [log…]", Short: "Make one report of several run logs", Args: cmd.Args,
		RunE: func(_ *cobra.Command, args []string) error { return f.run(s, args, true) }}
	f.register(merge)
	cmd.AddCommand(merge)
	return cmd
}

func (f *reportFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.SortFlags = false
	for _, name := range report.FormatNames() {
		if f.paths[name] == nil {
			f.paths[name] = new(string)
		}
		fs.StringVar(f.paths[name], name, "", "write the "+name+" report to `path`; - is standard output")
		if name == "allure" {
			fs.Lookup(name).Usage = "write Allure results to the folder `path`"
		}
	}
	f.logs.Register(fs)
	fs.StringVar(&f.merged, "log", "", "write the events of all logs to `path`")
	fs.StringVar(&f.color, "color", "auto", "colour: auto, on or off")
	fs.BoolVar(&f.verbose, "verbose", false, "print headers, bodies and timings")
	fs.BoolVar(&f.only, "only-failures", false, "leave out requests in which nothing failed")
}

func (f *reportFlags) run(s *term.Streams, names []string, merge bool) error {
	if *f.paths["allure"] == "-" {
		return exit.Usage("report: the allure report is a folder, which standard output cannot hold")
	}
	if err := f.reporter.Check(f.chosen()); err != nil {
		return err
	}
	if err := f.clash(names); err != nil {
		return err
	}
	if isLoad(names[0]) {
		if len(names) > 1 {
			return exit.Usage("report: %s is a saved load, of which reports are made one by one; postie load compare shows two side by side", names[0])
		}
		return reportLoad(s, names[0], f.paths)
	}
	var logs []report.Log
	var lacks, unread error
	empty := 0
	for _, name := range names {
		log, c, err := runlog.Open(name)
		if err != nil {
			return exit.CannotRun("run log %s: %s", name, fserror.Cause(err))
		}
		defer c.Close()
		logs = append(logs, log)
		whole := log.Whole()
		if errors.Is(whole, runlog.ErrEmpty) {
			if empty++; empty == len(names) {
				return flags.LogError(whole)
			}
		}
		var lack *runlog.Incomplete
		switch {
		case errors.Is(whole, runlog.ErrNoRun): // of a shard that had nothing to do
		case errors.Is(whole, runlog.ErrEmpty) && f.logs.Partial:
		case errors.Is(whole, runlog.ErrEmpty):
			lacks = cmp.Or(lacks, flags.LogError(whole))
		case errors.As(whole, &lack):
			lacks = cmp.Or(lacks, f.lacks(lack))
		case whole != nil:
			unread = whole // the reports say where
		}
	}
	log := report.Merge(logs...)
	var missed *event.Failure
	if len(logs) > 1 || merge { // the logs are parts of one run, so its bounds can be judged now
		var err error
		lacks = cmp.Or(lacks, f.lacksShard(logs))
		if log, missed, err = report.Judge(log); err != nil {
			return exit.CannotRun("%v", err)
		}
	}
	if err := f.write(s, log); err != nil && unread != nil {
		return exit.CannotRun("%v", err)
	} else if err != nil {
		return exit.NotWritten("%w", err)
	}
	if missed != nil {
		return cmp.Or(lacks, error(&exit.Error{Code: exit.Failed, Text: missed.Message}))
	}
	return lacks
}

// write makes the requested reports, or prints the terminal's when there are
// none.
func (f *reportFlags) write(s *term.Streams, log report.Log) error {
	var errs []error
	for _, name := range f.chosen() {
		errs = append(errs, f.make(s, name, log))
	}
	if f.merged != "" {
		errs = append(errs, f.merge(log))
	}
	if len(errs) == 0 {
		return report.Replay(log, f.printer(s, "cli", s.Out))
	}
	return errors.Join(errs...)
}

// chosen returns the requested reporters.
func (f *reportFlags) chosen() []string {
	var out []string
	for _, name := range report.FormatNames() {
		if *f.paths[name] != "" {
			out = append(out, name)
		}
	}
	return out
}

// clash returns an error when two reports have the same path, or when a report
// would overwrite a log.
func (f *reportFlags) clash(names []string) error {
	var writes, reads []output.Target
	for _, name := range f.chosen() {
		if format, _ := report.FormatOf(name); *f.paths[name] != "-" {
			writes = append(writes, output.Target{Name: output.ReporterName(format), Path: output.Path(format, *f.paths[name], time.Now())})
		}
	}
	writes = append(writes, output.Target{Name: "run log", Path: f.merged})
	for _, name := range names {
		reads = append(reads, output.Target{Name: "run log", Path: name})
	}
	if err := output.Check(writes, reads); err != nil {
		return exit.Usage("report: %v", err)
	}
	return nil
}

// lacks returns the error for a log that is incomplete. Its reports are made,
// but it must not pass as the log of a whole run. A run that ended early is
// reported as such.
func (f *reportFlags) lacks(lacks *runlog.Incomplete) error {
	if lacks.Early || f.logs.Partial {
		return nil
	}
	return flags.LogError(lacks)
}

// lacksShard returns the error for logs that are not from all shards of a run.
func (f *reportFlags) lacksShard(logs []report.Log) error {
	missing, err := report.MissingParts(logs...)
	if err != nil || missing == "" || f.logs.Partial {
		return nil // an unreadable log is reported when the reports are made
	}
	return &exit.Error{Code: exit.Failed, Text: "the logs are not of all shards of the run: " + missing + " is missing", Hint: "--partial goes on with what there is"}
}

func (f *reportFlags) printer(s *term.Streams, name string, w io.Writer) event.Reporter {
	o := report.CLIOptions{Verbose: f.verbose, OnlyFailures: f.only, Color: f.color == "on"}
	if w == s.Out {
		o.Color, o.Width = s.Color(f.color), s.Width
	}
	format, _ := report.FormatOf(name) // a shard of which there is a log
	return format.Print(w, o)
}

// make writes one report.
func (f *reportFlags) make(s *term.Streams, name string, log report.Log) error {
	opts, err := output.ReportOptions(f.reporter.Of(name))
	if err != nil {
		return exit.Usage("reporter option %v", err)
	}
	opts.OnlyFailures = opts.OnlyFailures || f.only
	v := visualize.New(sandbox.New(), func() visualize.Libraries { return packages.NewStore(job.PackageOptions(s)) })
	defer v.Close()
	opts.Visualize = v.Render
	path := *f.paths[name]
	format, _ := report.FormatOf(name)
	if format.Print != nil {
		format.Render = func(w io.Writer, log report.Log, _ report.Options) error {
			return report.Replay(log, f.printer(s, name, w))
		}
	}
	if path == "-" && format.Render != nil {
		return format.Render(s.Out, log, opts)
	}
	return output.Rendered(format, output.Path(format, path, time.Now()), opts).Make(log)
}

func (f *reportFlags) merge(log report.Log) error {
	all := output.Report{Name: "run log", Path: f.merged,
		Render: func(w io.Writer, log report.Log) error { return report.Replay(log, runlog.NewWriter(w)) }}
	return all.Make(log)
}
