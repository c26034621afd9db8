package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"postie/runner"
	"postie/runner/event"
	"postie/runner/report"
	"postie/runner/runlog"
)

// sinks are the reporters of a run and the files they write. A sink that
// fails is named at the end; the run and the other sinks go on.
type sinks struct {
	flags   *runFlags
	started time.Time
	spool   *runlog.Spool // nil when no report needs it
	log     *sink
	live    []*sink
	reports []rendering
	runs    []string // the names of several runs; nil for one

	byNumber func() (map[int]*runlog.Log, error) // the log by runs, parted once
}

// A rendering is a report made at the end.
type rendering struct {
	name, path string
	opts       report.Options
	render     renderer // nil for allure
	add        bool     // to what the file holds
}

// A sink keeps a reporter's first error, and what comes after it from it.
type sink struct {
	name string
	event.Reporter
	file *report.File // nil for standard output
	path string       // its name
	err  error
}

// Report implements event.Reporter.
func (s *sink) Report(e event.Event, sum *event.Summary) error {
	if s.err == nil {
		s.err = s.Reporter.Report(e, sum)
	}
	return nil
}

// done closes the sink and returns its error. A reader of standard output
// that went away is none: it has seen enough.
func (s *sink) done() error {
	if c, ok := s.Reporter.(io.Closer); ok && s.err == nil {
		s.err = c.Close()
	}
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
	for _, text := range j.flags.reporter.unknown() {
		fmt.Fprintln(j.streams.Err, "postie: warning: "+report.Safe(text))
	}
	s := &sinks{flags: j.flags, started: time.Now()}
	for _, name := range j.flags.reporterList() {
		if err := j.add(s, o, name); err != nil {
			s.drop()
			return nil, err
		}
	}
	if names := s.dominant(); len(names) > 1 {
		fmt.Fprintf(j.streams.Err, "postie: warning: the reporters %s print over each other\n", strings.Join(names, ", "))
	}
	if err := cmp.Or(s.clash(), s.startLog()); err != nil {
		s.drop()
		return nil, err
	}
	for _, k := range s.live {
		o.Output.Reporters = append(o.Output.Reporters, k)
	}
	if s.log != nil {
		o.Output.Reporters = append(o.Output.Reporters, s.log)
	}
	return s, nil
}

func (j *job) add(s *sinks, o *runner.Options, name string) error {
	opts := j.flags.reporterOptions(name)
	common, err := opts.report()
	if err != nil {
		return err
	}
	if name == "html" {
		v := &visualizer{libraries: func() runner.Libraries { return o.Scripts.Libraries }}
		j.closers = append(j.closers, v)
		common.Visualize = v.render
	}
	if kind := reporterOf(name); kind.print == nil {
		s.reports = append(s.reports, rendering{name: name, path: reportPath(name, opts["export"], s.started), opts: common, render: kind.render})
		return nil
	}
	if name == "github" {
		if path := j.streams.Getenv("GITHUB_STEP_SUMMARY"); path != "" {
			s.reports = append(s.reports, rendering{name: "markdown", path: path, opts: common, render: report.Markdown, add: true})
		}
	}
	if j.flags.silent || opts.on("silent") {
		return nil
	}
	k := &sink{name: name}
	out := j.streams.Out
	cli := j.cliOptions(opts)
	path := opts["export"]
	if name != "tap" && name != "ndjson" {
		path = j.flags.reporter[name]["export"] // what people watch goes to a file only by its own option
	}
	if path != "" {
		path = reportPath(name, path, s.started)
		if k.file, err = report.CreateFile(path); err != nil {
			return cannotRun("%s reporter: %s: %s", name, path, plainCause(err))
		}
		k.path = filepath.Clean(path)
		out, cli.Color, cli.Live, cli.Width = k.file, j.flags.color == "on", false, 0
	}
	k.Reporter = reporterOf(name).print(out, cli)
	s.live = append(s.live, k)
	return nil
}

// dominant are the reporters that want standard output for themselves.
func (s *sinks) dominant() []string {
	var out []string
	for _, k := range s.live {
		if k.file == nil && reporterOf(k.name).dominant {
			out = append(out, k.name)
		}
	}
	return out
}

// clash tells of two reports for one file.
func (s *sinks) clash() error {
	seen := map[string]string{}
	for _, r := range s.reports {
		path := filepath.Clean(r.path)
		if other, ok := seen[path]; ok {
			return sameFile(other, r.name, path)
		}
		seen[path] = r.name
	}
	for _, k := range s.live {
		if other, ok := seen[k.path]; ok && k.path != "" {
			return sameFile(other, k.name, k.path)
		}
		seen[k.path] = k.name
	}
	return nil
}

func sameFile(a, b, path string) error {
	return &exitError{code: exitUsage, text: fmt.Sprintf("reporters %s and %s would both write %s", a, b, path),
		hint: fmt.Sprintf("--reporter-%s-export PATH names a file of its own", b)}
}

