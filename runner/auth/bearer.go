package auth

import (
	"context"

	"postie/runner/transport"
)

// bearer is RFC 6750; an empty token leaves the request as it is.
type bearer struct{ p Params }

func (b *bearer) Sign(_ context.Context, r *transport.Request) error {
	if token := b.p.Text("token"); token != "" {
		setAuthorization(r, "Bearer "+token)
	}
	return nil
}

func (*bearer) Wrote() []string { return authorization{}.Wrote() }
