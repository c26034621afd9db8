package cluster

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"

	"postie/collections"
	"postie/runner"
)

// A plan describes a run. It exists from before the first job until the run is
// over: workers begin no job of a run without a plan.
type plan struct {
	Args  []string `json:"args,omitempty"` // the command line
	Print string   `json:"print"`          // hash of the documents
}

// ErrOver is returned for a run that the server does not have: it is over, or
// never existed.
var ErrOver = errors.New("the server has no such run: it is over, or older than three days")

// Args returns the command line of a run that is not over.
func (b *Bus) Args(ctx context.Context, run string) ([]string, error) {
	p, err := b.plan(ctx, run)
	if err != nil {
		return nil, err
	}
	return p.Args, nil
}

func (b *Bus) plan(ctx context.Context, run string) (*plan, error) {
	src, _, err := b.last(ctx, planSubject(run))
	if err != nil {
		return nil, err
	}
	if src == nil {
		return nil, fmt.Errorf("run %q: %w", run, ErrOver)
	}
	p := &plan{}
	_, err = openRecord(b.opts.Key, planSubject(run), src, p)
	return p, err
}

// Plan announces the runs before the first one runs, with the command line that
// resumes them. For a resumed run, Plan checks that the documents are those of
// its begin.
func (d *Dispatcher) Plan(ctx context.Context, args []string, runs []runner.Options) error {
	d.planned.Do(func() {})
	return d.plan(ctx, plan{Args: args, Print: printOf(runs)})
}

func (d *Dispatcher) plan(ctx context.Context, p plan) error {
	if d.resumed {
		before, err := d.bus.plan(ctx, d.opts.ID)
		if err == nil && before.Print != p.Print {
			err = fmt.Errorf("run %q: its documents have changed since it began", d.opts.ID)
		}
		return err
	}
	a := attempt{key: d.bus.opts.Key}
	subject := planSubject(d.opts.ID)
	_, err := d.bus.write(ctx, subject, a.seal(subject, p, nil), 0)
	return err
}

// announce is Plan for callers that have not called it. Such a run cannot be
// resumed.
func (d *Dispatcher) announce(ctx context.Context) (err error) {
	d.planned.Do(func() {
		if !d.resumed {
			err = d.plan(ctx, plan{})
		}
	})
	return err
}

// printOf returns a hash of what the runs consist of: collections, variables
// and the number of rows. Ids are left out, because they may be new each time.
func printOf(runs []runner.Options) string {
	h := sha256.New()
	seen := map[*collections.Collection]string{}
	for i := range runs {
		o := &runs[i]
		if seen[o.Collection] == "" {
			sum := sha256.Sum256(o.Collection.Strict())
			seen[o.Collection] = hex.EncodeToString(sum[:])
		}
		fmt.Fprintf(h, "%s %q %d\n", seen[o.Collection], o.Output.Label, o.IterationCount())
		printScope(h, packScope(o.Environment))
		printScope(h, packScope(o.Globals))
	}
	return hex.EncodeToString(h.Sum(nil))
}

func printScope(h hash.Hash, s *scope) {
	if s == nil {
		return
	}
	for _, v := range s.Values {
		fmt.Fprintf(h, "%q %s\n", v.Key, v.Value)
	}
}
