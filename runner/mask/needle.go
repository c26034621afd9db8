package mask

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A needle is one form of a secret in an unescaped text: the secret itself, its
// base64, or its hexadecimal digits.
type needle struct {
	text   string // looked for
	secret string // the secret it is made from
	code   code
	lead   int // in base64: number of bytes before the secret in its first group of three
}

// A code is the encoding of a secret in a needle.
type code int

const (
	plainCode code = iota
	base64Code
	urlBase64Code
	hexCode
	upperHexCode
)

const (
	// shortest is the least length of a value that is hidden everywhere:
	// shorter texts are too common.
	shortest = 4

	// longestCode limits how many characters of a secret's base64 or
	// hexadecimal digits are searched for. What follows is then compared with
	// the rest and hidden as far as it is equal.
	longestCode = 32

	// longestText limits how much of a secret is searched for; the rest is then
	// compared. For a signature less is enough, because no other text begins
	// like it.
	longestText      = 1 << 15
	longestSignature = 24

	// manyPieces is the number of lines and members from which on further ones
	// are hidden only as they are, and not in base64 and hexadecimal digits.
	manyPieces = 200
)

// needlesOf appends all needles of a secret.
func needlesOf(secret string, out []needle) []needle {
	for i, p := range piecesOf(secret) {
		out = append(out, plain(p, longestText))
		if len(p) >= longSecret && isHost(p) {
			if low := strings.ToLower(p); low != p {
				out = append(out, plain(low, longestText))
			}
		}
		latin, ok := latin1(p)
		if ok {
			out = append(out, plain(latin, longestText))
		}
		if i > manyPieces {
			continue
		}
		for _, wide := range utf16Of(p) {
			out = append(out, plain(wide, longestText))
		}
		out = coded(out, p, longestCode)
		if ok {
			out = coded(out, latin, longestCode)
		}
	}
	return out
}

// signatureNeedles appends the needles of a value that an auth scheme wrote
// into a request. They must be created fast, because each request has a new
// value.
func signatureNeedles(signature string, out []needle) []needle {
	if rest := afterScheme(signature); len(rest) >= longSecret {
		signature = rest
	}
	for _, part := range tokenParts(signature) {
		if len(part) >= longSecret {
			out = append(out, plain(part, longestSignature))
		}
	}
	return coded(append(out, plain(signature, longestSignature)), signature, longestSignature)
}

// plain returns the needle of a text as it is.
func plain(s string, longest int) needle { return needle{text: s[:min(len(s), longest)], secret: s} }

// isHost reports whether a text may be part of a host name, which URLs write in
// lower case.
func isHost(s string) bool {
	for _, r := range s {
		if !isAlphanumeric(r) && !strings.ContainsRune("-._~", r) {
			return false
		}
	}
	return true
}

// latin1 returns a text in the encoding of JavaScript's btoa and escape. ok is
// false when the text is ASCII or cannot be encoded.
func latin1(s string) (out string, ok bool) {
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return "", false
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return "", false
		}
		b = append(b, byte(r))
	}
	return string(b), len(b) >= shortest
}

// utf16Of returns a text in UTF-16 of both byte orders. When all characters are
// in Latin-1, one text is enough: the bytes between the first and the last are
// the same in both orders.
func utf16Of(s string) []string {
	var little, big []byte
	latin := true
	for _, unit := range utf16.Encode([]rune(s)) {
		little = binary.LittleEndian.AppendUint16(little, unit)
		big = binary.BigEndian.AppendUint16(big, unit)
		latin = latin && unit < 0x100
	}
	if latin {
		return []string{string(little[:len(little)-1])}
	}
	return []string{string(little), string(big)}
}

// coded appends the needles of a text in base64 and in hexadecimal digits.
func coded(out []needle, s string, longest int) []needle {
	for lead := range 3 {
		n := needle{secret: s, code: base64Code, lead: lead}
		if n.text = n.encoded(longest); len(n.text) >= shortest {
			out = append(out, n)
			if strings.ContainsAny(n.text, "+/") {
				n.code = urlBase64Code
				n.text = n.encoded(longest)
				out = append(out, n)
			}
		}
	}
	n := needle{secret: s, code: hexCode}
	n.text = n.encoded(longest)
	out = append(out, n)
	if upper := strings.ToUpper(n.text); upper != n.text {
		out = append(out, needle{text: upper, secret: s, code: upperHexCode})
	}
	return out
}

// encoded returns the first characters of a needle, at most most. In base64 it
// returns only characters that depend on the secret alone.
func (n *needle) encoded(most int) string {
	s := n.secret[:min(len(n.secret), most)] // no encoding makes it shorter
	switch n.code {
	case hexCode, upperHexCode:
		text := hex.EncodeToString([]byte(s))
		if n.code == upperHexCode {
			text = strings.ToUpper(text)
		}
		return text[:min(len(text), most)]
	case base64Code, urlBase64Code:
		alphabet := base64.RawStdEncoding
		if n.code == urlBase64Code {
			alphabet = base64.RawURLEncoding
		}
		text := alphabet.EncodeToString(append(make([]byte, n.lead, n.lead+len(s)), s...))
		text = text[[]int{0, 2, 3}[n.lead] : (n.lead+len(s))*8/6]
		return text[:min(len(text), most)]
	}
	return s
}

// rest returns what follows the needle's text.
func (n *needle) rest() string {
	if n.code == plainCode {
		return n.secret[len(n.text):]
	}
	return n.encoded(math.MaxInt)[len(n.text):]
}

