package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner/auth"
	"postie/runner/event"
	"postie/runner/internal/emit"
	"postie/runner/internal/random"
	"postie/runner/internal/send"
	"postie/runner/mask"
	"postie/runner/script"
	"postie/runner/transport"
)

// A Session is one user of a collection: scopes, cookie jar, sandbox and
// connections. What an iteration leaves in them, the next one finds. It is not
// safe for concurrent use; sessions of one Plan may work side by side.
type Session struct {
	opts   *Options
	plan   *Plan
	scopes *vars.Stack
	mask   *mask.Masker
	random *random.Source
	out    *emit.Emitter
	sender *send.Sender
	box    *sandbox
	host   *host
	auths  map[*collections.Node]*auth.State // of inherited auth, kept for the session
	began  time.Time                         // for Pace
	cycles int                               // as Begin announced
}

// NewSession makes a session that goes through the plan's requests. Of the
// options, those that say how often a run repeats are Run's alone.
func NewSession(p *Plan, o Options) (*Session, error) {
	if o.Collection == nil {
		o.Collection = p.collection
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	s := &Session{opts: &o, plan: p, random: random.New(o.Rand), auths: map[*collections.Node]*auth.State{}, began: time.Now(), cycles: 1}
	s.mask = maskOf(&o)
	client, err := transport.New(networkOf(&o, s.mask))
	if err != nil {
		return nil, err
	}
	s.scopes = scopesOf(&o, s.random)
	s.mask.Variables(s.scopes)
	for _, it := range p.items {
		send.LearnNode(s.mask, it.node)
	}
	s.out = emit.New(o.Now, s.mask, o.Output.Reporters, o.Checks.Strict)
	s.sender = &send.Sender{Client: client, UserAgent: o.Network.UserAgent, FollowRedirects: o.Network.FollowRedirects, Files: o.Files,
		Now: o.Now, Mask: s.mask, Scopes: s.scopes, Random: s.random, Out: s.out}
	s.host = &host{out: s.out, sender: s.sender, mask: s.mask, vault: &vault{mask: s.mask, scope: s.scopes.Vault, given: o.Vault != nil}, libraries: o.Scripts.Libraries,
		jar: send.Jar{Jar: client.Jar(), Domains: o.Scripts.CookieDomains}}
	s.host.nested = s.runRequest
	s.box = &sandbox{engine: o.Scripts.Engine, limits: o.Scripts.Limits, host: s.host}
	return s, nil
}

// maskOf is what hides the session's secrets: that of the session around it, if
// there is one.
func maskOf(o *Options) *mask.Masker {
	if o.parent != nil {
		return o.parent.mask
	}
	return mask.New(o.Output.Mask)
}

// networkOf are the options of the session's client. The password of a proxy is
// learned when one is chosen: the proxy may answer with it.
func networkOf(o *Options, m *mask.Masker) transport.Options {
	t := o.Network.Options
	if choose := t.Proxy; choose != nil {
		t.Proxy = func(u *transport.URL) (*transport.URL, error) {
			p, err := choose(u)
			if p != nil {
				m.User(p.Userinfo, mask.Run)
			}
			return p, err
		}
	}
	return t
}

// scopesOf are copies of the scopes that the options give, or empty ones.
func scopesOf(o *Options, r *random.Source) *vars.Stack {
	s := &vars.Stack{
		Local:       vars.NewScope("local"),
		Environment: scopeOr(o.Environment),
		Globals:     scopeOr(o.Globals),
		Vault:       scopeOr(o.Vault),
		Collection:  vars.NewScope("collection", o.Collection.Variables()...),
		Dynamic:     vars.NewDynamic(r.Split(), o.Now),
	}
	if o.Variables != nil {
		s.Collection = o.Variables.Clone()
	}
	if p := o.parent; p != nil {
		s.Local, s.Collection = p.local, p.collection
	}
	return s
}

func scopeOr(s *vars.Scope) *vars.Scope {
	if s == nil {
		return vars.NewScope("")
	}
	return s.Clone()
}

// Result is the outcome of the iterations so far. It must not be read while one is
// in progress.
func (s *Session) Result() *event.Result { return &s.out.Result }

// Close frees the sandbox and the connections.
func (s *Session) Close() error {
	return errors.Join(s.box.close(), s.sender.Client.Close())
}

// Begin reports that a run of so many iterations starts. A session whose
// iterations are part of a larger run does without.
func (s *Session) Begin(iterations int) {
	s.cycles = iterations
	s.out.Result.Started = s.opts.Now()
	c := s.opts.Collection
	text := c.NamesJSON
	var print func(io.Writer) error
	if s.opts.Output.Form != FormNames {
		send.LearnScripts(s.mask, c)
	}
	switch s.opts.Output.Form {
	case FormPrints:
		print = func(w io.Writer) error { return c.WriteJSON(w, s.mask.JSON) }
	case FormWhole:
		if text = c.JSON; s.opts.Output.Label != "" { // there are others, which may have the same
			text = c.KeptJSON
		}
	}
	var later []string
	if s.opts.Checks.Defer {
		later = s.opts.Checks.RunWide()
	}
	at := emit.Place{Cursor: s.cursor(Iteration{Of: iterations}, 0)}
	s.out.Emit(&event.RunStarted{
		Criteria:    later,
		Version:     s.opts.Output.Version,
		File:        c.File(),
		Name:        c.Name(),
		ID:          c.ID(),
		Environment: s.scopes.Environment.Name,
		Label:       s.opts.Output.Label,
		Part:        s.opts.Output.Part,
		Collection:  text(),
		Print:       print,
		Items:       s.plan.Len(),
		Iterations:  iterations,
	}, at.Cursor)
	if s.opts.Scripts.Engine == nil {
		s.out.Warn(emit.Place{}, event.Warned{Kind: "engine", Text: "scripts are skipped: no JavaScript engine"})
	}
	if len(s.opts.Select) == 0 { // the user names what to run, otherwise
		for _, text := range c.Skipped() {
			s.out.Warn(emit.Place{}, event.Warned{Kind: "skipped", Text: text})
		}
	}
}

// End reports that the run is over, and judges it. The cause is what Iterate
// returned, nil for nothing. The error is a reporter's, or that the run was
// cancelled; the Result is there all the same.
func (s *Session) End(cause error) (*Result, error) {
	res := &Result{Result: s.out.Result, Environment: s.scopes.Environment, Globals: s.scopes.Globals,
		Variables: s.scopes.Collection, Jar: s.sender.Client.Jar(), Mask: s.mask}
	res.Completed = s.opts.Now()
	f := failureOf(cause)
	if f == nil {
		f = s.out.Shortfall()
	}
	if f == nil {
		f = s.opts.Checks.Run(&res.Summary, &res.Times)
	}
	for _, scope := range []*vars.Scope{s.scopes.Environment, s.scopes.Globals} {
		if scope.ID == "" {
			scope.ID = s.random.UUID()
		}
	}
	s.out.Result.Completed, s.out.Result.Interrupted = res.Completed, f != nil && f.Kind == event.KindInterrupt
	s.out.Result.Bailed = errors.Is(cause, errBail)
	sum := res.Summary
	if f != nil {
		sum.FailureCount++ // the event that carries the summary is part of it
	}
	s.out.Emit(&event.RunFinished{
		Summary:     sum,
		Environment: exportScope(s.scopes.Environment),
		Globals:     exportScope(s.scopes.Globals),
		Err:         f,
		Interrupted: s.out.Result.Interrupted,
		Bailed:      s.out.Result.Bailed,
	}, s.cursor(Iteration{Of: s.cycles}, 0))
	s.mask.Within(context.Background()) // reports are made now, and wait for long texts
	res.Result = s.out.Result
	if err := s.out.Broken(); err != nil {
		return res, err
	}
	if res.Interrupted {
		return res, context.Canceled
	}
	return res, nil
}

// What ends a run early, besides the errors of data and of reporters.
var (
	errBail        = errors.New("the run stops at a failure")
	errInterrupted = errors.New("interrupted")
	errTimeout     = errors.New("callback timed out") // newman's words
)

// A reporterError is an error of a reporter, which fails the run by itself.
type reporterError struct{ error }

// A jumpsError ends an iteration that would go on for ever.
type jumpsError int

func (n jumpsError) Error() string {
	return fmt.Sprintf("setNextRequest jumped %d times in one iteration", int(n))
}

// failureOf is what ends a run early as reports show it; nil for nothing.
func failureOf(err error) *event.Failure {
	var jumps jumpsError
	f := &event.Failure{Kind: event.KindRun, Name: "Error"}
	switch {
	case err == nil, errors.Is(err, errBail), errors.As(err, new(reporterError)):
		return nil
	case errors.Is(err, errTimeout):
		f.Hint = "raise --timeout, which bounds the whole run"
	case errors.As(err, &jumps):
		f.Hint = "raise --max-jumps if the loop is meant to go on"
	case errors.Is(err, errInterrupted):
		f.Kind = event.KindInterrupt
	}
	f.Message = err.Error()
	return f
}

// Deadline bounds ctx by the options' Timeout. Iterations that it ends are
// reported as such.
func (o *Options) Deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if o.Timeout <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, o.Timeout, errTimeout)
}

var _ script.Host = (*host)(nil)
