package runner

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner/auth"
	"postie/runner/event"
	"postie/runner/mask"
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
	at      place  // of the item it is sent for
	attempt int    // of the item; 0 when requests are never sent again
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

// A sender puts requests on the wire and reports them. It is safe for
// concurrent use.
type sender struct {
	client *transport.Client
	opts   *Options
	mask   *mask.Masker
	scopes *vars.Stack
	random *random
	out    *emitter
	tokens auth.Tokens
}

// attemptOf numbers the requests of an item's attempt, not those made besides.
func (o *outgoing) attemptOf(source string) int {
	if source == "item" || source == "replay" {
		return o.attempt
	}
	return 0
}

// exchange sends a request, answers challenges, and emits an event for each
// request made. The answer is that of the last.
func (s *sender) exchange(ctx context.Context, o *outgoing) (*answer, *event.Failure) {
	if f := s.refused(o); f != nil {
		return &answer{request: o.request.JSON(), response: &script.Response{}}, f
	}
	signer := s.signer(o)
	for replay := 0; ; replay++ {
		b, err := s.plan(ctx, o, signer)
		if err != nil {
			return s.failed(o, b, nil, err)
		}
		began := time.Now() // a token that signing fetched has its own time
		ex, err := s.client.Do(ctx, b.Wire)
		took := time.Since(began) - ex.Waited()
		s.dropped(o.at, ex)
		if err != nil {
			return s.failed(o, b, ex, err)
		}
		got := s.answered(o, b, ex, took, replay)
		if !s.challenged(o, signer, ex.Response, replay) {
			return got, nil
		}
		o.replay = true
	}
}

// subjects are who sends a request besides an item, which looks at more than
// the host before it sends.
var subjects = map[string]string{"script": "pm.sendRequest", "token": "the token request"}

// refused reports a request of a script, or for a token, that would go to a
// host nobody meant; nil for one that may go.
func (s *sender) refused(o *outgoing) *event.Failure {
	subject := subjects[o.source]
	if subject == "" {
		return nil
	}
	f := (&nameCheck{scopes: s.scopes, subject: subject}).host(strings.Join(o.request.URL.Host, "."), o.request.URL.Port)
	if f != nil {
		url := o.request.URL.String()
		s.out.emit(&event.RequestFinished{Item: o.at.item, Source: o.source, Err: f,
			Request: event.Request{Method: o.request.Method, URL: url, Display: url, JSON: o.request.JSON()}}, o.at.cursor)
	}
	return f
}

// plan builds a request for the wire.
func (s *sender) plan(ctx context.Context, o *outgoing, by auth.Signer) (*wire.Plan, error) {
	d := wire.Defaults{UserAgent: s.opts.Network.UserAgent, FollowRedirects: s.opts.Network.FollowRedirects,
		Secrets: secretHeaders(s.mask, o.request.Header), Files: s.opts.Files, Token: s.random.uuid, Boundary: s.random.boundary, Again: o.replay}
	var noToken error
	if by != nil {
		d.Sign = func(w *transport.Request) { noToken = s.sign(ctx, o, w, by) }
	}
	b, err := wire.Build(o.request, o.profile, d)
	if err == nil {
		err = noToken
	}
	for _, text := range b.Warnings {
		s.out.warn(o.at, event.Warned{Kind: "file", Console: true, Text: text})
	}
	if b.Wire != nil {
		s.mask.User(b.Wire.URL.Userinfo, mask.Recent)
	}
	return b, err
}

// sign lets the auth scheme add its lines. A scheme that cannot sign leaves
// the request unsigned with a warning, as in Postman, but for one that could
// not fetch its token: that is the error. What it wrote is secret.
func (s *sender) sign(ctx context.Context, o *outgoing, w *transport.Request, by auth.Signer) error {
	switch err := by.Sign(ctx, w); {
	case errors.Is(err, auth.ErrToken):
		return err
	case err != nil:
		s.authWarning(o.at, "runtime~"+o.auth.Type+".auth: could not sign the request: "+err.Error())
	}
	wr, ok := by.(auth.Writer)
	if !ok {
		return nil
	}
	w.Secrets = append(w.Secrets, wr.Wrote()...)
	learnSigned(o.at.secrets, o.auth, w, wr)
	return nil
}

// reported is a request as events carry it.
func (s *sender) reported(b *wire.Plan) event.Request {
	r := b.Report()
	r.JSON = b.Request.JSON()
	return r
}

