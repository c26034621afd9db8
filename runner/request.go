package runner

import (
	"context"

	"postie/collections"
	"postie/runner/auth"
	"postie/runner/event"
	"postie/runner/mask"
	"postie/runner/script"
)

// send resolves and sends the item's request.
func (x *execution) send(ctx context.Context) (*answer, *event.Failure) {
	resolved := x.request.Resolve(x.scopes.Expand)
	if d := resolved.Description; d != nil {
		text := x.scopes.Expand(*d) // as reports show it
		resolved.Description = &text
	}
	o := &outgoing{request: resolved, source: "item", profile: x.item.profile, at: x.at, attempt: x.attempt}
	learnRequest(x.mask, resolved, mask.Recent)
	x.authorize(o)
	if f := x.preflight(resolved, o.auth); f != nil {
		got := &answer{request: resolved.JSON(), response: &script.Response{}}
		x.emit(&event.RequestFinished{Item: x.item.ref, Source: "item", Err: f, Attempt: x.attempt,
			Request: event.Request{Method: resolved.Method, URL: resolved.URL.String(), Display: resolved.URL.String(), JSON: got.request}})
		return got, f
	}
	return x.sender.exchange(ctx, o)
}

// authorize picks the auth that applies: the request's own, which a script
// may have changed, or the nearest ancestor's. What a challenge scheme
// learned is kept with the block: for the session when inherited, else for
// this execution.
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
	o.auth = resolveAuth(a, x.scopes.Expand)
	o.request.Auth = o.auth
	learnAuth(x.mask, o.auth, mask.Recent)
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
