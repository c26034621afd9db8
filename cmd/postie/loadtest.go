package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
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

// loadFlags are those of load: what is run, as run has it, and how much of it.
type loadFlags struct {
	run *runFlags

	users, iterations, maxUsers count
	duration                    string
	stages, rateStages          []string
	profile, rate               string
	think, pace, warmup, grace  string
	setup, teardown             []string
	order                       string
	thresholds                  []string
	passIf                      []string
	abort                       string
	save, baseline              string
	outputs                     map[string]*string
	yes                         bool
}

// loadOutputs are the forms of a load's report.
func loadOutputs() []loadOutput {
	return []loadOutput{
		{"json", "the figures as JSON", func(w io.Writer, r *load.Report) error { return encodeReport(w, r) }},
		{"html", "a page with charts", load.HTML},
		{"junit", "a test case for each threshold, as JUnit XML", load.JUnit},
		{"csv", "the series, a row a second", load.CSV},
	}
}

type loadOutput struct {
	name, what string
	write      func(io.Writer, *load.Report) error
}

func encodeReport(w io.Writer, r *load.Report) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

func newLoad(s *term.Streams) *cobra.Command {
	f := &loadFlags{run: &runFlags{color: "auto"}, outputs: map[string]*string{}}
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
			f.run.noMask, _ = c.Flags().GetBool("no-mask")
			return f.carryOut(c.Context(), s, args[0], nil)
		},
	}
	f.register(cmd.Flags())
	cmd.AddCommand(newLoadCompare(s))
	return cmd
}

