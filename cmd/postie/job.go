package main

import (
	"cmp"
	"context"
	"crypto/x509"
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
	"postie/runner/criteria"
	"postie/runner/documents"
	"postie/runner/fserror"
	"postie/runner/mask"
	"postie/runner/matrix"
	"postie/runner/report"
	"postie/runner/report/output"
	"postie/runner/runlog"
	"postie/runner/script"
	"postie/runner/script/sandbox"
	"postie/runner/transport"
	"postie/runner/transport/clientcert"
	"postie/runner/transport/jar"
	"postie/runner/workdir"
)

// A job is one run, from flags to exit code.
type job struct {
	streams     *term.Streams
	flags       *runFlags
	loader      *loader.Loader
	collection  *collections.Collection
	engine      script.Engine           // nil: one of its own
	prepared    *runner.Options         // set by commands that bring their own documents
	environment *vars.Scope             // as loaded, for mocks
	pace        runner.Pace             // of a recorded run
	reads       []output.Target         // what the command reads besides the run's inputs
	suffix      string                  // of the files that are this run's own; "" when there is one run
	again       func(run int) []string  // the words that carry one of several runs out again; nil: the flags say
	compare     func(*runlog.Log) error // nil, or what is done with the log of a run that was carried out
	closers     []io.Closer
}

func (j *job) run(ctx context.Context) error {
	defer j.close()
	opts, err := j.options(ctx)
	if err != nil {
		return err
	}
	exports := j.exportList(time.Now())
	set, err := j.reporters(opts, nil, targets(exports))
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
	err = errors.Join(set.Finish(), writeExports(exports, res))
	j.wrote(set.Written())
	if err != nil {
		return &exit.Error{Code: exit.Failed, Text: err.Error()}
	}
	err = verdict(res, runErr, sig)
	if j.compare == nil || res.Interrupted {
		return err
	}
	return cmp.Or(err, j.compare(set.Log()))
}

// Of more reports than these the number is told.
const fewReports = 4

// wrote names the reports that were written, for people to open.
func (j *job) wrote(paths []string) {
	if j.flags.silent {
		return
	}
	more := 0
	if len(paths) > fewReports {
		paths, more = paths[:fewReports-1], len(paths)-fewReports+1
	}
	for _, p := range paths {
		fmt.Fprintln(j.streams.Err, "wrote "+report.Safe(p))
	}
	if more > 0 {
		fmt.Fprintf(j.streams.Err, "wrote %d more beside %s\n", more, report.Safe(filepath.Dir(paths[0])))
	}
}

// carryOut runs the iterations one after the other, or side by side.
func (j *job) carryOut(ctx context.Context, o *runner.Options) (*runner.Result, error) {
	if j.flags.parallel < 2 {
		return runner.Run(ctx, *o)
	}
	return matrix.Parallel(ctx, *o, matrix.Options{Workers: int(j.flags.parallel), Reporters: o.Output.Reporters, Spool: tempSpool})
}

func (j *job) close() {
	for i := len(j.closers) - 1; i >= 0; i-- {
		_ = j.closers[i].Close() // read-only files and listeners
	}
}

// verdict maps a result to the exit code.
func verdict(res *runner.Result, err error, sig *stop.Watch) error {
	switch {
	case res.Interrupted:
		return &exit.Error{Code: sig.Code()}
	case err != nil && (!res.Failed() || errors.As(err, new(*runlog.SpoolError))):
		return runError(err)
	case res.Failed():
		return &exit.Error{Code: exit.Failed}
	}
	return nil
}

