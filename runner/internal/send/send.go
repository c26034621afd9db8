// Package send sends the requests of items, of scripts, and for tokens. It
// picks the signer, lets package wire build the request, answers challenges,
// and reports each request that was made.
package send

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner/auth"
	"postie/runner/event"
	"postie/runner/internal/emit"
	"postie/runner/internal/random"
	"postie/runner/mask"
	"postie/runner/script"
	"postie/runner/transport"
	"postie/runner/wire"
)

// maxReplays is how often a challenge scheme may send a request again.
const maxReplays = 3

// An Outgoing is a resolved request that is ready to be built.
type Outgoing struct {
	Request *collections.Request
	Source  string     // "item", "script" or "token"
	At      emit.Place // of the item it is sent for
	Attempt int        // of the item; 0 when requests are never sent again
	Profile collections.Profile
	Auth    *collections.Auth // with its variables filled in; nil for none
	State   *auth.State

	replay bool // the request answers a challenge
}

// An Answer is what test scripts see of an exchange.
type Answer struct {
	Request  []byte // collection form, as sent
	Response *script.Response
	Cookies  []script.Cookie
	Wire     *transport.Response // nil when there was none
}

// A Sender puts requests on the wire and reports them. It is safe for
// concurrent use.
type Sender struct {
	Client          *transport.Client
	UserAgent       string
	FollowRedirects *bool // nil: yes; an item's profile wins
	Files           fs.FS // the files of bodies; nil: every file is refused
	Now             func() time.Time
	Mask            *mask.Masker
	Scopes          *vars.Stack
	Random          *random.Source
	Out             *emit.Emitter

	tokens auth.Tokens
}

// attemptOf returns the attempt number for a request of an item, and 0 for
// other requests made meanwhile.
func (o *Outgoing) attemptOf(source string) int {
	if source == "item" || source == "replay" {
		return o.Attempt
	}
	return 0
}

