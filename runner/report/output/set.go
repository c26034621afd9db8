package output

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"

	"golang.org/x/sync/errgroup"

	"postie/runner/event"
	"postie/runner/fserror"
	"postie/runner/report"
	"postie/runner/runlog"
)

// Options are the outputs of a run, or of several runs with one set of files.
type Options struct {
	Log     string   // path of the run log; "" for none
	Live    []Live   // what prints while the run goes on
	Reports []Report // what is made at the end, from the log
	Runs    []string // the names of several runs; nil for one
	Others  []Target // what others write when the run has ended
	Reads   []Target // what no log and no report may overwrite
}

// A Live is a reporter that prints while the run goes on: to a file, or to
// Writer when Path is "".
type Live struct {
	Name   string
	Path   string
	Writer io.Writer
	Open   func(io.Writer) event.Reporter
}

// A Report is made from the log when the run has ended. Several runs have a file
// each, named after them, unless AllRuns is set. One of Render and Folder is set.
type Report struct {
	Name    string
	Path    string
	AllRuns bool
	Append  bool // to what the file holds
	Render  func(io.Writer, report.Log) error
	Folder  func(log report.Log, create func(name string) (io.WriteCloser, error)) error
}

// An Error says which output could not be opened or written. Path is "" for
// standard output.
type Error struct {
	Name, Path string
	Err        error
}

