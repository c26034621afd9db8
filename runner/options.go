package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"time"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner/criteria"
	"postie/runner/event"
	"postie/runner/mask"
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
	Documents                  // what is run, and on what
	Network   Network          // how requests are sent
	Scripts   Scripts          // how scripts are run
	Checks    criteria.Options // pass criteria besides the scripts' assertions
	Retry     Retry            // when requests are sent again
	Output    Output           // who reports what happens

	Select     []string                 // folders or requests; none: all
	Iterations int                      // 0: one per data row, or 1
	Only       func(iteration int) bool // leaves out iterations; nil: none
	Bail       Bail
	AllowEmpty bool // a run without a request is not an error
	MaxJumps   int  // setNextRequest jumps per iteration; 0 is 10,000, less is any number

	Delay     time.Duration   // before each item
	Timeout   time.Duration   // of the whole run; 0: none
	Pace      Pace            // when items may start; nil: at once
	Acquire   Acquire         // nil: an item starts at once
	Interrupt <-chan struct{} // when closed, the run ends after the item

	Now  func() time.Time // nil is time.Now; tests fix it
	Rand *rand.Rand       // nil is seeded from the system; tests fix it

	parent *parentRun // nil: no script started the run
}

// Documents are what a run reads. Scopes are copied, never changed.
type Documents struct {
	Collection  *collections.Collection // required
	Environment *vars.Scope             // nil: an empty one
	Globals     *vars.Scope             // nil: an empty one
	Variables   *vars.Scope             // of the collection; nil: those that it has
	Vault       *vars.Scope             // secrets: {{vault:name}} and pm.vault; nil: an empty one
	Data        *collections.Data       // nil: no iteration data
	Files       fs.FS                   // body and form-data files; nil: every file is refused
}

// Network says how requests are sent.
type Network struct {
	transport.Options        // timeouts, TLS, proxy, jar, limits
	UserAgent         string // "": postie/<Version>
	FollowRedirects   *bool  // nil: yes; an item's profile wins
}

// Scripts say how scripts are run.
type Scripts struct {
	Engine        script.Engine  // nil: scripts are skipped, with a Warned event
	Limits        script.Options // of the sandbox
	Libraries     Libraries      // what require() finds; nil: nothing
	CookieDomains []string       // whose cookies pm.cookies.jar() may touch, subdomains included; nil: any
}

// Output says who reports what happens, and what is hidden from reports.
type Output struct {
	Reporters []event.Reporter
	Mask      mask.Options
	Label     string // names the run among others beside it; in RunStarted
	Part      string // of what is spread over several machines, such as 2/5; in RunStarted
	Version   string // of postie, for reports
	Form      CollectionForm
}

// A CollectionForm says how much of the collection the RunStarted event holds.
type CollectionForm int

// Forms of the collection in an event.
const (
	FormWhole  CollectionForm = iota // as JSON reports print it
	FormNames                        // the tree of ids and names
	FormPrints                       // the names, and the event's Print writes the whole
)

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

// bails reports whether the run stops at a failure.
func (o *Options) bails() bool { return o.Bail != BailNever }

// Libraries finds the modules of require().
type Libraries interface {
	Library(ctx context.Context, name string) (*script.Library, error)
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
	if o.Output.Version == "" {
		o.Output.Version = "dev"
	}
	if o.Network.UserAgent == "" {
		o.Network.UserAgent = "postie/" + o.Output.Version
	}
	if o.MaxJumps == 0 {
		o.MaxJumps = 10000
	}
	return nil
}