// Exchange sends a request, answers challenges, and emits an event for each
// request made. It returns the last answer.
func (s *Sender) Exchange(ctx context.Context, o *Outgoing) (*Answer, *event.Failure) {
	if f := s.refused(o); f != nil {
		return &Answer{Request: o.Request.JSON(), Response: &script.Response{}}, f
	}
	signer := s.signer(o)
	for replay := 0; ; replay++ {
		b, err := s.plan(ctx, o, signer)
		if err != nil {
			return s.failed(o, b, nil, err)
		}
		began := time.Now() // fetching a token while signing has a timeout of its own
		ex, err := s.Client.Do(ctx, b.Wire)
		took := time.Since(began) - ex.Waited()
		s.dropped(o.At, ex)
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

// subjects are the senders other than items, which check more than the host
// before they send.
var subjects = map[string]string{"script": "pm.sendRequest", "token": "the token request"}

// refused returns the failure of a script's request or a token request to a
// host that was not meant, or nil.
func (s *Sender) refused(o *Outgoing) *event.Failure {
	subject := subjects[o.Source]
	if subject == "" {
		return nil
	}
	f := (&NameCheck{Scopes: s.Scopes, Subject: subject}).host(strings.Join(o.Request.URL.Host, "."), o.Request.URL.Port)
	if f != nil {
		url := o.Request.URL.String()
		s.Out.Emit(&event.RequestFinished{Item: o.At.Item, Source: o.Source, Err: f,
			Request: event.Request{Method: o.Request.Method, URL: url, Display: url, JSON: o.Request.JSON()}}, o.At.Cursor)
	}
	return f
}

// plan builds a request for the wire.
func (s *Sender) plan(ctx context.Context, o *Outgoing, by auth.Signer) (*wire.Plan, error) {
	d := wire.Defaults{UserAgent: s.UserAgent, FollowRedirects: s.FollowRedirects,
		Secrets: secretHeaders(s.Mask, o.Request.Header), Files: s.Files, Token: s.Random.UUID, Boundary: s.Random.Boundary, Again: o.replay}
	var noToken error
	if by != nil {
		d.Sign = func(w *transport.Request) { noToken = s.sign(ctx, o, w, by) }
	}
	b, err := wire.Build(o.Request, o.Profile, d)
	if err == nil {
		err = noToken
	}
	for _, text := range b.Warnings {
		s.Out.Warn(o.At, event.Warned{Kind: "file", Console: true, Text: text})
	}
	if b.Wire != nil {
		s.Mask.User(b.Wire.URL.Userinfo, mask.Recent)
	}
	return b, err
}

// sign lets the auth scheme add its headers. A scheme that cannot sign leaves
// the request unsigned with a warning, as in Postman. A token that cannot be
// fetched is an error. What the scheme wrote is secret.
func (s *Sender) sign(ctx context.Context, o *Outgoing, w *transport.Request, by auth.Signer) error {
	switch err := by.Sign(ctx, w); {
	case errors.Is(err, auth.ErrToken):
		return err
	case err != nil:
		s.authWarning(o.At, "runtime~"+o.Auth.Type+".auth: could not sign the request: "+err.Error())
	}
	wr, ok := by.(auth.Writer)
	if !ok {
		return nil
	}
	w.Secrets = append(w.Secrets, wr.Wrote()...)
	learnSigned(o.At.Secrets, o.Auth, w, wr)
	return nil
}

// reported returns a request as events contain it.
func (s *Sender) reported(b *wire.Plan) event.Request {
	r := b.Report()
	r.JSON = b.Request.JSON()
	return r
}

// signer returns the signer of a request's auth; nil for none.
func (s *Sender) signer(o *Outgoing) auth.Signer {
	if o.Auth == nil || o.Auth.Type == "" || o.Auth.Type == "noauth" {
		return nil
	}
	if o.State == nil {
		o.State = &auth.State{}
	}
	signer, err := auth.New(o.Auth.Type, authParams(o.Auth), o.State, auth.Options{
		Now: s.Now,
		Do: func(ctx context.Context, r *transport.Request) (*transport.Response, error) {
			return s.tokenRequest(ctx, o, r)
		},
		Tokens:   &s.tokens,
		BodyMode: bodyMode(o.Request),
		Warn:     func(text string) { s.authWarning(o.At, "runtime~"+o.Auth.Type+".auth: "+text) },
		Without: func(why string) {
			s.Out.Warn(o.At, event.Warned{Kind: "auth", Text: why + ": the request is sent without",
				Hint: "give accessToken a variable with a token in it, or use a grant without a person: client credentials, or a refresh token"})
		},
	})
	if errors.Is(err, auth.ErrUnknownScheme) {
		s.authWarning(o.At, "runtime: could not find a handler for auth: "+o.Auth.Type)
		return nil
	}
	if err != nil {
		s.authWarning(o.At, "runtime~"+o.Auth.Type+".auth: could not sign the request: "+err.Error())
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

func (s *Sender) authWarning(at emit.Place, text string) {
	s.Out.Warn(at, event.Warned{Kind: "auth", Text: text, Console: true})
}

func authParams(a *collections.Auth) auth.Params {
	out := make(auth.Params, len(a.Params))
	for i, p := range a.Params {
		out[i] = auth.Param{Key: p.Key, Value: p.Value}
	}
	return out
}

// challenged asks a challenge scheme whether to send the request again.
func (s *Sender) challenged(o *Outgoing, by auth.Signer, resp *transport.Response, replay int) bool {
	c, ok := by.(auth.Challenger)
	if !ok {
		return false
	}
	again, err := c.Answer(resp)
	if err != nil {
		s.authWarning(o.At, "runtime~"+o.Auth.Type+".auth: there was an error validating auth: "+err.Error())
	}
	if again && replay >= maxReplays {
		s.authWarning(o.At, "runtime: maximum intermediate request limit exceeded")
		return false
	}
	return again
}

// dropped warns about headers that a redirect to another origin removed, client
// certificates that were missing, and cookies that were refused.
func (s *Sender) dropped(at emit.Place, ex *transport.Exchange) {
	for _, what := range ex.Dropped {
		s.Out.Warn(at, event.Warned{Kind: "redirect", Text: "redirect to another origin: " + what,
			Hint: "followAuthorizationHeader in the item's protocolProfileBehavior keeps it"})
	}
	for _, why := range ex.Missing {
		s.Out.Warn(at, event.Warned{Kind: "certificate", Text: why, Console: true})
	}
	for _, r := range ex.Refused {
		s.Out.Warn(at, event.Warned{Kind: "cookie", Text: fmt.Sprintf("cookie %q of %s is not kept: %s", r.Name, r.Host, r.Why)})
	}
}

// answered emits a finished request and returns the answer as scripts see it.
func (s *Sender) answered(o *Outgoing, b *wire.Plan, ex *transport.Exchange, took time.Duration, replay int) *Answer {
	last := ex.Hops[len(ex.Hops)-1]
	first := ex.Hops[0]
	b.RecordSent(&first)
	resp := wire.Response(ex.Response, took, last.Timings)
	given := cookies(s.Client.Jar(), last.URL.Site())
	resp.Cookies = given
	source := o.Source
	if replay > 0 && source == "item" {
		source = "replay"
	}
	report := s.reported(b)
	learnAnswer(s.Mask, source, report, ex, given)
	e := &event.RequestFinished{Item: o.At.Item, Source: source, Request: report, Response: resp, Attempt: o.attemptOf(source)}
	e.Hops, e.Final = wire.Hops(ex.Hops)
	s.Out.Emit(e, o.At.Cursor)
	return &Answer{
		Wire:     ex.Response,
		Request:  report.JSON,
		Response: wire.ScriptResponse(ex.Response, resp),
		Cookies:  given,
	}
}

// failed emits a request that got no answer. Its tests still run, with an empty
// response.
func (s *Sender) failed(o *Outgoing, b *wire.Plan, ex *transport.Exchange, err error) (*Answer, *event.Failure) {
	e := &event.RequestFinished{Item: o.At.Item, Source: o.Source, Request: s.reported(b), Attempt: o.attemptOf(o.Source)}
	if ex != nil {
		if len(ex.Hops) > 0 {
			b.RecordSent(&ex.Hops[0])
			e.Request = s.reported(b)
		}
		e.Hops, e.Final = wire.Hops(ex.Hops)
		learnAnswer(s.Mask, o.Source, e.Request, ex, nil)
	}
	url := e.Request.URL
	if e.Final != nil {
		url = e.Final.URL
	}
	f := failure(err, url)
	e.Err = f
	s.Out.Emit(e, o.At.Cursor)
	return &Answer{Request: b.Request.JSON(), Response: &script.Response{}}, f
}