// Error implements error.
func (e *Error) Error() string {
	if e.Path == "" {
		return e.Name + ": " + fserror.Cause(e.Err)
	}
	return e.Name + ": " + e.Path + ": " + fserror.Cause(e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// A Set is the open outputs of a run. An output that fails is named by Finish;
// the run and the other outputs go on.
type Set struct {
	opts  Options
	live  []*sink
	spool *runlog.Spool // nil when nobody needs a log
	noLog error         // why the log that was asked for could not be opened

	written []string // reports that were made, and files that reporters printed to

	byNumber func() (map[int]*runlog.Log, error) // the log by runs, parted once
}

// Open checks the outputs and opens those that are written from the start. The
// only error is a *Clash, before anything is opened: an output that cannot be
// opened is named by Finish, as one that cannot be written is.
func Open(o Options) (*Set, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	s := &Set{opts: o}
	for _, l := range o.Live {
		k := &sink{name: l.Name, path: l.Path}
		out := l.Writer
		if l.Path != "" {
			f, err := Create(l.Path)
			if err != nil {
				k.err = err
				s.live = append(s.live, k)
				continue
			}
			k.file, out = f, f
		}
		k.Reporter = l.Open(out)
		s.live = append(s.live, k)
	}
	if s.noLog = s.openLog(); s.noLog != nil {
		s.spool = runlog.Temp() // for the reports
	}
	return s, nil
}

const logName = "run log"

// check finds two outputs of one path, and outputs that would overwrite what
// the run reads. What others write may replace a document of its own kind: an
// environment is often exported over itself.
func (o *Options) check() error {
	var targets []Target
	for _, l := range o.Live {
		targets = append(targets, Target{l.Name, l.Path})
	}
	for _, r := range o.Reports {
		for _, path := range o.paths(r) {
			targets = append(targets, Target{r.Name, path})
		}
	}
	targets = append(targets, Target{logName, o.Log})
	if err := Check(targets, o.Reads); err != nil {
		return err
	}
	for _, t := range o.Others {
		if err := Check([]Target{t}, o.readsBeside(t)); err != nil {
			return err
		}
	}
	return Check(append(targets, o.Others...), nil)
}

// readsBeside are the files that are read, without those of the kind that an
// export writes.
func (o *Options) readsBeside(export Target) []Target {
	var out []Target
	for _, t := range o.Reads {
		if t.Name+" export" != export.Name {
			out = append(out, t)
		}
	}
	return out
}

// paths are the files of a report: of several runs one each, but for a format
// that holds them all.
func (o *Options) paths(r Report) []string {
	if len(o.Runs) < 2 || r.AllRuns {
		return []string{r.Path}
	}
	var out []string
	for _, name := range SafeNames(o.Runs) {
		out = append(out, Beside(r.Path, name))
	}
	return out
}

// openLog starts the run log if a report is made from it, or it is asked for.
func (s *Set) openLog() error {
	switch {
	case s.opts.Log == "":
		if len(s.opts.Reports) > 0 {
			s.spool = runlog.Temp()
		}
	case isSpecial(s.opts.Log):
		f, err := os.OpenFile(s.opts.Log, os.O_WRONLY|os.O_APPEND, 0)
		if err != nil {
			return err
		}
		s.spool = runlog.Stream(s.opts.Log, f)
	default:
		spool, err := runlog.Create(s.opts.Log)
		if err != nil {
			return err
		}
		s.spool = spool
	}
	return nil
}

// KeepLog starts a temporary log if there is none, so that Log has one.
func (s *Set) KeepLog() {
	if s.spool == nil {
		s.spool = runlog.Temp()
	}
}

// Reporters are to be given to the run.
func (s *Set) Reporters() []event.Reporter {
	var out []event.Reporter
	for _, k := range s.live {
		out = append(out, k)
	}
	if s.spool != nil {
		out = append(out, &sink{name: logName, Reporter: s.spool}) // its errors are the spool's
	}
	return out
}

// Log is the log of the run so far, nil for none; it can be read until Close.
func (s *Set) Log() *runlog.Log {
	if s.spool == nil {
		return nil
	}
	return s.spool.Log()
}

// Drop takes back what was opened for a run that does not come about.
func (s *Set) Drop() {
	for _, k := range s.live {
		if k.file != nil {
			k.file.Abort()
		}
	}
	_ = s.Close() // nothing is in it
}

// Finish ends the reporters and makes the reports, each whole or not at all. The
// errors are *Error and *runlog.SpoolError, joined.
func (s *Set) Finish() error {
	var errs []error
	for _, k := range s.live {
		err := k.done()
		if err == nil && k.file != nil {
			s.written = append(s.written, k.path)
		}
		errs = append(errs, err)
	}
	if s.spool == nil {
		return errors.Join(errs...)
	}
	flushErr := s.spool.Flush()
	if err := s.spool.Err(); err != nil {
		errs = append(errs, err)
	} else if flushErr != nil {
		errs = append(errs, &Error{Name: logName, Path: s.opts.Log, Err: flushErr})
	}
	if s.noLog != nil {
		errs = append(errs, &Error{Name: logName, Path: s.opts.Log, Err: s.noLog})
	}
	s.byNumber = sync.OnceValues(s.spool.Log().Runs)
	return errors.Join(append(errs, s.makeReports())...)
}

// Written are the paths of the reports that Finish has made, without those that
// went to a device or were added to a file.
func (s *Set) Written() []string {
	return slices.DeleteFunc(slices.Clone(s.written), isSpecial)
}

// Close ends the log.
func (s *Set) Close() error {
	if s.spool == nil {
		return nil
	}
	spool := s.spool
	s.spool = nil
	return spool.Close()
}

// makeReports makes the reports side by side: each reads the log for itself.
func (s *Set) makeReports() error {
	errs := make([]error, len(s.opts.Reports))
	written := make([][]string, len(s.opts.Reports))
	var all errgroup.Group
	all.SetLimit(runtime.GOMAXPROCS(0))
	for i, r := range s.opts.Reports {
		all.Go(func() error {
			written[i], errs[i] = s.makeReport(r)
			return nil
		})
	}
	_ = all.Wait() // errs has them, in order
	for i, r := range s.opts.Reports {
		if errs[i] == nil && !r.Append {
			s.written = append(s.written, written[i]...)
		}
	}
	return errors.Join(errs...)
}

// makeReport returns the paths it wrote. A run that was not begun, because an
// earlier one failed, has no report, and a file of the same run from before is
// removed: it would be taken for the report of this one.
func (s *Set) makeReport(r Report) ([]string, error) {
	paths := s.opts.paths(r)
	if len(paths) == 1 {
		return paths, r.Make(s.spool.Log())
	}
	byNumber, err := s.byNumber()
	if err != nil {
		return nil, &Error{Name: r.Name, Path: r.Path, Err: err}
	}
	var written []string
	var errs []error
	for i, path := range paths {
		one := r
		one.Path = path
		log, begun := byNumber[i]
		if !begun {
			errs = append(errs, one.remove())
			continue
		}
		written = append(written, path)
		errs = append(errs, one.Make(log))
	}
	return written, errors.Join(errs...)
}

// Make makes the report of a log. Errors are *Error.
func (r Report) Make(log report.Log) error {
	if err := r.write(log); err != nil {
		return &Error{Name: r.Name, Path: r.Path, Err: err}
	}
	return nil
}

func (r Report) write(log report.Log) error {
	if r.Folder != nil {
		return r.Folder(log, func(name string) (io.WriteCloser, error) { return Create(filepath.Join(r.Path, name)) })
	}
	if r.Append {
		f, err := os.OpenFile(r.Path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
		if err != nil {
			return err
		}
		return errors.Join(r.Render(f, log), f.Close())
	}
	return Write(r.Path, func(w io.Writer) error { return r.Render(w, log) })
}

// remove removes the file that Make would write. What a reporter adds to, or
// writes to a folder or a device, stays. Errors are *Error.
func (r Report) remove() error {
	if r.Append || r.Folder != nil {
		return nil
	}
	path, err := filepath.EvalSymlinks(r.Path)
	if err != nil {
		return nil // nothing is there
	}
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	if err := os.Remove(path); err != nil {
		return &Error{Name: r.Name, Path: r.Path, Err: err}
	}
	return nil
}

// A sink keeps a reporter's first error, and what comes after it from it.
type sink struct {
	event.Reporter
	name, path string
	file       *File // nil for a writer that is open
	err        error
}

// Report implements event.Reporter.
func (s *sink) Report(e event.Event, sum *event.Summary) error {
	if s.err == nil {
		s.err = s.Reporter.Report(e, sum)
	}
	return nil
}

// done closes the sink and returns its error. A reader of standard output that
// went away is none, nor is a terminal: they have seen enough.
func (s *sink) done() error {
	if c, ok := s.Reporter.(io.Closer); ok && s.err == nil {
		s.err = c.Close()
	}
	err := s.err
	switch {
	case s.path == "" && (errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.EIO)):
		return nil
	case s.file != nil && err != nil:
		s.file.Abort()
	case s.file != nil:
		err = s.file.Close()
	}
	if err != nil {
		return &Error{Name: s.name, Path: s.path, Err: err}
	}
	return nil
}
