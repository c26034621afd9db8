package job

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/flags"
	"postie/cmd/internal/suggest"
	"postie/cmd/internal/values"
	"postie/runner/export"
	"postie/runner/matrix"
	"postie/runner/report"
)

// Flags are the flags of run and demo, with newman's names and meanings.
type Flags struct {
	Environment, Globals, Data string
	Environments               []string // each is a run of its own
	Iterations                 values.Count
	Folders                    []string
	Only                       func(iteration int) bool // nil: every one
	Parallel                   values.Count
	Masking                    flags.Masking
	Printing                   flags.Printing
	Reporter                   flags.Reporters // their options
	Mock                       string

	filter              flags.Filter
	envVars, globalVars []string
	bail                string
	delay, timeout      values.Millis
	scripts             flags.Scripts
	files               flags.Files
	checks              flags.Checks
	reporters           string
	exports             export.Options
	cookieJar           string
	suppressExit        bool
	allowEmpty          bool
	network             flags.Network
	sources             flags.Sources
	vault               flags.Vault
	retry               flags.Retry
	apiKey              string
	logFile             string
	rate                values.Rate
	hostConcurrency     values.Count
	jobs                values.Count
	maxFailures         values.Count
	failFast            bool
	cluster             clusterFlags

	shard       string
	part        matrix.Shard // what --shard says
	partText    string       // the same, also of runs that the shard has as a whole
	watchMode   bool
	sourceFiles []string   // of collections
	line        invocation // what was typed
}

// Register defines the flags.
func (f *Flags) Register(fs *pflag.FlagSet) {
	fs.SortFlags = false
	fs.VarP((*values.List)(&f.Environments), "environment", "e", "environment `file` or URL; several, a glob or a folder make a run each")
	fs.StringVarP(&f.Data, "iteration-data", "d", "", "CSV or JSON `file` with one row per iteration")
	fs.VarP(&f.Iterations, "iteration-count", "n", "number of iterations (default: data rows, or 1)")
	f.registerShared(fs)
	f.filter.Register(fs)
	fs.StringVar(&f.bail, "bail", "", "stop at the first failure; `failure` and folder, newman's words, mean the same")
	fs.Lookup("bail").NoOptDefVal = "failure"
	fs.Var(&f.timeout, "timeout", "limit of the whole run (ms, or 5m)")
	fs.StringVarP(&f.reporters, "reporters", "r", "cli", "reporters, comma-separated: "+strings.Join(report.FormatNames(), ", "))
	fs.Bool("reporter-<name>-export", false, "`path` of a reporter's file; other options alike")
	fs.StringVar(&f.exports.Environment, "export-environment", "", "write the final environment to `path`")
	fs.StringVar(&f.exports.Globals, "export-globals", "", "write the final globals to `path`")
	fs.StringVar(&f.exports.Collection, "export-collection", "", "write the collection with its final variables to `path`")
	fs.BoolVar(&f.exports.Secrets, "export-secrets", false, "write secret values to exports")
	fs.StringVar(&f.exports.CookieJar, "export-cookie-jar", "", "write the final cookies to `path`")
	fs.BoolVarP(&f.suppressExit, "suppress-exit-code", "x", false, "exit 0 even when the run failed")
	fs.BoolVar(&f.allowEmpty, "allow-empty", false, "a run without a request is not an error")
	fs.StringVar(&f.Mock, "mock", "", "send the run to the simulated tenant (forgerock) or to the saved examples")
	f.retry.Register(fs)
	f.network.Register(fs)
	f.scripts.Register(fs)
	f.files.Register(fs)
	f.checks.Register(fs)
	f.Masking.Register(fs)
	f.Printing.Register(fs)
	fs.StringVar(&f.apiKey, "postman-api-key", "", "`key` for Postman API URLs and UIDs [$POSTIE_POSTMAN_API_KEY]")
	fs.VarP(&f.jobs, "jobs", "j", "with several environments or collections: runs at once")
	fs.Var(&f.Parallel, "parallel", "iterations at once; each has its own variables, cookies and scripts")
	fs.BoolVar(&f.failFast, "fail-fast", false, "with several runs: start no more after the first failure")
	fs.Var(&f.maxFailures, "max-failures", "with several runs: start no more after `n` failures")
	fs.Var(&f.rate, "rate", "at most so many requests to a host: `10/s`, 600/m")
	fs.Var(&f.hostConcurrency, "host-concurrency", "at most `n` requests to a host at once")
	fs.StringVar(&f.logFile, "log", "", "keep the run log (NDJSON) at `path`")
}

