package criteria

import (
	"strings"
	"testing"
)

// A path that leads nowhere is answered with the one that was probably meant.
func TestMeantPaths(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, want string }{
		{"statsu", "status"},
		{"statusCode", "status"},
		{"code", "status"},
		{"responseTime", "time"},
		{"headers.etag", "header.etag"},
		{"heder.Content-Type", "header.Content-Type"},
		{"bdy.items.0.id", "body.items.0.id"},
		{"json.token", "body.token"},
		{"$.data.token", "body.data.token"},
		{"$[0].id", "body.0.id"},
		{"response.status", "status"},
		{"pm.response.json().tokenId", "body.tokenId"},
		{"tokenId", "body.tokenId"},
		{"access_token.value", "body.access_token.value"},
	} {
		err := checkPath(tt.in)
		if err == nil || !strings.HasSuffix(err.Error(), "did you mean "+tt.want+"?") {
			t.Errorf("%s: %v, want a hint at %s", tt.in, err, tt.want)
		}
	}
}
