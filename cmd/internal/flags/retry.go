package flags

import (
	"time"

	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/values"
	"postie/runner"
)

// Retry are the flags that say when requests are sent again.
type Retry struct {
	times         values.Times
	on            string
	delay         values.Millis
	nonIdempotent bool
}

// Register defines the flags.
func (f *Retry) Register(fs *pflag.FlagSet) {
	fs.Var(&f.times, "retry", "send a request up to `n` times more when it fails; the last attempt decides, and a pass is called flaky")
	fs.StringVar(&f.on, "retry-on", "network,5xx,429", "what to retry on: network, assertion, and `statuses` such as 503 or 5xx")
	fs.Var(&f.delay, "retry-delay", "wait before the second attempt, twice as long before each further (ms, or 2s; default 1s); Retry-After counts too")
	fs.BoolVar(&f.nonIdempotent, "retry-non-idempotent", false, "retry POST, PATCH and other methods that change things each time")
}

// Apply sets the run's options from the flags.
func (f *Retry) Apply(r *runner.Retry) error {
	r.Max, r.Delay, r.NonIdempotent = int(f.times), time.Duration(f.delay), f.nonIdempotent
	if r.Max == 0 && f.on == "" { // a command without these flags
		return nil
	}
	if err := r.ParseRetryOn(f.on); err != nil {
		return exit.Usage("--retry-on %v", err)
	}
	return nil
}
