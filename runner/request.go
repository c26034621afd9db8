package runner

import (
	"context"

	"postie/collections"
	"postie/runner/auth"
	"postie/runner/event"
	"postie/runner/internal/send"
	"postie/runner/mask"
	"postie/runner/script"
)

// send resolves and sends the item's request.
func (x *execution) send(ctx context.Context) (*send.Answer, *event.Failure) {
	resolved := x.request.Resolve(x.scopes.Expand)
	if d := resolved.Description; d != nil {
		text := x.scopes.Expand(*d) // as reports show it
		resolved.Description = &text
	}
	o := &send.Outgoing{Request: resolved, Source: "item", Profile: x.item.profile, At: x.at, Attempt: x.attempt}
	send.LearnRequest(x.mask, resolved, mask.Recent)
	x.authorize(o)
	if f := x.preflight(resolved, o.Auth); f != nil {
		got := &send.Answer{Request: resolved.JSON(), Response: &script.Response{}}
		x.emit(&event.RequestFinished{Item: x.item.ref, Source: "item", Err: f, Attempt: x.attempt,
			Request: event.Request{Method: resolved.Method, URL: resolved.URL.String(), Display: resolved.URL.String(), JSON: got.Request}})
		return got, f
	}
	return x.sender.Exchange(ctx, o)
}

// authorize picks the auth that applies: the request's own, which a script
// may have changed, or the nearest ancestor's. What a challenge scheme
// learned is kept with the block: for the session when inherited, else for
// this execution.
func (x *execution) authorize(o *send.Outgoing) {
	a, owner, ok := x.item.node.Auth()
	switch given := x.request.Auth; {
	case given != nil && given.Type != "":
		a, owner, ok = *given, x.item.node, true
	case owner == x.item.node:
		// A script removed the request's own auth.
		ok = false
	}
	if !ok || a.Type == "noauth" {
		return
	}
	o.Auth = resolveAuth(a, x.scopes.Expand)
	o.Request.Auth = o.Auth
	send.LearnAuth(x.mask, o.Auth, mask.Recent)
	if owner == x.item.node {
		o.State = &auth.State{}
		return
	}
	if x.auths[owner] == nil {
		x.auths[owner] = &auth.State{}
	}
	o.State = x.auths[owner]
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