func runError(err error) error {
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

// options turns flags and documents into a run.
func (j *job) options(ctx context.Context) (*runner.Options, error) {
	f := j.flags
	opts := &runner.Options{Documents: runner.Documents{Collection: j.collection}}
	if j.prepared != nil {
		*opts = *j.prepared
	}
	opts.Output.Version, opts.Select = version.Get(), f.folders
	opts.Iterations, opts.Bail = int(f.iterations), bailOf(f.bail)
	opts.Delay, opts.Timeout = time.Duration(f.delay), time.Duration(f.timeout)
	opts.Checks.Strict, opts.AllowEmpty = f.strict, f.allowEmpty
	opts.Network.UserAgent = cmp.Or(f.userAgent, j.streams.Getenv("POSTIE_USER_AGENT"))
	if opts.Scripts.Engine = j.engine; opts.Scripts.Engine == nil {
		opts.Scripts.Engine = sandbox.New()
	}
	opts.MaxJumps = int(f.maxJumps)
	opts.Scripts.Limits = script.Options{Timeout: time.Duration(f.timeoutScript), Isolate: f.isolate}
	opts.Scripts.CookieDomains = f.cookieDomains
	hidden, err := flags.Patterns("--mask-regex", f.maskRegex)
	if err != nil {
		return nil, err
	}
	opts.Output.Mask = mask.Options{Off: f.noMask, Names: f.mask, Patterns: hidden}
	if f.ignoreRedirects {
		follow := false
		opts.Network.FollowRedirects = &follow
	}
	for _, step := range []func(context.Context, *runner.Options) error{
		j.scopes, j.simulate, j.secrets, j.data, j.files, j.transport, j.libraries, j.asserts, j.gate,
	} {
		if err := step(ctx, opts); err != nil {
			return nil, err
		}
	}
	opts.Only, opts.Pace = f.only, j.pace
	if opts.Data != nil && opts.Data.Len() == 0 && opts.Iterations == 0 {
		opts.Only = func(int) bool { return false } // no row, no iteration
	}
	f.part.Apply(opts)
	if later := opts.Checks.RunWide(); opts.Checks.Defer && len(later) > 0 {
		j.noteLater(later)
	}
	if err := f.filter.Narrow(opts, f.part); err != nil {
		return nil, err
	}
	return opts, nil
}

// noteLater says who judges the bounds on a run of which this is a part.
func (j *job) noteLater(bounds []string) {
	how := "postie report merge, given the --log of each part, judges them"
	if j.flags.logFile == "" {
		how = "add --log, and postie report merge judges them when all parts are there; now nobody does"
	}
	fmt.Fprintf(j.streams.Err, "postie: note: %s: bounds of the whole run, of which this is %s; %s\n", strings.Join(bounds, ", "), j.flags.part, how)
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

// scopes loads the environment and globals and sets the variables given as
// flags.
func (j *job) scopes(ctx context.Context, o *runner.Options) (err error) {
	f := j.flags
	if f.environment != "" {
		if o.Environment, err = j.loader.Scope(ctx, f.environment, "environment"); err != nil {
			return err
		}
	}
	if f.globals != "" {
		if o.Globals, err = j.loader.Scope(ctx, f.globals, "globals"); err != nil {
			return err
		}
	}
	if o.Environment == nil {
		o.Environment = vars.NewScope("")
	}
	if err := f.sources.Fill(ctx, j.loader, o.Environment); err != nil {
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

func (j *job) secrets(ctx context.Context, o *runner.Options) error {
	return j.flags.vault.Fill(ctx, j.loader, o)
}

// asserts reads the checks that need no script.
func (j *job) asserts(_ context.Context, o *runner.Options) error {
	for _, s := range j.flags.asserts {
		a, err := criteria.ParseAssert(s)
		if err != nil {
			return exit.Usage("--assert %v", err)
		}
		o.Checks.Asserts = append(o.Checks.Asserts, a)
	}
	for _, s := range j.flags.extracts {
		e, err := criteria.ParseExtract(s)
		if err != nil {
			return exit.Usage("--extract %v", err)
		}
		o.Checks.Extracts = append(o.Checks.Extracts, e)
	}
	return nil
}

// gate reads the bounds on the run.
func (j *job) gate(_ context.Context, o *runner.Options) error {
	f, g := j.flags, &o.Checks
	if err := f.retry.Apply(&o.Retry); err != nil {
		return err
	}
	g.RequireTests, g.MaxDuration = f.requireTests, time.Duration(f.maxDuration)
	for _, text := range f.failOn {
		s, err := criteria.ParseStatus(text)
		if err != nil {
			return exit.Usage("--fail-on-status %v", err)
		}
		g.FailOn = append(g.FailOn, s)
	}
	for _, text := range f.thresholds {
		list, err := criteria.ParseThresholds(text)
		if err != nil {
			return exit.Usage("--threshold %v", err)
		}
		g.Thresholds = append(g.Thresholds, list...)
	}
	return nil
}

func (j *job) data(ctx context.Context, o *runner.Options) error {
	if j.flags.data == "" {
		return nil
	}
	d, c, err := j.loader.Data(ctx, j.flags.data)
	if err != nil {
		return err
	}
	o.Data = d
	j.closers = append(j.closers, c)
	if d.Len() == 0 && !o.AllowEmpty {
		return &exit.Error{Code: exit.NotRun, Text: fmt.Sprintf("iteration data %s: there is no row in it", documents.Shown(j.flags.data)),
			Hint: "--allow-empty accepts that"}
	}
	return nil
}

// files opens the working directory.
func (j *job) files(_ context.Context, o *runner.Options) error {
	current, err := os.Getwd()
	if err != nil {
		return exit.CannotRun("working directory: %v", err)
	}
	own, named := documents.Folder(o.Collection.File()), j.flags.workingDir
	if j.flags.insecureFiles {
		o.Files = workdir.Anywhere{cmp.Or(named, current), own}
		return nil
	}
	home, _ := os.UserHomeDir() // none is known, none is kept back
	opts, ok := workdir.Default(current, home, own)
	if named != "" {
		if named, err = filepath.Abs(named); err != nil {
			return exit.CannotRun("--working-dir %s: %v", named, err)
		}
		opts, ok = workdir.Options{Path: named, Hidden: true}, true
	}
	if !ok {
		o.Files = workdir.Closed{Why: workdir.HomeOnly}
		return nil
	}
	dir, err := workdir.Open(opts)
	if err != nil {
		return exit.CannotRun("working directory %s: %s", opts.Path, fserror.Cause(err))
	}
	o.Files = dir
	j.closers = append(j.closers, dir)
	return nil
}

func (j *job) transport(ctx context.Context, o *runner.Options) error {
	f := j.flags
	t := &o.Network.Options
	t.Timeout, t.Insecure = time.Duration(f.timeoutRequest), f.insecure
	proxy, err := f.network.Chosen(j.streams.Getenv)
	if err != nil {
		return err
	}
	t.Proxy = proxy
	size, err := transport.ParseSize(f.maxResponse)
	if err != nil {
		return exit.Usage("--max-response-size %v", err)
	}
	t.MaxResponseSize = size
	if f.rate > 0 || f.hostConcurrency > 0 {
		t.Limiter = transport.NewLimiter(float64(f.rate), int(f.hostConcurrency))
	}
	if err := f.network.Apply(t); err != nil {
		return err
	}
	if err := j.certificates(t); err != nil {
		return err
	}
	if err := j.cookies(t); err != nil {
		return err
	}
	return j.mock(ctx, t)
}

// certificates loads extra CAs and the client certificate.
func (j *job) certificates(t *transport.Options) error {
	f := j.flags
	if f.extraCA != "" {
		pem, err := os.ReadFile(f.extraCA)
		if err != nil {
			return exit.CannotRun("CA certificates %s: %s", f.extraCA, fserror.Cause(err))
		}
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(pem) {
			return exit.CannotRun("CA certificates %s: holds no PEM certificate", f.extraCA)
		}
		t.RootCAs = pool
	}
	return f.clientCerts(t)
}

// clientCerts are those of --ssl-client-cert-list, then --ssl-client-cert.
func (f *runFlags) clientCerts(t *transport.Options) error {
	var list []clientcert.Entry
	if f.certList != "" {
		src, err := os.ReadFile(f.certList)
		if err != nil {
			return exit.CannotRun("unable to read the ssl client certificates file %q: %s", f.certList, fserror.Cause(err))
		}
		if list, err = clientcert.ParseList(f.certList, src); err != nil {
			return exit.CannotRun("%v", err)
		}
	}
	if f.cert != "" {
		list = append(list, clientcert.Entry{Name: f.cert, Matches: []string{clientcert.AllURLs}, Cert: f.cert, Key: f.key, Passphrase: f.passphrase})
	}
	for _, e := range list {
		t.Certificates = append(t.Certificates, e.Load(os.ReadFile))
	}
	return nil
}

func (j *job) cookies(t *transport.Options) error {
	if j.flags.cookieJar == "" {
		return nil
	}
	src, err := os.ReadFile(j.flags.cookieJar)
	if err != nil {
		return exit.CannotRun("unable to read the cookie jar file %q: %s", j.flags.cookieJar, fserror.Cause(err))
	}
	if !json.Valid(src) {
		return exit.CannotRun("the file at %s does not contain valid JSON data.", j.flags.cookieJar)
	}
	t.Jar = jar.New()
	if err := t.Jar.UnmarshalJSON(src); err != nil {
		return exit.CannotRun("cookie jar %s: %v", j.flags.cookieJar, err)
	}
	return nil
}
