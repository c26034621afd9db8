package auth

import (
	"context"
	"strings"

	"postie/runner/transport"
)

// oauth2 sends an access token as a header or a query parameter. When the block
// has none, it gets one from the token endpoint; newman would send none.
type oauth2 struct {
	authorization
	p    Params
	opts Options

	cached      *cachedToken // the cached token that was sent; nil for the token of the block
	justFetched bool         // it was fetched for this very request
	without     bool         // the caller was told that there is none
}

func (o *oauth2) Sign(ctx context.Context, r *transport.Request) error {
	token, kind, err := o.token(ctx)
	if err != nil || token == "" || strings.EqualFold(kind, "mac") {
		return err
	}
	if o.p.Text("addTokenTo") == "queryParams" {
		r.Header = r.Header.Del("Authorization")
		r.URL.Target = setQuery(r.URL.Target, "access_token", token, true)
		return nil
	}
	prefix := "Bearer"
	if o.p.Has("headerPrefix") {
		prefix = strings.TrimSpace(o.p.Text("headerPrefix"))
	}
	setAuthorization(r, strings.TrimLeft(prefix+" "+token, " "))
	return nil
}

// token returns the access token to send; "" for none.
func (o *oauth2) token(ctx context.Context) (token, kind string, err error) {
	if token := o.p.Text("accessToken"); token != "" {
		return token, o.p.Text("tokenType"), nil
	}
	g := o.grant()
	if g == nil || o.opts.Do == nil {
		if o.opts.Without != nil && !o.without {
			o.without = true
			o.opts.Without(o.missing())
		}
		return "", "", nil
	}
	if o.cached == nil {
		o.cached = o.opts.Tokens.of(g.key())
	}
	o.cached.mu.Lock()
	defer o.cached.mu.Unlock()
	if !o.cached.usable(o.opts.Now()) {
		o.justFetched = true
		if err := o.cached.fetch(ctx, g, o.opts); err != nil {
			return "", "", err
		}
	}
	return o.cached.access, o.cached.kind, nil
}

// Answer drops a token that the server no longer accepts, once. A token that
// was fetched for this request is kept, because it cannot be too old.
func (o *oauth2) Answer(resp *transport.Response) (again bool, err error) {
	if resp.Code != 401 || o.cached == nil || o.justFetched {
		return false, nil
	}
	o.cached.mu.Lock()
	defer o.cached.mu.Unlock()
	if o.cached.access == "" {
		return false, nil
	}
	o.cached.access = ""
	return true, nil
}
