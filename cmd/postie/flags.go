package main

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/flags"
	"postie/cmd/internal/suggest"
	"postie/cmd/internal/values"
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
	timeoutRequest             millis
	timeoutScript              millis
	insecure, ignoreRedirects  bool
	reporters                  string
	exportEnvironment          string
	exportGlobals              string
	exportCollection           string
	exportCookieJar            string
	exportSecrets              bool
	cookieJar                  string
	workingDir                 string
	insecureFiles, safeFiles   bool
	suppressExit               bool
	silent, quiet, verbose     bool
	color                      string
	noUnicode                  bool
	userAgent                  string
	strict, allowEmpty         bool
	mock                       string
	network                    flags.Network
	sources                    flags.Sources
	vault                      flags.Vault
	retry                      flags.Retry
	apiKey                     string
	cert, key, passphrase      string
	certList, extraCA          string
	mask, maskRegex            []string
	maxResponse                string
	isolate                    bool
	logFile                    string
	asserts, extracts          []string
	packageDir                 string
	rate                       perSecond
	hostConcurrency            count
	environments               []string
	jobs, parallel             count
	maxFailures                count
	maxJumps                   jumps
	failFast                   bool

	noMask   bool
	reporter flags.Reporters

	onlyFailures bool
	slow         millis
	failOn       []string
	requireTests bool
	maxDuration  millis
	thresholds   []string

	cookieDomains []string

	shard     string
	part      matrix.Shard // what --shard says
	watchMode bool

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
	fs.Var(&f.timeoutRequest, "timeout-request", "limit of a request, body included (ms, or 10s)")
	fs.Var(&f.timeoutScript, "timeout-script", "limit of a script, waiting included (ms, or 10s; default: 30s of computing, any time for timers and requests)")
	fs.Var(&f.maxJumps, "max-jumps", "setNextRequest jumps of an iteration before it fails (default: 10000; 0: any number)")
	fs.BoolVarP(&f.insecure, "insecure", "k", false, "do not verify TLS certificates")
	fs.BoolVar(&f.ignoreRedirects, "ignore-redirects", false, "do not follow redirects")
	fs.StringVarP(&f.reporters, "reporters", "r", "cli", "reporters, comma-separated: "+strings.Join(report.FormatNames(), ", "))
	fs.Bool("reporter-<name>-export", false, "`path` of a reporter's file; other options alike")
	fs.StringVar(&f.exportEnvironment, "export-environment", "", "write the final environment to `path`")
	fs.StringVar(&f.exportGlobals, "export-globals", "", "write the final globals to `path`")
	fs.StringVar(&f.exportCollection, "export-collection", "", "write the collection with its final variables to `path`")
	fs.BoolVar(&f.exportSecrets, "export-secrets", false, "write secret values to exports")
	fs.StringVar(&f.cookieJar, "cookie-jar", "", "start with the cookies of this tough-cookie JSON `file`")
	fs.StringVar(&f.exportCookieJar, "export-cookie-jar", "", "write the final cookies to `path`")
	fs.StringVar(&f.workingDir, "working-dir", "", "`folder` that body files are read from (default: the current one when it holds the collection, else the collection's; never the home folder, and nothing hidden)")
	fs.BoolVar(&f.insecureFiles, "insecure-file-read", false, "read body files outside the working directory")
	fs.BoolVar(&f.safeFiles, "no-insecure-file-read", false, "accepted for newman; it is the default")
	fs.BoolVarP(&f.suppressExit, "suppress-exit-code", "x", false, "exit 0 even when the run failed")
	fs.BoolVar(&f.silent, "silent", false, "print nothing but errors")
	fs.BoolVar(&f.quiet, "quiet", false, "print the summary and the failures alone")
	fs.BoolVar(&f.onlyFailures, "only-failures", false, "print only requests in which something failed")
	fs.Var(&f.slow, "slow", "mark responses slower than this (ms, or 2s)")
	fs.BoolVar(&f.verbose, "verbose", false, "print headers, bodies and timings")
	fs.StringVar(&f.color, "color", "auto", "colour: auto, on or off")
	fs.BoolVar(&f.noUnicode, "disable-unicode", false, "plain text in place of symbols")
	fs.StringVar(&f.userAgent, "user-agent", "", "User-Agent of requests [$POSTIE_USER_AGENT] (default: postie/<version>)")
	fs.BoolVar(&f.strict, "strict", false, "warnings fail the run")
	fs.BoolVar(&f.allowEmpty, "allow-empty", false, "a run without a request is not an error")
	fs.StringVar(&f.mock, "mock", "", "send the run to the simulated tenant (forgerock) or to the saved examples")
	f.retry.Register(fs)
	f.network.Register(fs)
	fs.StringVar(&f.apiKey, "postman-api-key", "", "`key` for Postman API URLs and UIDs [$POSTIE_POSTMAN_API_KEY]")
	fs.StringVar(&f.cert, "ssl-client-cert", "", "client certificate `file` (PEM or PKCS#12)")
	fs.StringVar(&f.key, "ssl-client-key", "", "its private key `file`")
	fs.StringVar(&f.passphrase, "ssl-client-passphrase", "", "passphrase of the key")
	fs.StringVar(&f.certList, "ssl-client-cert-list", "", "client certificates by host, JSON `file`")
	fs.StringVar(&f.extraCA, "ssl-extra-ca-certs", "", "trusted CA certificates besides the system's (PEM `file`)")
	fs.StringArrayVar(&f.mask, "mask", nil, "hide the values of this `name` too: a variable, header, cookie, data column, JSON or form key; repeatable")
	fs.StringArrayVar(&f.maskRegex, "mask-regex", nil, "hide every text that matches this `regexp`; repeatable")
	fs.StringVar(&f.maxResponse, "max-response-size", "50MB", "largest response body, decoded")
	fs.StringVar(&f.packageDir, "package-dir", "", "`folder` of packages of your own for require() and pm.require()")
	fs.StringSliceVar(&f.cookieDomains, "script-cookies", nil, "let pm.cookies.jar() touch the cookies of this `domain` alone; repeatable")
	fs.BoolVar(&f.isolate, "isolate-scripts", false, "run each script in a fresh JavaScript realm")
	fs.VarP(&f.jobs, "jobs", "j", "with several environments or collections: runs at once")
	fs.Var(&f.parallel, "parallel", "iterations at once; each has its own variables, cookies and scripts")
	fs.BoolVar(&f.failFast, "fail-fast", false, "with several runs: start no more after the first failure")
	fs.Var(&f.maxFailures, "max-failures", "with several runs: start no more after `n` failures")
	fs.Var(&f.rate, "rate", "at most so many requests to a host: `10/s`, 600/m")
	fs.Var(&f.hostConcurrency, "host-concurrency", "at most `n` requests to a host at once")
	fs.StringArrayVar(&f.asserts, "assert", nil, "check every response: `'status == 200'`, 'body.items.#.id has 3', 'header.etag exists'; repeatable")
	fs.StringSliceVar(&f.failOn, "fail-on-status", nil, "responses with this `status` fail: 5xx, 404; repeatable")
	fs.BoolVar(&f.requireTests, "require-tests", false, "a request without an assertion fails")
	fs.Var(&f.maxDuration, "max-duration", "a run that takes longer fails, at its end (ms, or 5m)")
	fs.StringArrayVar(&f.thresholds, "threshold", nil, "fail a run that misses `'p95<500ms,failed<1%'`; also avg min max duration requests; repeatable")
	fs.StringArrayVar(&f.extracts, "extract", nil, "set an environment variable from every response: `token=body.tokenId`; repeatable")
	fs.StringVar(&f.logFile, "log", "", "keep the run log (NDJSON) at `path`")
}

// check validates what pflag cannot.
func (f *runFlags) check() error {
	if !slices.Contains([]string{"auto", "on", "off"}, f.color) {
		return exit.Usage("--color %s: want auto, on or off", f.color)
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
