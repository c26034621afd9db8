// Package job carries out the runs of a command line: from the flags of run and
// similar commands to reports and the exit code.
package job

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/flags"
	"postie/cmd/internal/loader"
	"postie/cmd/internal/stop"
	"postie/cmd/internal/term"
	"postie/cmd/internal/version"
	"postie/collections"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/cluster"
	"postie/runner/documents"
	"postie/runner/export"
	"postie/runner/fserror"
	"postie/runner/mask"
	"postie/runner/matrix"
	"postie/runner/report"
	"postie/runner/report/output"
	"postie/runner/runlog"
	"postie/runner/script"
	"postie/runner/script/sandbox"
	"postie/runner/transport"
	"postie/runner/transport/jar"
)

// A Job is one run, from flags to exit code.
type Job struct {
	Streams    *term.Streams
	Flags      *Flags
	Loader     *loader.Loader
	Collection *collections.Collection
	Prepared   *runner.Options         // set by commands that bring their own documents
	Pace       runner.Pace             // from a recorded run
	Reads      []output.Target         // files that the command reads besides the inputs of the run
	Compare    func(*runlog.Log) error // called with the log of a run that was carried out; may be nil

	engine      script.Engine          // nil: the job makes its own
	environment *vars.Scope            // as loaded, for mocks
	mask        *mask.Masker           // set when the run has ended
	runs        []*Job                 // the runs that this job reports together; nil for a single run
	suffix      string                 // the suffix of files that belong to this run alone; "" for a single run
	again       func(run int) []string // the arguments that carry this run of several out again; nil: they follow from the flags
	closers     []io.Closer
}

// Run carries out the run, reports it, and returns how the program ends: nil
// when all passed, otherwise an *exit.Error.
func (j *Job) Run(ctx context.Context) error {
	defer j.Close()
	opts, err := j.Options(ctx)
	if err != nil {
		return err
	}
	exports := j.exports(time.Now())
	set, err := j.reporters(opts, nil, export.Targets(exports))
	if err != nil {
		return err
	}
	defer set.Close()
	ctx, sig := stop.New(ctx)
	opts.Interrupt = sig.Interrupt
	defer sig.End()
	res, runErr := j.carryOut(ctx, opts)
	if res == nil {
		set.Drop()
		return runError(runErr)
	}
	j.mask = res.Mask
	err = errors.Join(set.Finish(), export.Write(exports, res))
	j.wrote(set.Written())
	if err != nil {
		return exit.NotWritten("%v", err)
	}
	err = verdict(res, runErr, sig)
	if j.Compare == nil || res.Interrupted {
		return err
	}
	return cmp.Or(err, j.Compare(set.Log()))
}

// fewReports is the largest number of reports that are named; of more, only the
// number is printed.
const fewReports = 4

// wrote prints the names of the reports that were written, so that people can
// open them.
func (j *Job) wrote(paths []string) {
	if j.Flags.Printing.Silent {
		return
	}
	more := 0
	if len(paths) > fewReports {
		paths, more = paths[:fewReports-1], len(paths)-fewReports+1
	}
	for _, p := range paths {
		fmt.Fprintln(j.Streams.Err, "wrote "+report.Safe(p))
	}
	if more > 0 {
		fmt.Fprintf(j.Streams.Err, "wrote %d more beside %s\n", more, report.Safe(filepath.Dir(paths[0])))
	}
}

// exports returns the files that the --export flags request for a run that
// starts at the given time.
func (j *Job) exports(at time.Time) []export.File {
	o := j.Flags.exports
	o.Secrets = o.Secrets || j.Flags.Masking.Off
	o.Using, o.Suffix = "postie/"+version.Get(), j.suffix
	return o.Files(j.Collection, at)
}

