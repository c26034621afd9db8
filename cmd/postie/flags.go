package main

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/flags"
	"postie/cmd/internal/suggest"
	"postie/cmd/internal/values"
	"postie/runner/export"
	"postie/runner/matrix"
	"postie/runner/report"
)

// runFlags are the flags of run and demo, with newman's names and meanings.
type runFlags struct {
	environment, globals, data string
	iterations                 count
	folders                    []string
	filter                     flags.Filter
	envVars, globalVars        []string
	bail                       string
	delay, timeout             millis
	scripts                    flags.Scripts
	files                      flags.Files
	checks                     flags.Checks
	masking                    flags.Masking
	printing                   flags.Printing
	reporters                  string
	exports                    export.Options
	cookieJar                  string
	suppressExit               bool
	allowEmpty                 bool
	mock                       string
	network                    flags.Network
	sources                    flags.Sources
	vault                      flags.Vault
	retry                      flags.Retry
	apiKey                     string
	logFile                    string
	rate                       perSecond
	hostConcurrency            count
	environments               []string
	jobs, parallel             count
	maxFailures                count
	failFast                   bool
	cluster                    clusterFlags
	shard                      string
	watchMode                  bool

	reporter flags.Reporters // their options

	part        matrix.Shard             // what --shard says
	sourceFiles []string                 // of collections
	line        invocation               // what was typed
	only        func(iteration int) bool // nil: every one
}

func (f *runFlags) register(fs *pflag.FlagSet) {
	fs.SortFlags = false
	fs.StringArrayVarP(&f.environments, "environment", "e", nil, "environment `file` or URL; several, a glob or a folder make a run each")
	fs.StringVarP(&f.globals, "globals", "g", "", "globals `file` or URL")
	fs.StringVarP(&f.data, "iteration-data", "d", "", "CSV or JSON `file` with one row per iteration")
	fs.VarP(&f.iterations, "iteration-count", "n", "number of iterations (default: data rows, or 1)")
	fs.StringArrayVar(&f.folders, "folder", nil, "run only this folder or request: a `name`, id or A/B/C path; repeatable")
	f.filter.Register(fs)
	fs.StringArrayVar(&f.envVars, "env-var", nil, "set an environment variable, `key=value`; repeatable")
	f.sources.Register(fs)
	f.vault.Register(fs)
	fs.StringArrayVar(&f.globalVars, "global-var", nil, "set a global variable, `key=value`; repeatable")
	fs.StringVar(&f.bail, "bail", "", "stop at the first failure; `failure` and folder, newman's words, mean the same")
	fs.Lookup("bail").NoOptDefVal = "failure"
	fs.Var(&f.delay, "delay-request", "wait before each request (ms, or 1.5s)")
	fs.Var(&f.timeout, "timeout", "limit of the whole run (ms, or 5m)")
	fs.StringVarP(&f.reporters, "reporters", "r", "cli", "reporters, comma-separated: "+strings.Join(report.FormatNames(), ", "))
	fs.Bool("reporter-<name>-export", false, "`path` of a reporter's file; other options alike")
	fs.StringVar(&f.exports.Environment, "export-environment", "", "write the final environment to `path`")
	fs.StringVar(&f.exports.Globals, "export-globals", "", "write the final globals to `path`")
	fs.StringVar(&f.exports.Collection, "export-collection", "", "write the collection with its final variables to `path`")
	fs.BoolVar(&f.exports.Secrets, "export-secrets", false, "write secret values to exports")
	fs.StringVar(&f.cookieJar, "cookie-jar", "", "start with the cookies of this tough-cookie JSON `file`")
	fs.StringVar(&f.exports.CookieJar, "export-cookie-jar", "", "write the final cookies to `path`")
	fs.BoolVarP(&f.suppressExit, "suppress-exit-code", "x", false, "exit 0 even when the run failed")
	fs.BoolVar(&f.allowEmpty, "allow-empty", false, "a run without a request is not an error")
	fs.StringVar(&f.mock, "mock", "", "send the run to the simulated tenant (forgerock) or to the saved examples")
	f.retry.Register(fs)
	f.network.Register(fs)
	f.scripts.Register(fs)
	f.files.Register(fs)
	f.checks.Register(fs)
	f.masking.Register(fs)
	f.printing.Register(fs)
	fs.StringVar(&f.apiKey, "postman-api-key", "", "`key` for Postman API URLs and UIDs [$POSTIE_POSTMAN_API_KEY]")
	fs.VarP(&f.jobs, "jobs", "j", "with several environments or collections: runs at once")
	fs.Var(&f.parallel, "parallel", "iterations at once; each has its own variables, cookies and scripts")
	fs.BoolVar(&f.failFast, "fail-fast", false, "with several runs: start no more after the first failure")
	fs.Var(&f.maxFailures, "max-failures", "with several runs: start no more after `n` failures")
	fs.Var(&f.rate, "rate", "at most so many requests to a host: `10/s`, 600/m")
	fs.Var(&f.hostConcurrency, "host-concurrency", "at most `n` requests to a host at once")
	fs.StringVar(&f.logFile, "log", "", "keep the run log (NDJSON) at `path`")
}

// check validates what pflag cannot.
func (f *runFlags) check() error {
	if err := f.printing.Check(); err != nil {
		return err
	}
	for w := range strings.SplitSeq(f.bail, ",") {
		if !slices.Contains([]string{"", "folder", "failure", "true"}, w) {
			return exit.Usage("--bail=%s: want folder or failure", f.bail)
		}
	}
	if !slices.Contains([]string{"", "forgerock", "examples"}, f.mock) {
		return exit.Usage("--mock %s: want forgerock or examples", f.mock)
	}
	for _, name := range f.reporterList() {
		if !slices.Contains(report.FormatNames(), name) {
			return suggest.Reporter(name)
		}
	}
	return f.reporter.Check(f.reporterList())
}

func (f *runFlags) reporterList() []string {
	var out []string
	for name := range strings.SplitSeq(f.reporters, ",") {
		if name = strings.TrimSpace(name); name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// Short names of what flags hold.
type (
	count     = values.Count
	jumps     = values.Limit
	millis    = values.Millis
	perSecond = values.Rate
)
