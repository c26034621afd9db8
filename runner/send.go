package runner

import (
	"context"
	"errors"
	"fmt"
	"time"

	"postie/collections"
	"postie/runner/auth"
	"postie/runner/event"
	"postie/runner/script"
	"postie/runner/transport"
	"postie/runner/wire"
)

// maxReplays bounds how often a challenge scheme may send a request again.
const maxReplays = 3

// An outgoing request is resolved and ready to be built.
type outgoing struct {
	request *collections.Request
	source  string // "item", "script" or "token"
	profile collections.Profile
	auth    *collections.Auth // resolved; nil for none
	state   *auth.State
	replay  bool // it answers a challenge
}

// An answer is what test scripts see of an exchange.
type answer struct {
	request  []byte // collection form, as sent
	response *script.Response
	cookies  []script.Cookie
	wire     *transport.Response // nil when there was none
}

// send resolves and sends the item's request.
func (x *execution) send(ctx context.Context) (*answer, *event.Failure) {
	resolved := x.request.Resolve(x.stack.Expand)
	if d := resolved.Description; d != nil {
		text := x.stack.Expand(*d) // as reports show it
		resolved.Description = &text
	}
	o := &outgoing{request: resolved, source: "item", profile: x.item.profile}
	x.mask.learnHeaders(resolved.Header)
	x.authorize(o)
	if f := x.preflight(resolved, o.auth); f != nil {
		got := &answer{request: resolved.JSON(), response: &script.Response{}}
		x.emit(&event.RequestFinished{Item: x.item.ref, Source: "item", Err: f, Attempt: x.attempt,
			Request: event.Request{Method: resolved.Method, URL: resolved.URL.String(), Display: resolved.URL.String(), JSON: got.request}}, x.cur)
		return got, f
	}
	return x.exchange(ctx, o)
}

// attemptOf numbers the requests of an item's attempt, not those made besides.
func (x *execution) attemptOf(source string) int {
	if source == "item" || source == "replay" {
		return x.attempt
	}
	return 0
}

// authorize picks the auth that applies: the request's own, which a script
// may have changed, or the nearest ancestor's. What a challenge scheme
// learned is kept with the block: for the run when inherited, else for this
// execution.
func (x *execution) authorize(o *outgoing) {
	a, owner, ok := x.item.node.Auth()
	switch own := x.request.Auth; {
	case own != nil && own.Type != "":
		a, owner, ok = *own, x.item.node, true
	case owner == x.item.node:
		// A script removed the request's own auth.
		ok = false
	}
	if !ok || a.Type == "noauth" {
		return
	}
	o.auth = resolveAuth(a, x.stack.Expand)
	o.request.Auth = o.auth
	x.mask.learnAuth(o.auth)
	if owner == x.item.node {
		o.state = &auth.State{}
		return
	}
	if x.auths[owner] == nil {
		x.auths[owner] = &auth.State{}
	}
	o.state = x.auths[owner]
}

func resolveAuth(a collections.Auth, expand func(string) string) *collections.Auth {
	out := &collections.Auth{Type: a.Type, Params: make([]collections.Param, len(a.Params))}
	for i, p := range a.Params {
		if s, ok := p.Value.(string); ok {
			p.Value = expand(s)
		}
		out.Params[i] = p
	}
	return out
}

// exchange sends a request, answers challenges, and emits an event for each
// request made. The answer is that of the last.
func (x *execution) exchange(ctx context.Context, o *outgoing) (*answer, *event.Failure) {
	signer := x.signer(o)
	for replay := 0; ; replay++ {
		b, err := x.plan(ctx, o, signer)
		if err != nil {
			return x.failed(o, b, nil, err)
		}
		began := time.Now() // a token that signing fetched has its own time
		ex, err := x.client.Do(ctx, b.Wire)
		took := time.Since(began) - ex.Waited()
		x.dropped(ex)
		if err != nil {
			return x.failed(o, b, ex, err)
		}
		got := x.answered(o, b, ex, took, replay)
		if !x.challenged(o, signer, ex.Response, replay) {
			return got, nil
		}
		o.replay = true
	}
}

// plan builds a request for the wire.
func (x *execution) plan(ctx context.Context, o *outgoing, s auth.Signer) (*wire.Plan, error) {
	d := wire.Defaults{UserAgent: x.opts.UserAgent, FollowRedirects: x.opts.FollowRedirects,
		Secrets: x.mask.headers(o.request.Header), Files: x.opts.Files, Token: x.uuid, Boundary: x.boundary, Again: o.replay}
	if s != nil {
		d.Sign = func(w *transport.Request) { x.sign(ctx, o, w, s) }
	}
	b, err := wire.Build(o.request, o.profile, d)
	for _, text := range b.Warnings {
		x.warn(x.cur, x.item.ref, event.Warned{Kind: "file", Console: true, Text: text})
	}
	if b.Wire != nil {
		x.mask.learnUser(b.Wire.URL)
	}
	return b, err
}

// sign lets the auth scheme add its lines. A scheme that cannot sign leaves
// the request unsigned with a warning, as in Postman. What it wrote is secret.
func (x *execution) sign(ctx context.Context, o *outgoing, w *transport.Request, s auth.Signer) {
	if err := s.Sign(ctx, w); err != nil {
		x.authWarning("runtime~" + o.auth.Type + ".auth: could not sign the request: " + err.Error())
	}
	wr, ok := s.(auth.Writer)
	if !ok {
		return
	}
	w.Secrets = append(w.Secrets, wr.Wrote()...)
	for _, name := range wr.Wrote() {
		for _, v := range w.Header.Values(name) {
			x.mask.learn(v)
		}
	}
}