// drop takes back what was opened for a run that does not come about.
func (s *sinks) drop() {
	for _, k := range s.live {
		if k.file != nil {
			k.file.Abort()
		}
	}
	if s.spool != nil {
		_ = s.spool.Close() // nothing is in it
	}
}

// startLog spools the run log if a report is made from it, or it is asked for.
func (s *sinks) startLog() (err error) {
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
	s.log = &sink{name: "run log", Reporter: s.spool.Writer}
	return nil
}

func (j *job) cliOptions(o reporterOptions) report.CLIOptions {
	f := j.flags
	return report.CLIOptions{
		Color:               j.streams.Color(f.color),
		NoUnicode:           f.noUnicode,
		Width:               j.streams.Width,
		Live:                j.streams.OutTTY && j.streams.Width > 0,
		Verbose:             f.verbose,
		Quiet:               f.quiet,
		OnlyFailures:        f.onlyFailures || o.on("only-failures"),
		Slow:                time.Duration(f.slow),
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
		s.byNumber = sync.OnceValues(s.spool.Log().Runs)
		errs = append(errs, s.writeAll())
	}
	return errors.Join(append(errs, s.spool.Close())...)
}

// writeAll makes the reports side by side: each reads the log for itself.
func (s *sinks) writeAll() error {
	errs := make([]error, len(s.reports))
	var all errgroup.Group
	all.SetLimit(runtime.GOMAXPROCS(0))
	for i, r := range s.reports {
		all.Go(func() error {
			errs[i] = s.write(r)
			return nil
		})
	}
	_ = all.Wait() // errs has them, in order
	return errors.Join(errs...)
}

// write makes a report; of several runs one each, but JUnit, which has a suite
// for each in one file, and HTML, which has a grid of them.
func (s *sinks) write(r rendering) error {
	log := s.spool.Log()
	if len(s.runs) < 2 || r.name == "html" || r.name == "junit" {
		return r.write(log)
	}
	byNumber, err := s.byNumber()
	if err != nil {
		return err
	}
	var errs []error
	for i, name := range s.runs {
		one := byNumber[i]
		if one == nil { // it was not begun
			one = runlog.New("", strings.NewReader(""), 0)
		}
		own := r
		own.path = beside(r.path, name)
		errs = append(errs, own.write(one))
	}
	return errors.Join(errs...)
}

func (r rendering) write(log report.Log) error {
	if err := r.try(log); err != nil {
		return fmt.Errorf("%s reporter: %s: %s", r.name, r.path, plainCause(err))
	}
	return nil
}

func (r rendering) try(log report.Log) error {
	if r.name == "allure" {
		return report.Allure(log, r.opts, func(name string) (io.WriteCloser, error) {
			return report.CreateFile(filepath.Join(r.path, name))
		})
	}
	if r.add {
		f, err := os.OpenFile(r.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			return err
		}
		return errors.Join(r.render(f, log, r.opts), f.Close())
	}
	f, err := report.CreateFile(r.path)
	if err != nil {
		return err
	}
	if err := r.render(f, log, r.opts); err != nil {
		f.Abort()
		return err
	}
	return f.Close()
}

// reportPath is where a report goes: where the user says, in the folder he
// names, or in postie/ under a name of its own.
func reportPath(name, path string, at time.Time) string {
	if name == "allure" {
		return first(path, "allure-results")
	}
	if path == "" || path == "true" { // the flag without a value
		path = "postie" + string(filepath.Separator)
	}
	info, err := os.Stat(path)
	if strings.HasSuffix(path, "/") || strings.HasSuffix(path, string(filepath.Separator)) || err == nil && info.IsDir() {
		stamp := strings.NewReplacer(":", "-", ".", "-", "T", "-", "Z", "-").Replace(at.UTC().Format("2006-01-02T15:04:05.000Z"))
		path = filepath.Join(path, fmt.Sprintf("postie-run-report-%s0.%s", stamp, reporterOf(name).ending))
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

// reporterSettings are the options a reporter may have, without
// --reporter-<name>-.
var reporterSettings = append([]string{"export", "bodies", "max-body", "attachments"}, reporterSwitches...)

// unknown finds options of no reporter, and those no reporter has. As in
// newman they are no error: reporters may be configured that are not in use.
func (f reporterFlags) unknown() []string {
	var out []string
	for name, opts := range f {
		for o := range opts {
			flag := reporterPrefix + strings.TrimPrefix(name+"-"+o, "-")
			switch {
			case name != "" && !slices.Contains(reporterNames(), name):
				out = append(out, fmt.Sprintf("%s is ignored: there is no reporter %q", flag, name))
			case !slices.Contains(reporterSettings, o):
				out = append(out, fmt.Sprintf("%s is ignored: the options are %s", flag, strings.Join(reporterSettings, ", ")))
			}
		}
	}
	slices.Sort(out)
	return out
}

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
	if dir := o["attachments"]; dir != "" {
		out.AttachTo = filepath.ToSlash(dir)
		out.Attach = func(name string) (io.WriteCloser, error) { return report.CreateFile(filepath.Join(dir, name)) }
	}
	return out, nil
}
