package auth

import (
	"context"
	"encoding/base64"

	"postie/runner/transport"
)

// basic is RFC 7617; it is sent even when both parts are empty.
type basic struct{ p Params }

func (b *basic) Sign(_ context.Context, r *transport.Request) error {
	pair := b.p.Text("username") + ":" + b.p.Text("password")
	setAuthorization(r, "Basic "+base64.StdEncoding.EncodeToString([]byte(pair)))
	return nil
}

func (*basic) Wrote() []string { return authorization{}.Wrote() }