// around returns the part of a text that must be hidden when a needle's text is
// at start. ok is false when the rest of an unencoded secret is missing. Of an
// encoded secret, it hides as much as is there, and also the characters that
// contain bits of the secret and of its neighbors.
func (n *needle) around(s string, start, end int) (hide span, ok bool) {
	end, missing := follow(s, end, n.rest())
	if missing > 0 {
		return span{start, end}, n.code != plainCode || cutAt(s, end)
	}
	if n.code != base64Code && n.code != urlBase64Code {
		return span{start, end}, true
	}
	if n.lead > 0 && start > 0 && isBase64(rune(s[start-1])) {
		start--
	}
	if (n.lead+len(n.secret))%3 != 0 {
		end += spelled(s, end, isBase64)
	}
	for range 2 {
		end += spelled(s, end, func(r rune) bool { return r == '=' })
	}
	return span{start, end}, true
}

// manySteps limits how often follow tries another reading.
const manySteps = 1000

// follow reads the text that spells rest, from an index on. It returns where
// that ends, and how many bytes of rest are missing.
func follow(s string, at int, rest string) (end, missing int) {
	steps := manySteps
	return followed(s, at, rest, &steps)
}

func followed(s string, at int, rest string, steps *int) (end, missing int) {
	for rest != "" && at < len(s) && s[at] == rest[0] && s[at] != '%' && s[at] != '\\' && s[at] != '&' {
		at, rest = at+1, rest[1:]
	}
	end, missing = at, len(rest)
	for level := 0; level <= maxLevels && missing > 0 && *steps > 0; level++ {
		c := symbolAt(s, at, level)
		var buf [utf8.UTFMax]byte
		b := c.bytes(buf[:0])
		if c.width == 0 || !strings.HasPrefix(rest, string(b)) {
			continue
		}
		*steps--
		if e, m := followed(s, at+c.width, rest[len(b):], steps); m < missing {
			end, missing = e, m
		}
	}
	return end, missing
}

func isBase64(r rune) bool {
	return isAlphanumeric(r) || r == '+' || r == '/' || r == '-' || r == '_'
}

// spelled returns the length of a symbol at an index, escaped or not, for which
// is holds. It returns 0 when there is no such symbol.
func spelled(s string, at int, is func(rune) bool) int {
	for level := range maxLevels + 1 {
		if c := symbolAt(s, at, level); c.width > 0 && is(c.value) {
			return c.width
		}
	}
	return 0
}

// piecesOf returns a secret and the parts of it that are secret, too: its
// lines, as in a PEM key; its strings when it is an object; what follows a
// scheme; the parts of a token; and its unescaped form when it is
// percent-encoded.
func piecesOf(secret string) []string {
	var out []string
	add := func(s string, least int) {
		if s = strings.TrimSpace(s); len(s) >= least && !common(s) && (len(out) > manyPieces || !slices.Contains(out, s)) {
			out = append(out, s)
		}
	}
	if rest := afterScheme(secret); len(rest) >= longSecret {
		add(rest, longSecret) // then also the whole text without its scheme
	} else {
		add(secret, shortest)
	}
	if strings.Contains(secret, "%") {
		if plain, err := url.PathUnescape(secret); err == nil {
			add(plain, shortest)
		}
	}
	for _, s := range tokenParts(secret) {
		add(s, longSecret)
	}
	for _, s := range linesOf(secret) {
		add(s, longSecret)
	}
	for _, s := range stringsOf(secret) {
		add(s, shortest)
	}
	return out
}

// tokenParts returns the payload and the signature of a JSON Web Token, since
// they are also shown separately. The header is left out, because many tokens
// have the same one.
func tokenParts(s string) []string {
	if rest := afterScheme(s); rest != "" {
		s = rest
	}
	head, rest, _ := strings.Cut(s, ".")
	payload, signature, ok := strings.Cut(rest, ".")
	if !ok || !strings.HasPrefix(head, "eyJ") || strings.ContainsFunc(s, func(r rune) bool { return r != '.' && !isBase64(r) }) {
		return nil
	}
	return append(strings.Split(signature, "."), payload) // an encrypted token has four more parts
}

// linesOf returns the lines of a secret with more than one. It leaves out the
// first and last line of a PEM key, which are no secret. Line breaks of a PEM
// key may be written as \n.
func linesOf(s string) []string {
	if strings.Contains(s, "-----BEGIN ") {
		s = strings.ReplaceAll(strings.ReplaceAll(s, `\n`, "\n"), `\r`, "\r")
	}
	lines := strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' })
	if len(lines) < 2 {
		return nil
	}
	var out []string
	for _, line := range lines {
		if !strings.HasPrefix(line, "-----") {
			out = append(out, line)
		}
	}
	return out
}

// stringsOf returns the strings in a secret that is a JSON object or array.
func stringsOf(s string) []string {
	if s = strings.TrimSpace(s); s == "" || s[0] != '{' && s[0] != '[' {
		return nil
	}
	var v any
	if json.Unmarshal([]byte(s), &v) != nil {
		return nil
	}
	return appendStrings(nil, v)
}

func appendStrings(out []string, v any) []string {
	switch v := v.(type) {
	case string:
		return append(out, v)
	case []any:
		for _, x := range v {
			out = appendStrings(out, x)
		}
	case map[string]any:
		for _, x := range v {
			out = appendStrings(out, x)
		}
	}
	return out
}

// common reports whether a value is never learned: a JSON literal, or the text
// that replaces secrets.
func common(s string) bool {
	switch s {
	case "true", "false", "null", "undefined", "[object Object]":
		return true
	}
	return strings.Trim(s, "*") == "" || !utf8.ValidString(s) && len(s) < longSecret
}
