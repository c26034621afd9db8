package auth

import (
	"context"
	"strings"

	"postie/runner/transport"
)

// oauth2 sends an access token as a header or query parameter.
type oauth2 struct{ p Params }

func (o *oauth2) Sign(_ context.Context, r *transport.Request) error {
	token := o.p.Text("accessToken")
	if token == "" || strings.EqualFold(o.p.Text("tokenType"), "mac") {
		return nil
	}
	if o.p.Text("addTokenTo") == "queryParams" {
		r.Header = r.Header.Del("Authorization")
		r.URL.Target = setQuery(r.URL.Target, "access_token", token)
		return nil
	}
	prefix := "Bearer"
	if o.p.Has("headerPrefix") {
		prefix = strings.TrimSpace(o.p.Text("headerPrefix"))
	}
	setAuthorization(r, strings.TrimLeft(prefix+" "+token, " "))
	return nil
}

func (*oauth2) Wrote() []string { return authorization{}.Wrote() }