func (f *loadFlags) register(fs *pflag.FlagSet) {
	fs.SortFlags = false
	fs.Var(&f.users, "vus", "virtual users at work (default 1)")
	fs.StringVar(&f.duration, "duration", "", "how `long` the load lasts (30s, 2m; default 5s when nothing else says)")
	fs.Var(&f.iterations, "iterations", "end after so many iterations")
	fs.StringArrayVar(&f.stages, "stage", nil, "`time:users`, such as 30s:100 to get to 100 in 30 s, or 2m to stay for two minutes; repeatable")
	fs.StringVar(&f.profile, "profile", "", "Postman's load `profile` for --vus and --duration: "+strings.Join(load.ProfileNames, ", "))
	fs.StringVar(&f.rate, "rate", "", "iterations started a second, whatever the answers take: `200/s`")
	fs.StringArrayVar(&f.rateStages, "rate-stage", nil, "`time:rate`, such as 1m:500/s; repeatable")
	fs.Var(&f.maxUsers, "max-vus", "virtual users a rate may use (default 100); iterations that find none are dropped")
	fs.StringVar(&f.think, "think", "", "pause between requests: `1s..3s`")
	fs.StringVar(&f.pace, "pace", "", "an iteration takes at least this `time`")
	fs.StringVar(&f.warmup, "warmup", "", "do not count the first `time`")
	fs.StringVar(&f.grace, "grace", "10s", "iterations under way at the end may take this `time`")
	fs.StringArrayVar(&f.setup, "setup", nil, "run this `folder` once before; its variables reach every virtual user")
	fs.StringArrayVar(&f.teardown, "teardown", nil, "run this `folder` once after")
	fs.StringVar(&f.order, "data-order", "sequential", "`order` of data rows: sequential, random, or unique (each once, over all virtual users)")
	fs.StringArrayVar(&f.thresholds, "threshold", nil, "fail when the figures miss `'p95<500ms,failed<1%'`; also avg min med max errors checks rate dropped wait iterations requests, and {Login}.p99<1s; repeatable")
	fs.StringArrayVar(&f.passIf, "pass-if", nil, "the same in Postman's words: `'less_than(p95, 500)'`; repeatable")
	fs.StringVar(&f.abort, "abort-on-fail", "", "end the load when a threshold is missed, after this `time` at the earliest")
	fs.Lookup("abort-on-fail").NoOptDefVal = "10s"
	fs.StringVar(&f.save, "save", "", "write the figures with their histograms to `path`, for --baseline")
	fs.StringVar(&f.baseline, "baseline", "", "compare with the figures of `path`: 'p95<=110%' is a threshold then")
	for _, o := range loadOutputs() {
		f.outputs[o.name] = new(string)
		fs.StringVar(f.outputs[o.name], o.name, "", "write "+o.what+" to `path`; - is standard output")
	}
	fs.BoolVar(&f.yes, "yes", false, "do not ask before much load on a host that is not this machine")
	r := f.run
	fs.StringVarP(&r.environment, "environment", "e", "", "environment `file` or URL")
	fs.StringVarP(&r.globals, "globals", "g", "", "globals `file` or URL")
	fs.StringVarP(&r.data, "iteration-data", "d", "", "CSV or JSON `file` of data rows")
	fs.StringArrayVar(&r.folders, "folder", nil, "run only this folder or request: a `name`, id or A/B/C path; repeatable")
	fs.StringArrayVar(&r.envVars, "env-var", nil, "set an environment variable, `key=value`; repeatable")
	r.sources.Register(fs)
	r.vault.Register(fs)
	fs.StringArrayVar(&r.globalVars, "global-var", nil, "set a global variable, `key=value`; repeatable")
	fs.Var(&r.delay, "delay-request", "wait before each request (ms, or 1.5s)")
	fs.Var(&r.timeoutRequest, "timeout-request", "limit of a request, body included (ms, or 10s)")
	fs.Var(&r.timeoutScript, "timeout-script", "limit of a script (ms, or 10s; default 30s)")
	fs.BoolVarP(&r.insecure, "insecure", "k", false, "do not verify TLS certificates")
	fs.BoolVar(&r.ignoreRedirects, "ignore-redirects", false, "do not follow redirects")
	fs.StringVar(&r.cookieJar, "cookie-jar", "", "every virtual user starts with the cookies of this tough-cookie JSON `file`")
	fs.StringVar(&r.workingDir, "working-dir", "", "`folder` that body files are read from")
	fs.StringVar(&r.userAgent, "user-agent", "", "User-Agent of requests [$POSTIE_USER_AGENT] (default: postie/<version>)")
	fs.StringVar(&r.mock, "mock", "", "send the load to the simulated tenant (forgerock) or to the saved examples")
	r.network.Register(fs)
	fs.StringVar(&r.cert, "ssl-client-cert", "", "client certificate `file` (PEM or PKCS#12)")
	fs.StringVar(&r.key, "ssl-client-key", "", "its private key `file`")
	fs.StringVar(&r.passphrase, "ssl-client-passphrase", "", "passphrase of the key")
	fs.StringVar(&r.extraCA, "ssl-extra-ca-certs", "", "trusted CA certificates besides the system's (PEM `file`)")
	fs.StringArrayVar(&r.mask, "mask", nil, "hide the values of this variable, header or key `name` too; repeatable")
	fs.StringVar(&r.maxResponse, "max-response-size", "50MB", "largest response body, decoded")
	fs.StringVar(&r.packageDir, "package-dir", "", "`folder` of packages of your own for require() and pm.require()")
	fs.StringArrayVar(&r.asserts, "assert", nil, "check every response: `'status == 200'`; repeatable")
	fs.StringVar(&r.color, "color", "auto", "colour: auto, on or off")
	fs.BoolVar(&r.silent, "silent", false, "print nothing but errors")
}

// carryOut puts the load on and reports it. The prepared options are those of
// commands that bring their own documents; nil for none.
func (f *loadFlags) carryOut(ctx context.Context, s *term.Streams, source string, prepared *runner.Options) error {
	o, err := f.options()
	if err != nil {
		return err
	}
	l := runLoader(s, f.run)
	j := &job{streams: s, flags: f.run, loader: l, prepared: prepared}
	defer j.close()
	if prepared != nil {
		j.collection = prepared.Collection
	} else if j.collection, err = l.Collection(ctx, source); err != nil {
		return err
	}
	run, err := j.options(ctx)
	if err != nil {
		return err
	}
	o.Run = *run
	if err := f.allowed(s, run, o); err != nil {
		return err
	}
	files, err := f.files()
	if err != nil {
		return err
	}
	ctx, sig := stop.New(ctx)
	run.Interrupt = sig.Interrupt
	defer sig.End()
	o.Interrupt = run.Interrupt
	view := liveview.New(s, f.run.silent)
	o.Observe = view.Show
	rep, err := load.Run(ctx, *o)
	view.End()
	if err != nil {
		return loadError(err)
	}
	return f.report(s, rep, files, sig)
}

