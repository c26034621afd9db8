package runner

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"time"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner/criteria"
	"postie/runner/event"
	"postie/runner/script"
	"postie/runner/transport"
)

// Bail says when a run stops early.
type Bail string

const (
	BailNever   Bail = ""        // run everything
	BailFailure Bail = "failure" // stop at the first failure of any kind
	BailFolder  Bail = "folder"  // newman's other spelling of the same
)

// Options describe a run. The zero value of every field is Postman's default.
type Options struct {
	Collection  *collections.Collection // required
	Environment *vars.Scope             // nil: an empty one
	Globals     *vars.Scope             // nil: an empty one
	Vault       *vars.Scope             // secrets: {{vault:name}} and pm.vault; nil: an empty one
	Data        *collections.Data       // nil: no iteration data
	Iterations  int                     // 0: one per data row, or 1
	Select      []string                // folders or requests; none: all
	Bail        Bail
	Delay       time.Duration    // before each item
	Pace        Pace             // when items may start; nil: at once
	Timeout     time.Duration    // of the whole run; 0: none
	Retry       Retry            // when requests are sent again
	Checks      criteria.Options // pass criteria besides the scripts' assertions
	AllowEmpty  bool             // a run without a request is not an error
	UserAgent   string           // "": postie/<Version>
	Version     string           // of postie, for reports

	FollowRedirects *bool             // nil: yes; an item's profile wins
	Transport       transport.Options // timeouts, TLS, proxy, jar, limits
	Engine          script.Engine     // nil: scripts are skipped, with a Warned event
	Script          script.Options    // limits of the sandbox
	Libraries       Libraries         // what require() finds; nil: nothing
	CookieDomains   []string          // whose cookies pm.cookies.jar() may touch, subdomains included; nil: any

	Only func(iteration int) bool // leaves out iterations; nil: none

	Label   string  // tells the run from the others of a matrix; in RunStarted
	Acquire Acquire // nil: an item starts at once

	Reporters []event.Reporter
	Files     fs.FS // body and form-data files; nil: every file is refused
	Mask      Mask

	Interrupt <-chan struct{}  // when closed, the run ends after the item
	Now       func() time.Time // nil is time.Now; tests fix it
	Rand      *rand.Rand       // nil is seeded from the system; tests fix it
	MaxJumps  int              // setNextRequest jumps per iteration; 0 is 10,000

	parent *parentRun // nil: no script started the run
}

// IterationCount is the number of iterations that the options ask for.
func (o *Options) IterationCount() int {
	switch {
	case o.Iterations > 0:
		return o.Iterations
	case o.Data != nil && o.Data.Len() > 0:
		return o.Data.Len()
	}
	return 1
}

// Libraries finds the modules of require().
type Libraries interface {
	Library(name string) (*script.Library, error)
}

// check validates the options and fills in what nil stands for.
func (o *Options) check() error {
	if o.Collection == nil {
		return errors.New("options: no collection")
	}
	if o.Iterations < 0 {
		return fmt.Errorf("options: %d iterations", o.Iterations)
	}
	switch o.Bail {
	case BailNever, BailFailure, BailFolder:
	default:
		return fmt.Errorf("options: unknown bail %q", string(o.Bail))
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	}
	if o.Version == "" {
		o.Version = "dev"
	}
	if o.UserAgent == "" {
		o.UserAgent = "postie/" + o.Version
	}
	if o.MaxJumps == 0 {
		o.MaxJumps = 10000
	}
	return nil
}
