package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"postie/runner"
	"postie/runner/report"
	"postie/runner/runlog"
)

// live are the reporters that print while the run goes on.
func live() []string { return []string{"cli"} }

// rendered are those made from the run log at the end, with the ending of
// their files.
func rendered() []string { return []string{"json", "junit"} }

func reporterNames() []string { return append(live(), rendered()...) }

// render returns the function that writes a report.
func render(name string) func(io.Writer, report.Log, report.Options) error {
	switch name {
	case "json":
		return report.JSON
	case "junit":
		return report.JUnit
	}
	return nil
}

// ending is the ending of a report's file.
func ending(name string) string {
	if name == "junit" {
		return "xml"
	}
	return name
}

// sinks are the reporters of a run and the files they write. A sink that
// fails is named at the end; the run and the other sinks go on.
type sinks struct {
	flags   *runFlags
	started time.Time
	spool   *runlog.Spool // nil when no report needs it
	log     *sink
	live    []*sink
	reports []string
}

// A sink keeps a reporter's first error, and what comes after it from it.
type sink struct {
	name string
	runner.Reporter
	file *report.File // nil for standard output
	err  error
}

// Report implements runner.Reporter.
func (s *sink) Report(e runner.Event, sum *runner.Summary) error {
	if s.err == nil {
		s.err = s.Reporter.Report(e, sum)
	}
	return nil
}

// done closes the sink's file and returns its error. A reader of standard
// output that went away is none: it has seen enough.
func (s *sink) done() error {
	err := s.err
	switch {
	case s.file == nil && errors.Is(err, syscall.EPIPE):
		return nil
	case s.file != nil && err != nil:
		s.file.Abort()
	case s.file != nil:
		err = s.file.Close()
	}
	if err != nil {
		return fmt.Errorf("%s reporter: %s", s.name, plainCause(err))
	}
	return nil
}

// reporters makes the sinks and adds them to the run.
func (j *job) reporters(o *runner.Options) (*sinks, error) {
	s := &sinks{flags: j.flags, started: time.Now()}
	for _, name := range j.flags.reporterList() {
		if render(name) != nil {
			s.reports = append(s.reports, name)
			continue
		}
		k, err := j.liveSink(name)
		if err != nil {
			return nil, err
		}
		if k != nil {
			s.live = append(s.live, k)
			o.Reporters = append(o.Reporters, k)
		}
	}
	if err := s.startLog(o); err != nil {
		return nil, err
	}
	return s, nil
}

// startLog spools the run log if a report is made from it, or it is asked for.
func (s *sinks) startLog(o *runner.Options) (err error) {
	switch {
	case s.flags.logFile != "":
		s.spool, err = runlog.Create(s.flags.logFile)
	case len(s.reports) > 0:
		s.spool, err = runlog.Temp()
	default:
		return nil
	}
	if err != nil {
		return cannotRun("run log %s: %s", s.flags.logFile, plainCause(err))
	}
	s.log = &sink{name: "run log", Reporter: s.spool}
	o.Reporters = append(o.Reporters, s.log)
	return nil
}

// liveSink makes a reporter that prints as the run goes; nil when it is to be
// silent.
func (j *job) liveSink(name string) (*sink, error) {
	opts := j.flags.reporterOptions(name)
	if j.flags.silent || opts.on("silent") {
		return nil, nil
	}
	return &sink{name: name, Reporter: report.NewCLI(j.streams.Out, j.cliOptions(opts))}, nil
}

func (j *job) cliOptions(o reporterOptions) report.CLIOptions {
	f := j.flags
	return report.CLIOptions{
		Color:               j.streams.Color(f.color),
		NoUnicode:           f.noUnicode,
		Width:               j.streams.Width,
		Live:                j.streams.OutTTY && j.streams.Width > 0,
		Verbose:             f.verbose,
		OnlyFailures:        o.on("only-failures"),
		NoBanner:            o.on("no-banner"),
		NoConsole:           o.on("no-console"),
		NoAssertions:        o.on("no-assertions"),
		NoSuccessAssertions: o.on("no-success-assertions"),
		NoSummary:           o.on("no-summary"),
		NoFailures:          o.on("no-failures"),
		Timestamps:          o.on("show-timestamps"),
	}
}

// finish writes the reports, each whole or not at all.
func (s *sinks) finish() error {
	var errs []error
	for _, k := range s.live {
		errs = append(errs, k.done())
	}
	if s.spool == nil {
		return errors.Join(errs...)
	}
	s.log.err = errors.Join(s.log.err, s.spool.Flush())
	errs = append(errs, s.log.done())
	if s.log.err == nil {
		for _, name := range s.reports {
			errs = append(errs, s.write(name))
		}
	}
	return errors.Join(append(errs, s.spool.Close())...)
}

func (s *sinks) write(name string) error {
	opts := s.flags.reporterOptions(name)
	path := s.path(name, opts)
	common, err := opts.report()
	if err != nil {
		return err
	}
	if err := writeReport(path, name, s.spool.Log(), common); err != nil {
		return fmt.Errorf("%s reporter: %s: %s", name, path, plainCause(err))
	}
	return nil
}

func writeReport(path, name string, log report.Log, o report.Options) error {
	f, err := report.CreateFile(path)
	if err != nil {
		return err
	}
	if err := render(name)(f, log, o); err != nil {
		f.Abort()
		return err
	}
	return f.Close()
}

// path is where a report goes: where the user says, in the folder he names,
// or in postie/ under a name of its own.
func (s *sinks) path(name string, o reporterOptions) string {
	path := o["export"]
	if path == "" {
		path = "postie" + string(filepath.Separator)
	}
	info, err := os.Stat(path)
	if strings.HasSuffix(path, "/") || strings.HasSuffix(path, string(filepath.Separator)) || err == nil && info.IsDir() {
		stamp := strings.NewReplacer(":", "-", ".", "-", "T", "-", "Z", "-").Replace(s.started.UTC().Format("2006-01-02T15:04:05.000Z"))
		path = filepath.Join(path, fmt.Sprintf("postie-run-report-%s0.%s", stamp, ending(name)))
	}
	return path
}

// reporterOptions are the --reporter-<name>-<option> flags of one reporter,
// and those given for all.
type reporterOptions map[string]string

func (f *runFlags) reporterOptions(name string) reporterOptions {
	out := reporterOptions{}
	for _, from := range []string{"", name} {
		for k, v := range f.reporter[from] {
			out[k] = v
		}
	}
	return out
}

func (o reporterOptions) on(name string) bool { return o[name] != "" && o[name] != "false" }

// report are the options all reports have.
func (o reporterOptions) report() (report.Options, error) {
	out := report.Options{OmitHeaders: o.on("omit-headers"), OnlyFailures: o.on("only-failures")}
	switch b := o["bodies"]; b {
	case "", "text":
	case "bytes", "none":
		out.Bodies = report.Bodies(b)
	default:
		return out, usageError("reporter option bodies: %q: want text, bytes or none", b)
	}
	if o.on("omit-bodies") {
		out.Bodies = report.BodiesNone
	}
	if n := o["max-body"]; n != "" {
		limit, err := strconv.Atoi(n)
		if err != nil || limit < 1 {
			return out, usageError("reporter option max-body: %q: want a number of bytes", n)
		}
		out.MaxBody = limit
	}
	return out, nil
}

// printable makes text safe for a terminal.
func printable(s string) string { return report.Safe(s) }
