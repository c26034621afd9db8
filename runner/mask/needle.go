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

// A needle is what a secret looks like in a text that is not escaped: as it
// is, in base64, or in hexadecimal digits.
type needle struct {
	text   string // looked for
	secret string // what it is of
	code   code
	lead   int // in base64, how many bytes of others are before the secret's in a group of three
}

// A code is how a needle has its secret.
type code int

const (
	plainCode code = iota
	base64Code
	urlBase64Code
	hexCode
	upperHexCode
)

const (
	// shortest is the length below which a value is too common a text to be
	// hidden wherever it occurs.
	shortest = 4

	// longestCode bounds how much of a secret's base64 or hexadecimal digits is
	// looked for; what comes after that is hidden as far as it is the secret's.
	longestCode = 32

	// longestText bounds how much of a secret is looked for as it is; the rest is
	// then compared. Of a signature less will do: no other text begins like it.
	longestText      = 1 << 15
	longestSignature = 24

	// manyPieces is the number of lines and members from which on they are
	// hidden as they are, and not in base64 and hexadecimal digits.
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

// signatureNeedles appends the needles of what an auth scheme wrote into a
// request. Since each request has another one, they have to be made quickly.
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

// plain is the needle of a text as it is.
func plain(s string, longest int) needle { return needle{text: s[:min(len(s), longest)], secret: s} }

// isHost reports whether a text may be part of a host's name, which URLs spell
// in lower case.
func isHost(s string) bool {
	for _, r := range s {
		if !isAlphanumeric(r) && !strings.ContainsRune("-._~", r) {
			return false
		}
	}
	return true
}

// latin1 is a text in the encoding that JavaScript's btoa and escape use; not
// ok when it is the same, or has none.
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

// utf16Of is a text in UTF-16, of either byte order: both have it between the
// first byte and the last when all its characters are of Latin-1.
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

// coded appends a text in base64 and in hexadecimal digits.
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

// encoded is the beginning of a needle that has at most so many characters, or
// all of it. In base64 these are the characters that the secret alone decides.
func (n *needle) encoded(most int) string {
	s := n.secret[:min(len(n.secret), most)] // no code makes it shorter
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

// rest is what comes after a needle's text.
func (n *needle) rest() string {
	if n.code == plainCode {
		return n.secret[len(n.text):]
	}
	return n.encoded(math.MaxInt)[len(n.text):]
}

// around is the part of a text to hide when it has a needle's text at a place;
// not ok when the rest of a secret as it is is not there. In a code, what is
// there of it is hidden, and the characters that have bits of the secret and of
// what is beside it.
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

// manySteps bounds how often what follows is read in one way and then another.
const manySteps = 1000

// follow reads what spells rest from a place on. It returns where that ends, and
// how many bytes of rest are missing.
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

// spelled is the length of what spells a symbol of a kind at a place, escaped
// or not; 0 when there is no such symbol.
func spelled(s string, at int, is func(rune) bool) int {
	for level := range maxLevels + 1 {
		if c := symbolAt(s, at, level); c.width > 0 && is(c.value) {
			return c.width
		}
	}
	return 0
}

// piecesOf are the texts that hold a secret or a part of it that is one, too:
// its lines, as of a key in PEM; the strings in it when it is an object; what
// comes after a scheme; the parts of a token; and what it is when it is itself
// percent-encoded.
func piecesOf(secret string) []string {
	var out []string
	add := func(s string, least int) {
		if s = strings.TrimSpace(s); len(s) >= least && !common(s) && (len(out) > manyPieces || !slices.Contains(out, s)) {
			out = append(out, s)
		}
	}
	if rest := afterScheme(secret); len(rest) >= longSecret {
		add(rest, longSecret) // and so the whole, but for its scheme
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

// tokenParts are the payload and the signature of a JSON Web Token, which are shown
// one by one, too. Its header is that of many others.
func tokenParts(s string) []string {
	if rest := afterScheme(s); rest != "" {
		s = rest
	}
	head, rest, _ := strings.Cut(s, ".")
	payload, signature, ok := strings.Cut(rest, ".")
	if !ok || !strings.HasPrefix(head, "eyJ") || strings.ContainsFunc(s, func(r rune) bool { return r != '.' && !isBase64(r) }) {
		return nil
	}
	return append(strings.Split(signature, "."), payload) // of an encrypted one, four more
}

// linesOf are the lines of a secret that has more than one. Of a key in PEM,
// whose line breaks may be written as \n, the first and last are no secret.
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

// stringsOf are the strings in a secret that is a JSON object or array.
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

// common reports whether a value is never learned as a secret: a literal of JSON,
// or the text that replaces secrets.
func common(s string) bool {
	switch s {
	case "true", "false", "null", "undefined", "[object Object]":
		return true
	}
	return strings.Trim(s, "*") == "" || !utf8.ValidString(s) && len(s) < longSecret
}