// signer makes the signer of a request's auth; nil for none.
func (s *sender) signer(o *outgoing) auth.Signer {
	if o.auth == nil || o.auth.Type == "" || o.auth.Type == "noauth" {
		return nil
	}
	if o.state == nil {
		o.state = &auth.State{}
	}
	signer, err := auth.New(o.auth.Type, authParams(o.auth), o.state, auth.Options{
		Now: s.opts.Now,
		Do: func(ctx context.Context, r *transport.Request) (*transport.Response, error) {
			return s.tokenRequest(ctx, o, r)
		},
		Tokens:   &s.tokens,
		BodyMode: bodyMode(o.request),
		Warn:     func(text string) { s.authWarning(o.at, "runtime~"+o.auth.Type+".auth: "+text) },
	})
	if errors.Is(err, auth.ErrUnknownScheme) {
		s.authWarning(o.at, "runtime: could not find a handler for auth: "+o.auth.Type)
		return nil
	}
	if err != nil {
		s.authWarning(o.at, "runtime~"+o.auth.Type+".auth: could not sign the request: "+err.Error())
		return nil
	}
	return signer
}

func bodyMode(r *collections.Request) string {
	if r.Body == nil || r.Body.Disabled {
		return ""
	}
	return r.Body.Mode
}

func (s *sender) authWarning(at place, text string) {
	s.out.warn(at, event.Warned{Kind: "auth", Text: text, Console: true})
}

func authParams(a *collections.Auth) auth.Params {
	out := make(auth.Params, len(a.Params))
	for i, p := range a.Params {
		out[i] = auth.Param{Key: p.Key, Value: p.Value}
	}
	return out
}

// challenged asks a challenge scheme whether to send the request again.
func (s *sender) challenged(o *outgoing, by auth.Signer, resp *transport.Response, replay int) bool {
	c, ok := by.(auth.Challenger)
	if !ok {
		return false
	}
	again, err := c.Answer(resp)
	if err != nil {
		s.authWarning(o.at, "runtime~"+o.auth.Type+".auth: there was an error validating auth: "+err.Error())
	}
	if again && replay >= maxReplays {
		s.authWarning(o.at, "runtime: maximum intermediate request limit exceeded")
		return false
	}
	return again
}

// dropped warns of what a redirect to another origin did not carry along, of
// client certificates that were not there, and of cookies that were refused.
func (s *sender) dropped(at place, ex *transport.Exchange) {
	for _, what := range ex.Dropped {
		s.out.warn(at, event.Warned{Kind: "redirect", Text: "redirect to another origin: " + what,
			Hint: "followAuthorizationHeader in the item's protocolProfileBehavior keeps it"})
	}
	for _, why := range ex.Missing {
		s.out.warn(at, event.Warned{Kind: "certificate", Text: why, Console: true})
	}
	for _, r := range ex.Refused {
		s.out.warn(at, event.Warned{Kind: "cookie", Text: fmt.Sprintf("cookie %q of %s is not kept: %s", r.Name, r.Host, r.Why)})
	}
}

// answered emits a finished request and returns it as scripts see it.
func (s *sender) answered(o *outgoing, b *wire.Plan, ex *transport.Exchange, took time.Duration, replay int) *answer {
	last := ex.Hops[len(ex.Hops)-1]
	first := ex.Hops[0]
	b.RecordSent(&first)
	resp := wire.Response(ex.Response, took, last.Timings)
	given := cookies(s.client.Jar(), last.URL.Site())
	resp.Cookies = given
	source := o.source
	if replay > 0 && source == "item" {
		source = "replay"
	}
	report := s.reported(b)
	learnAnswer(s.mask, source, report, ex, given)
	e := &event.RequestFinished{Item: o.at.item, Source: source, Request: report, Response: resp, Attempt: o.attemptOf(source)}
	e.Hops, e.Final = wire.Hops(ex.Hops)
	s.out.emit(e, o.at.cursor)
	return &answer{
		wire:     ex.Response,
		request:  report.JSON,
		response: wire.ScriptResponse(ex.Response, resp),
		cookies:  given,
	}
}

// failed emits a request that got no answer. Its tests run all the same,
// with an empty response.
func (s *sender) failed(o *outgoing, b *wire.Plan, ex *transport.Exchange, err error) (*answer, *event.Failure) {
	f := failure(err)
	e := &event.RequestFinished{Item: o.at.item, Source: o.source, Err: f, Request: s.reported(b), Attempt: o.attemptOf(o.source)}
	if ex != nil {
		if len(ex.Hops) > 0 {
			b.RecordSent(&ex.Hops[0])
			e.Request = s.reported(b)
		}
		e.Hops, e.Final = wire.Hops(ex.Hops)
		learnAnswer(s.mask, o.source, e.Request, ex, nil)
	}
	s.out.emit(e, o.at.cursor)
	return &answer{request: b.Request.JSON(), response: &script.Response{}}, f
}