// report prints and writes the figures, and judges them.
func (f *loadFlags) report(s *term.Streams, rep *load.Report, files []output.Target, sig *stop.Watch) error {
	if !f.run.silent && !f.standardOutput() {
		if err := load.Text(s.Out, rep); err != nil {
			return exit.CannotRun("%v", err)
		}
	}
	for _, o := range loadOutputs() {
		if err := writeLoad(s, *f.outputs[o.name], func(w io.Writer) error { return o.write(w, rep) }); err != nil {
			return &exit.Error{Code: exit.Failed, Text: o.name + ": " + err.Error()}
		}
	}
	if err := writeLoad(s, f.save, func(w io.Writer) error { return encodeReport(w, rep) }); err != nil {
		return &exit.Error{Code: exit.Failed, Text: "--save: " + err.Error()}
	}
	_ = files
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

// standardOutput reports whether a form of the report goes there.
func (f *loadFlags) standardOutput() bool {
	for _, path := range f.outputs {
		if *path == "-" {
			return true
		}
	}
	return false
}

// files are what is written, once each; a clash is wrong usage before anything
// is opened.
func (f *loadFlags) files() ([]output.Target, error) {
	var out []output.Target
	add := func(name, path string) {
		if path != "" && path != "-" {
			out = append(out, output.Target{Name: name, Path: path})
		}
	}
	for _, o := range loadOutputs() {
		add("--"+o.name, *f.outputs[o.name])
	}
	add("--save", f.save)
	if err := output.Check(out, nil); err != nil {
		return nil, exit.Usage("%v", err)
	}
	return out, nil
}

func writeLoad(s *term.Streams, path string, write func(io.Writer) error) error {
	switch path {
	case "":
		return nil
	case "-":
		return write(s.Out)
	}
	w, err := output.Create(path)
	if err != nil {
		return err
	}
	if err := write(w); err != nil {
		w.Abort()
		return err
	}
	return w.Close()
}

func loadError(err error) error {
	return exit.CannotRun("load: %v", err)
}

// options are the flags that say how much load there is and what it is judged
// by.
func (f *loadFlags) options() (*load.Options, error) {
	o := &load.Options{Setup: f.setup, Teardown: f.teardown}
	var err error
	if o.Schedule, err = f.schedule(); err != nil {
		return nil, err
	}
	if o.Order, err = load.ParseOrder(f.order); err != nil {
		return nil, exit.Usage("--data-order %v", err)
	}
	for _, d := range []struct {
		flag, text string
		to         *time.Duration
	}{{"--pace", f.pace, &o.Pace}, {"--warmup", f.warmup, &o.Warmup}, {"--grace", f.grace, &o.Grace}, {"--abort-on-fail", f.abort, &o.AbortAfter}} {
		if d.text == "" {
			continue
		}
		if *d.to, err = load.ParseDuration(d.text); err != nil {
			return nil, exit.Usage("%s %v", d.flag, err)
		}
	}
	o.Abort = f.abort != ""
	if f.think != "" {
		if o.Think, err = load.ParseSpan(f.think); err != nil {
			return nil, exit.Usage("--think %v", err)
		}
	}
	return o, f.bounds(o)
}

// bounds reads thresholds and what they are compared with.
func (f *loadFlags) bounds(o *load.Options) error {
	for _, text := range f.thresholds {
		list, err := load.ParseThresholds(text)
		if err != nil {
			return exit.Usage("--threshold %v", err)
		}
		o.Thresholds = append(o.Thresholds, list...)
	}
	for _, text := range f.passIf {
		t, err := load.ParsePassIf(text)
		if err != nil {
			return exit.Usage("--pass-if %v", err)
		}
		o.Thresholds = append(o.Thresholds, t)
	}
	if f.baseline == "" {
		return nil
	}
	var err error
	o.Baseline, err = readLoad(f.baseline)
	return err
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

// schedule reads the model. Nothing said is one virtual user for five seconds.
func (f *loadFlags) schedule() (load.Schedule, error) {
	s := load.Schedule{Iterations: int(f.iterations)}
	d := 5 * time.Second
	if f.duration != "" {
		var err error
		if d, err = load.ParseDuration(f.duration); err != nil {
			return s, exit.Usage("--duration %v", err)
		}
	} else if s.Iterations > 0 {
		d = 0
	}
	users := float64(max(1, int(f.users)))
	open := f.rate != "" || len(f.rateStages) > 0
	closed := f.users > 0 || len(f.stages) > 0 || f.profile != ""
	switch {
	case open && closed:
		return s, exit.Usage("load: --rate starts iterations at a rate, --vus, --stage and --profile keep virtual users at work: give one of them; --max-vus bounds the users of a rate")
	case open:
		return f.openSchedule(s, d)
	case len(f.stages) > 0 && (f.duration != "" || f.profile != ""):
		return s, exit.Usage("load: --stage says how long the load lasts; --duration and --profile are without it")
	case len(f.stages) > 0:
		s.Users = []load.Stage{{Target: float64(f.users)}}
		for _, text := range f.stages {
			st, err := load.ParseStage(text)
			if err != nil {
				return s, exit.Usage("--stage %v", err)
			}
			s.Users = append(s.Users, st)
		}
		return s, nil
	case f.profile != "":
		var err error
		if s.Users, err = load.Profile(f.profile, users, d); err != nil {
			return s, exit.Usage("--profile %v", err)
		}
		return s, nil
	}
	s.Users = load.Fixed(users, d)
	return s, nil
}

func (f *loadFlags) openSchedule(s load.Schedule, d time.Duration) (load.Schedule, error) {
	if s.MaxUsers = int(f.maxUsers); s.MaxUsers == 0 {
		s.MaxUsers = 100
	}
	rate := 0.0
	if f.rate != "" {
		var err error
		if rate, err = load.ParseRate(f.rate); err != nil || rate == 0 {
			return s, exit.Usage("--rate %q: want a rate such as 200/s or 600/m", f.rate)
		}
	}
	if len(f.rateStages) == 0 {
		if d == 0 {
			d = 24 * time.Hour // the iterations end it
		}
		s.Rate = load.Fixed(rate, d)
		return s, nil
	}
	s.Rate = []load.Stage{{Target: rate}}
	for _, text := range f.rateStages {
		st, err := load.ParseStage(text)
		if err != nil {
			return s, exit.Usage("--rate-stage %v", err)
		}
		s.Rate = append(s.Rate, st)
	}
	return s, nil
}

// Much load on somebody else's host is said or asked for first.
const (
	muchUsers = 50
	muchRate  = 200
)

// allowed asks before much load on a host that is not this machine: load hurts
// others. Without a terminal it says where the load goes.
func (f *loadFlags) allowed(s *term.Streams, run *runner.Options, o *load.Options) error {
	most := o.Schedule.Most()
	if f.run.mock != "" || f.yes || !(o.Schedule.Open() && most > muchRate || !o.Schedule.Open() && most > muchUsers) {
		return nil
	}
	hosts := foreignHosts(run)
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

// foreignHosts are the hosts of the collection's requests that are not this
// machine, as far as variables say.
func foreignHosts(run *runner.Options) []string {
	plan, err := runner.NewPlan(run.Collection, run.Select...)
	if err != nil {
		return nil
	}
	var out []string
	seen := map[string]bool{}
	for _, text := range plan.URLs(run) {
		u, err := url.Parse(text)
		if err != nil || u.Hostname() == "" || seen[u.Hostname()] {
			continue
		}
		seen[u.Hostname()] = true
		if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
			continue
		}
		out = append(out, u.Hostname())
	}
	return out
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

// demoLoad shows a load on the embedded tenant, in ten seconds.
func demoLoad(ctx context.Context, s *term.Streams) error {
	col, err := collections.Parse("session-management.postman_collection.json", forgerock.Collection())
	if err != nil {
		return exit.CannotRun("%v", err)
	}
	f := &loadFlags{run: &runFlags{}, outputs: map[string]*string{}}
	fs := pflag.NewFlagSet("load", pflag.ContinueOnError)
	f.register(fs)
	if err := fs.Parse([]string{"--mock", "forgerock", "--vus", "10", "--duration", "8s", "--threshold", "p95<500ms,failed<1%"}); err != nil {
		return exit.Usage("%v", err)
	}
	return f.carryOut(ctx, s, "", &runner.Options{Documents: runner.Documents{Collection: col}})
}
