package flags

import (
	"time"

	"github.com/spf13/pflag"

	"postie/cmd/internal/values"
	"postie/runner"
	"postie/runner/script"
)

// Scripts are the flags that say what scripts may use and access.
type Scripts struct {
	Packages string // the folder of --package-dir

	timeout       values.Millis
	maxJumps      values.Limit
	isolate       bool
	cookieDomains []string
}

// Register defines the flags.
func (f *Scripts) Register(fs *pflag.FlagSet) {
	fs.Var(&f.timeout, "timeout-script", "limit of a script, waiting included (ms, or 10s; default: 30s of computing, any time for timers and requests)")
	fs.Var(&f.maxJumps, "max-jumps", "setNextRequest jumps of an iteration before it fails (default: 10000; 0: any number)")
	fs.StringVar(&f.Packages, "package-dir", "", "`folder` of packages of your own for require() and pm.require()")
	fs.StringSliceVar(&f.cookieDomains, "script-cookies", nil, "let pm.cookies.jar() touch the cookies of this `domain` alone; repeatable")
	fs.BoolVar(&f.isolate, "isolate-scripts", false, "run each script in a fresh JavaScript realm")
}

// Apply sets the run's options from the flags, except for the libraries.
func (f *Scripts) Apply(o *runner.Options) {
	o.MaxJumps = int(f.maxJumps)
	o.Scripts.Limits = script.Options{Timeout: time.Duration(f.timeout), Isolate: f.isolate}
	o.Scripts.CookieDomains = f.cookieDomains
}
