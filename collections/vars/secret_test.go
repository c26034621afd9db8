package vars_test

import (
	"testing"

	"postie/collections/vars"
)

// Names that look secret, however they join their words, and names that only
// speak of a secret.
func TestSecretNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"token", "API_TOKEN", "accessToken", "access-token", "password", "DB_PASSWORD", "amAdminPassword", "passwd",
		"pwd", "user.pwd", "secret", "clientSecret", "secret_id", "apiKey", "api-key", "APIKey", "api_key", "X-API-Key", "private_key", "privateKey",
		"passphrase", "credentials", "Authorization", "bearer", "jwt", "aws_secret_access_key", "AWS_ACCESS_KEY_ID", "tokenId", "token2", "GITHUB_PAT"} {
		if !vars.IsSecretName(name) {
			t.Errorf("%s does not look secret", name)
		}
	}
	for _, name := range []string{"", "host", "user", "session", "key", "keyword", "monkey", "compass", "passenger", "pattern", "TOKEN_URL", "tokenUrl",
		"tokenType", "token_type", "secretName", "password_length", "max_tokens", "token_expires_in", "tokenExpiresAt", "passwordPolicy", "KEY_FILE", "isTokenValid"} {
		if vars.IsSecretName(name) {
			t.Errorf("%s looks secret", name)
		}
	}
}
