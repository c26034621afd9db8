package job

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"postie/cmd/internal/exit"
	"postie/runner"
	"postie/runner/event"
	"postie/runner/report"
	"postie/runner/report/output"
	"postie/runner/script/sandbox"
	"postie/runner/script/visualize"
)

// reporters opens the outputs of a run, or of several runs that share their
// files, and adds their reporters. Other outputs are files that are written
// when the run has ended.
func (j *Job) reporters(o *runner.Options, runs []string, others []output.Target) (*output.Set, error) {
	opts := output.Options{Log: j.Flags.logFile, Runs: runs, Others: others, Reads: append(j.Flags.inputs(), j.Reads...)}
	started := time.Now()
	o.Output.Form = runner.FormNames
	if opts.Log != "" {
		o.Output.Form = runner.FormPrints
	}
	for _, name := range j.Flags.reporterList() {
		if err := j.add(&opts, o, name, started); err != nil {
			return nil, err
		}
		if format, _ := report.FormatOf(name); format.Log {
			o.Output.Form = runner.FormPrints
		}
	}
	set, err := output.Open(opts)
	if err != nil {
		return nil, outputError(err)
	}
	if names := onTerminal(&opts); len(names) > 1 {
		fmt.Fprintf(j.Streams.Err, "postie: warning: the reporters %s print over each other\n", strings.Join(names, ", "))
	}
	if j.Compare != nil {
		set.KeepLog()
	}
	o.Output.Reporters = append(o.Output.Reporters, set.Reporters()...)
	return set, nil
}

// add adds a reporter to the outputs.
func (j *Job) add(out *output.Options, o *runner.Options, name string, started time.Time) error {
	opts := j.Flags.Reporter.Of(name)
	common, err := reportOptions(opts)
	if err != nil {
		return err
	}
	format, _ := report.FormatOf(name) // check made sure that the reporter exists
	if format.Print == nil {
		common.Collection = j.printer
		if name == "html" {
			v := visualize.New(sandbox.New(), func() visualize.Libraries { return o.Scripts.Libraries })
			j.closers = append(j.closers, v)
			common.Visualize = v.Render
		}
		out.Reports = append(out.Reports, output.Rendered(format, output.Path(format, opts["export"], started), common))
		return nil
	}
	if path := j.Streams.Getenv("GITHUB_STEP_SUMMARY"); name == "github" && path != "" {
		summary, _ := report.FormatOf("markdown")
		r := output.Rendered(summary, path, common)
		r.Append = true
		out.Reports = append(out.Reports, r)
	}
	if !j.Flags.Printing.Silent && !opts.On("silent") {
		out.Live = append(out.Live, j.live(format, opts, started))
	}
	return nil
}

// printer returns the function that writes the collection of a run that has
// ended, because the log has it only when that is needed. It is nil when it is
// unknown which secrets to hide in it.
func (j *Job) printer(run int) func(io.Writer) error {
	ran := j
	if len(j.runs) > 0 {
		ran = j.runs[run]
	}
	if ran.mask == nil {
		return nil
	}
	return func(w io.Writer) error { return ran.Collection.WriteJSON(w, ran.mask.JSON) }
}

// live returns a reporter that prints while the run goes on. It writes to a
// file only when its own option names one.
func (j *Job) live(format report.Format, opts report.Settings, started time.Time) output.Live {
	cli := opts.CLI(j.cliOptions())
	path := opts["export"]
	if format.Name != "tap" && format.Name != "ndjson" {
		path = j.Flags.Reporter[format.Name]["export"]
	}
	if path != "" {
		path = output.Path(format, path, started)
		cli.Color, cli.Live, cli.Width = j.Flags.Printing.Color == "on", false, 0
	}
	return output.Live{Name: output.ReporterName(format), Path: path, Writer: j.Streams.Out,
		Open: func(w io.Writer) event.Reporter { return format.Print(w, cli) }}
}

// onTerminal returns the reporters that need standard output for themselves.
func onTerminal(o *output.Options) []string {
	var out []string
	for _, l := range o.Live {
		name := strings.TrimSuffix(l.Name, " reporter")
		if f, _ := report.FormatOf(name); l.Path == "" && f.Terminal {
			out = append(out, name)
		}
	}
	return out
}

// outputError converts the error of an output that cannot be opened.
func outputError(err error) error {
	var clash *output.Clash
	if errors.As(err, &clash) {
		e := &exit.Error{Code: exit.BadUsage, Text: clash.Error()}
		if name, ok := strings.CutSuffix(clash.B.Name, " reporter"); ok {
			e.Hint = fmt.Sprintf("--reporter-%s-export PATH names a file of its own", name)
		}
		return e
	}
	return exit.CannotRun("%v", err)
}

func (j *Job) cliOptions() report.CLIOptions {
	f := j.Flags
	again := j.again
	if again == nil {
		again = func(int) []string { return f.again() }
	}
	out := f.Printing.CLI(j.Streams)
	out.Again = again
	return out
}

// reportOptions returns the options that all reports have.
func reportOptions(settings report.Settings) (report.Options, error) {
	out, err := output.ReportOptions(settings)
	if err != nil {
		return out, exit.Usage("reporter option %v", err)
	}
	return out, nil
}