// registerShared defines the flags that mean the same for runs and for loads.
func (f *Flags) registerShared(fs *pflag.FlagSet) {
	fs.StringVarP(&f.Globals, "globals", "g", "", "globals `file` or URL")
	fs.Var((*values.List)(&f.Folders), "folder", "run only this folder or request: a `name`, id or A/B/C path; repeatable")
	fs.Var((*values.List)(&f.envVars), "env-var", "set an environment variable, `key=value`; repeatable")
	f.sources.Register(fs)
	f.vault.Register(fs)
	fs.Var((*values.List)(&f.globalVars), "global-var", "set a global variable, `key=value`; repeatable")
	fs.Var(&f.delay, "delay-request", "wait before each request (ms, or 1.5s)")
	fs.StringVar(&f.cookieJar, "cookie-jar", "", "start with the cookies of this tough-cookie JSON `file`")
}

// RegisterForLoad defines those of the flags that load has: what is run, but
// not how often, how it is judged, or what is reported.
func (f *Flags) RegisterForLoad(fs *pflag.FlagSet) {
	fs.StringVarP(&f.Environment, "environment", "e", "", "environment `file` or URL")
	fs.StringVarP(&f.Data, "iteration-data", "d", "", "CSV or JSON `file` of data rows")
	f.registerShared(fs)
	fs.StringVar(&f.Mock, "mock", "", "send the load to the simulated tenant (forgerock) or to the saved examples")
	f.network.Register(fs)
	f.scripts.Register(fs)
	f.files.Register(fs)
	f.checks.RegisterAssert(fs)
	f.Masking.Register(fs)
	f.Printing.RegisterPlain(fs)
	f.cluster.Register(fs, "put the load on with the workers of this NATS `server`, or with local:N worker processes of this machine")
}

// RegisterForRun defines the flags that only run has.
func (f *Flags) RegisterForRun(fs *pflag.FlagSet) {
	f.Register(fs)
	f.cluster.register(fs)
	fs.StringVar(&f.shard, "shard", "", "run one part of several: `i/n`, or auto for what the CI system says; of the runs, the iterations, or the top-level folders")
	fs.BoolVar(&f.watchMode, "watch", false, "run again when a file of the run changes")
}

// Begin reads --no-mask, which every command has, and the command line for runs
// that are carried out again.
func (f *Flags) Begin(c *cobra.Command, args []string) {
	f.Masking.Off, _ = c.Flags().GetBool("no-mask")
	f.line = invocation{c.CommandPath(), args, c.Flags()}
}

// Check validates what pflag cannot.
func (f *Flags) Check() error {
	if err := f.Printing.Check(); err != nil {
		return err
	}
	for w := range strings.SplitSeq(f.bail, ",") {
		if !slices.Contains([]string{"", "folder", "failure", "true"}, w) {
			return exit.Usage("--bail=%s: want folder or failure", f.bail)
		}
	}
	if !slices.Contains([]string{"", "forgerock", "examples"}, f.Mock) {
		return exit.Usage("--mock %s: want forgerock or examples", f.Mock)
	}
	if strings.Contains(f.reporters, ",") && slices.Contains(strings.Split(f.reporters, ","), "") {
		return exit.Usage("--reporters %q: a name is empty: is the variable set?", f.reporters)
	}
	for _, name := range f.reporterList() {
		if !slices.Contains(report.FormatNames(), name) {
			return suggest.Reporter(name)
		}
	}
	return f.Reporter.Check(f.reporterList())
}

func (f *Flags) reporterList() []string {
	var out []string
	for name := range strings.SplitSeq(f.reporters, ",") {
		if name = strings.TrimSpace(name); name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