// carryOut runs the iterations one after the other, or in parallel.
func (j *Job) carryOut(ctx context.Context, o *runner.Options) (*runner.Result, error) {
	crew, err := j.Flags.crew(ctx, j.Streams, *o)
	if err != nil {
		return nil, err
	}
	defer crew.end(j.Streams)
	switch {
	case j.Flags.Parallel < 2 && crew != nil:
		return crew.dispatcher.Carry(ctx, 0, *o)
	case j.Flags.Parallel < 2:
		return runner.Run(ctx, *o)
	}
	mo := matrix.Options{Workers: int(j.Flags.Parallel), Reporters: o.Output.Reporters, Spool: tempSpool}
	if crew.apply(&mo, int(j.Flags.Parallel)); crew != nil {
		mo.Chunk = chunkOf(o.IterationCount(), mo.Workers)
	}
	return matrix.Parallel(ctx, *o, mo)
}

// Close closes the files and listeners that the run used.
func (j *Job) Close() {
	for i := len(j.closers) - 1; i >= 0; i-- {
		_ = j.closers[i].Close() // errors do not matter: these are read-only files and listeners
	}
}

// verdict converts a result to the error that ends the program.
func verdict(res *runner.Result, err error, sig *stop.Watch) error {
	switch {
	case res.Interrupted:
		return &exit.Error{Code: sig.Code()}
	case err != nil && (!res.Failed() || errors.As(err, new(*runlog.SpoolError)) || errors.As(err, new(*cluster.Fault))):
		return runError(err)
	case res.Failed():
		return &exit.Error{Code: exit.Failed}
	}
	return nil
}

func runError(err error) error {
	if problem := new(exit.Error); errors.As(err, &problem) {
		return err
	}
	var full *runlog.SpoolError
	if errors.As(err, &full) { // the run went on without its temporary file
		return &exit.Error{Code: exit.Failed, Text: err.Error()}
	}
	if errors.Is(err, runner.ErrNoRequests) {
		return &exit.Error{Code: exit.NotRun, Text: "no request was run: the collection, or what --folder selects, sends none",
			Hint: "--allow-empty accepts that"}
	}
	return exit.CannotRun("%v", err)
}

// Options makes the options of a run from flags and documents.
func (j *Job) Options(ctx context.Context) (*runner.Options, error) {
	f := j.Flags
	opts := &runner.Options{Documents: runner.Documents{Collection: j.Collection}}
	if j.Prepared != nil {
		*opts = *j.Prepared
	}
	opts.Output.Version, opts.Select = version.Get(), f.Folders
	opts.Iterations, opts.Bail = int(f.Iterations), bailOf(f.bail)
	opts.Delay, opts.Timeout = time.Duration(f.delay), time.Duration(f.timeout)
	opts.AllowEmpty = f.allowEmpty
	if opts.Scripts.Engine = j.engine; opts.Scripts.Engine == nil {
		opts.Scripts.Engine = sandbox.New()
	}
	f.scripts.Apply(opts)
	var err error
	if opts.Output.Mask, err = f.Masking.Options(); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context, *runner.Options) error{
		j.scopes, j.simulate, j.secrets, j.data, j.files, j.transport, j.libraries, j.checks,
	} {
		if err := step(ctx, opts); err != nil {
			return nil, err
		}
	}
	opts.Only, opts.Pace = f.Only, j.Pace
	if opts.Data != nil && opts.Data.Len() == 0 && opts.Iterations == 0 {
		opts.Only = func(int) bool { return false } // without rows there are no iterations
	}
	f.part.Apply(opts)
	opts.Output.Part = f.partText
	if later := opts.Checks.RunWide(); opts.Checks.Defer && len(later) > 0 {
		j.noteLater(later)
	}
	if err := f.filter.Narrow(opts, f.part); err != nil {
		return nil, err
	}
	return opts, nil
}