// reported is a request as events carry it.
func (x *execution) reported(b *wire.Plan) event.Request {
	r := b.Report()
	r.JSON = x.mask.request(b.Request).JSON()
	return r
}

// scriptJSON is a request as scripts see it, given its report.
func (x *execution) scriptJSON(b *wire.Plan, reported event.Request) []byte {
	if x.mask.request(b.Request) == b.Request {
		return reported.JSON // nothing was hidden
	}
	return b.Request.JSON()
}

// signer makes the signer of a request's auth; nil for none.
func (x *execution) signer(o *outgoing) auth.Signer {
	if o.auth == nil || o.auth.Type == "" || o.auth.Type == "noauth" {
		return nil
	}
	if o.state == nil {
		o.state = &auth.State{}
	}
	s, err := auth.New(o.auth.Type, authParams(o.auth), o.state, auth.Options{
		Now: x.opts.Now,
		Do: func(ctx context.Context, r *transport.Request) (*transport.Response, error) {
			return x.tokenRequest(ctx, o.profile, r)
		},
		Tokens:   &x.tokens,
		BodyMode: bodyMode(o.request),
		Warn:     func(text string) { x.authWarning("runtime~" + o.auth.Type + ".auth: " + text) },
	})
	if errors.Is(err, auth.ErrUnknownScheme) {
		x.authWarning("runtime: could not find a handler for auth: " + o.auth.Type)
		return nil
	}
	if err != nil {
		x.authWarning("runtime~" + o.auth.Type + ".auth: could not sign the request: " + err.Error())
		return nil
	}
	return s
}

func bodyMode(r *collections.Request) string {
	if r.Body == nil || r.Body.Disabled {
		return ""
	}
	return r.Body.Mode
}

func (x *execution) authWarning(text string) {
	x.warn(x.cur, x.item.ref, event.Warned{Kind: "auth", Text: text, Console: true})
}

func authParams(a *collections.Auth) auth.Params {
	out := make(auth.Params, len(a.Params))
	for i, p := range a.Params {
		out[i] = auth.Param{Key: p.Key, Value: p.Value}
	}
	return out
}

// challenged asks a challenge scheme whether to send the request again.
func (x *execution) challenged(o *outgoing, s auth.Signer, resp *transport.Response, replay int) bool {
	c, ok := s.(auth.Challenger)
	if !ok {
		return false
	}
	again, err := c.Answer(resp)
	if err != nil {
		x.authWarning("runtime~" + o.auth.Type + ".auth: there was an error validating auth: " + err.Error())
	}
	if again && replay >= maxReplays {
		x.authWarning("runtime: maximum intermediate request limit exceeded")
		return false
	}
	return again
}

// dropped warns of what a redirect to another origin did not carry along, of
// client certificates that were not there, and of cookies that were refused.
func (x *execution) dropped(ex *transport.Exchange) {
	for _, what := range ex.Dropped {
		x.warn(x.cur, x.item.ref, event.Warned{Kind: "redirect", Text: "redirect to another origin: " + what,
			Hint: "followAuthorizationHeader in the item's protocolProfileBehavior keeps it"})
	}
	for _, why := range ex.Missing {
		x.warn(x.cur, x.item.ref, event.Warned{Kind: "certificate", Text: why, Console: true})
	}
	for _, r := range ex.Refused {
		x.warn(x.cur, x.item.ref, event.Warned{Kind: "cookie", Text: fmt.Sprintf("cookie %q of %s is not kept: %s", r.Name, r.Host, r.Why)})
	}
}

// answered emits a finished request and returns it as scripts see it.
func (x *execution) answered(o *outgoing, b *wire.Plan, ex *transport.Exchange, took time.Duration, replay int) *answer {
	last := ex.Hops[len(ex.Hops)-1]
	first := ex.Hops[0]
	b.RecordSent(first.Header)
	resp := wire.Response(ex.Response, took, last.Timings)
	given := cookies(x.client.Jar(), last.URL.Site())
	resp.Cookies = given
	source := o.source
	if replay > 0 && source == "item" {
		source = "replay"
	}
	if source == "token" {
		x.mask.learnTokens(ex.Response.Body)
	}
	report := x.reported(b)
	e := &event.RequestFinished{Item: x.item.ref, Source: source, Request: report, Response: resp, Attempt: x.attemptOf(source)}
	e.Hops, e.Final = wire.Hops(ex.Hops)
	x.emit(e, x.cur)
	return &answer{
		wire:     ex.Response,
		request:  x.scriptJSON(b, report),
		response: wire.ScriptResponse(ex.Response, resp),
		cookies:  given,
	}
}

// failed emits a request that got no answer. Its tests run all the same,
// with an empty response.
func (x *execution) failed(o *outgoing, b *wire.Plan, ex *transport.Exchange, err error) (*answer, *event.Failure) {
	f := failure(err)
	e := &event.RequestFinished{Item: x.item.ref, Source: o.source, Err: f, Request: x.reported(b), Attempt: x.attemptOf(o.source)}
	if ex != nil {
		if len(ex.Hops) > 0 {
			b.RecordSent(ex.Hops[0].Header)
			e.Request = x.reported(b)
		}
		e.Hops, e.Final = wire.Hops(ex.Hops)
	}
	x.emit(e, x.cur)
	return &answer{request: b.Request.JSON(), response: &script.Response{}}, f
}
