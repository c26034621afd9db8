package mask

import (
	"slices"
	"strings"
)

// credentials are the header fields with secret values.
var credentials = []string{"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key",
	"x-auth-token", "x-amz-security-token", "x-openam-password", "x-openidm-password", "x-api-secret"}

// isCredential reports whether a header field with this name has a secret
// value.
func isCredential(name string) bool { return containsFold(credentials, name) }

func containsFold(list []string, s string) bool {
	return slices.ContainsFunc(list, func(x string) bool { return len(x) == len(s) && strings.EqualFold(x, s) })
}

// secretParams are the secret parameters of auth blocks, in lower case.
var secretParams = []string{"password", "token", "accesstoken", "access_token", "secret", "secretkey", "sessiontoken", "consumersecret",
	"tokensecret", "authkey", "privatekey", "clientsecret", "client_secret", "value", "refreshtoken", "refresh_token", "clientassertion",
	"client_assertion", "code_verifier", "clienttoken", "passphrase"}

func secretParam(key string) bool { return containsFold(secretParams, key) }

// tokenKeys are the secret members of requests to a token endpoint and of its
// responses.
var tokenKeys = []string{"access_token", "refresh_token", "id_token", "client_secret", "password", "client_assertion",
	"assertion", "code_verifier", "subject_token", "actor_token", "device_code"}

// credentialValue returns what is shown of a credential: its scheme, if it has
// one.
func credentialValue(v string) string {
	if scheme, rest, ok := strings.Cut(v, " "); ok && rest != "" && !strings.ContainsAny(scheme, "=;,") {
		return scheme + " " + Masked
	}
	if v == "" {
		return v
	}
	return Masked
}

// unfilled reports whether a value consists of templates only, so that it
// contains no secret yet.
func unfilled(s string) bool {
	at, found := 0, false
	for at < len(s) {
		open := strings.Index(s[at:], "{{")
		if open < 0 {
			break
		}
		length := strings.Index(s[at+open:], "}}")
		if length < 0 {
			break
		}
		if !signs(s[at:at+open]) && afterScheme(s[at:at+open]+"x") == "" {
			return false
		}
		at, found = at+open+length+2, true
	}
	return found && signs(s[at:])
}

// signs reports whether a text contains no letter and no digit.
func signs(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return isAlphanumeric(r) || r > 0x7f })
}
