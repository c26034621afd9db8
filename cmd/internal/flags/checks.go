package flags

import (
	"time"

	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/values"
	"postie/runner/criteria"
)

// Checks are the flags for what makes a run pass besides its scripts' tests.
type Checks struct {
	asserts, extracts  []string
	failOn, thresholds []string
	requireTests       bool
	maxDuration        values.Millis
	strict             bool
}

// Register defines the flags.
func (f *Checks) Register(fs *pflag.FlagSet) {
	fs.BoolVar(&f.strict, "strict", false, "warnings fail the run")
	f.RegisterAssert(fs)
	fs.StringSliceVar(&f.failOn, "fail-on-status", nil, "responses with this `status` fail: 5xx, 404; repeatable")
	fs.BoolVar(&f.requireTests, "require-tests", false, "a request without an assertion fails")
	fs.Var(&f.maxDuration, "max-duration", "a run that takes longer fails, at its end (ms, or 5m)")
	fs.Var((*values.List)(&f.thresholds), "threshold", "fail a run that misses `'p95<500ms,failed<1%'`; also avg min max duration requests; repeatable")
	fs.Var((*values.List)(&f.extracts), "extract", "set an environment variable from every response: `token=body.tokenId`; repeatable")
}

// RegisterAssert defines the flag that load has as well, which has thresholds
// of its own.
func (f *Checks) RegisterAssert(fs *pflag.FlagSet) {
	fs.Var((*values.List)(&f.asserts), "assert", "check every response: `'status == 200'`, 'body.items.#.id has 3', 'header.etag exists'; repeatable")
}

// Apply adds the checks of the flags to those of the run.
func (f *Checks) Apply(o *criteria.Options) error {
	o.Strict, o.RequireTests, o.MaxDuration = f.strict, f.requireTests, time.Duration(f.maxDuration)
	for _, text := range f.asserts {
		a, err := criteria.ParseAssert(text)
		if err != nil {
			return exit.Usage("--assert %v", err)
		}
		o.Asserts = append(o.Asserts, a)
	}
	for _, text := range f.extracts {
		e, err := criteria.ParseExtract(text)
		if err != nil {
			return exit.Usage("--extract %v", err)
		}
		o.Extracts = append(o.Extracts, e)
	}
	for _, text := range f.failOn {
		s, err := criteria.ParseStatus(text)
		if err != nil {
			return exit.Usage("--fail-on-status %v", err)
		}
		o.FailOn = append(o.FailOn, s)
	}
	for _, text := range f.thresholds {
		list, err := criteria.ParseThresholds(text)
		if err != nil {
			return exit.Usage("--threshold %v", err)
		}
		o.Thresholds = append(o.Thresholds, list...)
	}
	return nil
}
