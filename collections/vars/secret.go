package vars

import (
	"slices"
	"strings"
	"unicode"
)

// IsSecretName reports whether a variable of this name holds a secret, going
// by the name alone: API_TOKEN and dbPassword do, TOKEN_URL and passwordLength
// do not. It is the one rule for variables that nothing else is said of.
func IsSecretName(name string) bool {
	words := nameWords(name)
	if len(words) == 0 || slices.Contains(aboutSecrets, words[len(words)-1]) || slices.Contains(measures, words[0]) {
		return false
	}
	if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(secretWords, w) }) {
		return true
	}
	joined := strings.Join(words, "")
	return slices.ContainsFunc(secretParts, func(p string) bool { return strings.Contains(joined, p) })
}

var (
	// secretWords are whole words of names, secretParts any part of them.
	secretWords = []string{"pass", "pwd", "pw", "jwt", "pat"}
	secretParts = []string{"passw", "passphrase", "passcode", "secret", "token", "credential", "authorization", "bearer",
		"apikey", "privatekey", "accesskey", "authkey", "signingkey", "encryptionkey", "masterkey", "sharedkey"}

	// aboutSecrets end names of what is said about a secret, measures begin them.
	aboutSecrets = []string{"url", "uri", "endpoint", "host", "path", "file", "type", "name", "header", "prefix", "scheme",
		"algorithm", "alg", "policy", "hint", "length", "size", "count", "limit", "ttl", "lifetime", "timeout",
		"expires", "expiry", "expiration", "expired", "in", "at", "valid", "enabled", "required"}
	measures = []string{"max", "min", "num", "total", "has", "is", "use"}
)

// nameWords are the words of a name in lower case, however it joins them:
// API_KEY, api-key, apiKey, APIKey.
func nameWords(name string) []string {
	var words []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			words = append(words, strings.ToLower(string(word)))
			word = word[:0]
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) ||
			unicode.IsUpper(runes[i-1]) && i+1 < len(runes) && unicode.IsLower(runes[i+1])):
			end()
		}
		word = append(word, r)
	}
	end()
	return words
}