// noteLater prints which command judges the run-wide bounds when this run is
// only a part.
func (j *Job) noteLater(bounds []string) {
	how := "postie report merge, given the --log of each part, judges them"
	if j.Flags.logFile == "" {
		how = "add --log, and postie report merge judges them when all parts are there; now nobody does"
	}
	fmt.Fprintf(j.Streams.Err, "postie: note: %s: bounds of the whole run, of which this is %s; %s\n", strings.Join(bounds, ", "), j.Flags.part, how)
}

func bailOf(s string) runner.Bail {
	switch {
	case s == "":
		return runner.BailNever
	case s == "folder":
		return runner.BailFolder
	}
	return runner.BailFailure
}

// scopes loads the environment and the globals, and sets the variables that
// were given as flags.
func (j *Job) scopes(ctx context.Context, o *runner.Options) (err error) {
	f := j.Flags
	if f.Environment != "" {
		if o.Environment, err = j.Loader.Scope(ctx, f.Environment, "environment"); err != nil {
			return err
		}
	}
	if f.Globals != "" {
		if o.Globals, err = j.Loader.Scope(ctx, f.Globals, "globals"); err != nil {
			return err
		}
	}
	if o.Environment == nil {
		o.Environment = vars.NewScope("")
	}
	if err := f.sources.Fill(ctx, j.Loader, o.Environment); err != nil {
		return err
	}
	if o.Environment, err = flags.SetPairs(o.Environment, "--env-var", f.envVars); err != nil {
		return err
	}
	if o.Globals, err = flags.SetPairs(o.Globals, "--global-var", f.globalVars); err != nil {
		return err
	}
	j.environment = o.Environment
	return nil
}

func (j *Job) secrets(ctx context.Context, o *runner.Options) error {
	return j.Flags.vault.Fill(ctx, j.Loader, o)
}

// checks reads the flags that say what passes and when requests are sent again.
func (j *Job) checks(_ context.Context, o *runner.Options) error {
	return cmp.Or(j.Flags.retry.Apply(&o.Retry), j.Flags.checks.Apply(&o.Checks))
}

func (j *Job) data(ctx context.Context, o *runner.Options) error {
	if j.Flags.Data == "" {
		return nil
	}
	d, c, err := j.Loader.Data(ctx, j.Flags.Data)
	if err != nil {
		return err
	}
	o.Data = d
	j.closers = append(j.closers, c)
	if d.Len() == 0 && !o.AllowEmpty {
		return &exit.Error{Code: exit.NotRun, Text: fmt.Sprintf("iteration data %s: there is no row in it", documents.Shown(j.Flags.Data)),
			Hint: "--allow-empty accepts that"}
	}
	return nil
}

// files opens the working directory.
func (j *Job) files(_ context.Context, o *runner.Options) error {
	files, c, err := j.Flags.files.Open(o.Collection.File())
	if c != nil {
		j.closers = append(j.closers, c)
	}
	o.Files = files
	return err
}

func (j *Job) transport(ctx context.Context, o *runner.Options) error {
	f, t := j.Flags, &o.Network.Options
	if err := f.network.Apply(&o.Network, j.Streams.Getenv); err != nil {
		return err
	}
	if f.rate > 0 || f.hostConcurrency > 0 {
		t.Limiter = transport.NewLimiter(float64(f.rate), int(f.hostConcurrency))
	}
	if err := j.cookies(t); err != nil {
		return err
	}
	return j.mock(ctx, t)
}

func (j *Job) cookies(t *transport.Options) error {
	if j.Flags.cookieJar == "" {
		return nil
	}
	src, err := os.ReadFile(j.Flags.cookieJar)
	if err != nil {
		return exit.CannotRun("unable to read the cookie jar file %q: %s", j.Flags.cookieJar, fserror.Cause(err))
	}
	if !json.Valid(src) {
		return exit.CannotRun("the file at %s does not contain valid JSON data.", j.Flags.cookieJar)
	}
	t.Jar = jar.New()
	if err := t.Jar.UnmarshalJSON(src); err != nil {
		return exit.CannotRun("cookie jar %s: %v", j.Flags.cookieJar, err)
	}
	return nil
}
