package mask

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"unicode/utf8"
)

// A needle is what a secret looks like in a text that is not escaped: as it
// is, in base64, or in hexadecimal digits.
type needle struct {
	text   string // looked for
	rest   string // comes after it, as far as it is there
	before bool   // in base64, the character before holds some bits of it
	after  bool   // and the one after
	base64 bool
}

const (
	// shortest is the length below which a value is too common a text to be
	// hidden wherever it occurs.
	shortest = 4

	// longestCode bounds how much of a secret's base64 or hexadecimal digits is
	// looked for; what comes after that is hidden as far as it is the secret's.
	longestCode = 64

	// manyPieces is the number of lines and members from which on they are
	// hidden as they are, and not in base64 and hexadecimal digits.
	manyPieces = 200
)

// needlesOf are all needles of a secret.
func needlesOf(secret string) []needle {
	var out []needle
	pieces := piecesOf(secret)
	for i, p := range pieces {
		out = append(out, needle{text: p})
		if low := strings.ToLower(p); low != p && len(p) >= longSecret && isHost(p) {
			out = append(out, needle{text: low})
		}
		latin, ok := latin1(p)
		if ok {
			out = append(out, needle{text: latin})
		}
		if i > manyPieces {
			continue
		}
		out = coded(out, p)
		if ok {
			out = coded(out, latin)
		}
	}
	return out
}

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
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return "", false
		}
		b = append(b, byte(r))
	}
	return string(b), len(b) >= shortest && len(b) != len(s)
}

// coded appends a text in base64 and in hexadecimal digits.
func coded(out []needle, s string) []needle {
	for lead := range 3 { // bytes before it, of the three that four characters stand for
		n := lead + len(s)
		first, last := []int{0, 2, 3}[lead], n*8/6
		if last-first < shortest {
			continue
		}
		text := base64.RawStdEncoding.EncodeToString(append(make([]byte, lead, n), s...))[first:last]
		code := needle{text: text, base64: true, before: lead > 0, after: n%3 != 0}
		out = append(out, code.cut())
		if urls := urlAlphabet.Replace(text); urls != text {
			code.text = urls
			out = append(out, code.cut())
		}
	}
	digits := hex.EncodeToString([]byte(s))
	out = append(out, needle{text: digits}.cut())
	if upper := strings.ToUpper(digits); upper != digits {
		out = append(out, needle{text: upper}.cut())
	}
	return out
}

var urlAlphabet = strings.NewReplacer("+", "-", "/", "_")

// cut leaves the beginning of a long needle to be looked for.
func (n needle) cut() needle {
	if len(n.text) > longestCode {
		n.text, n.rest = n.text[:longestCode], n.text[longestCode:]
	}
	return n
}

// around is the part of a text to hide when it has a needle at a place.
func (n *needle) around(s string, start, end int) span {
	rest := n.rest
	for rest != "" {
		w := spelled(s, end, func(r rune) bool { return r == rune(rest[0]) })
		if w == 0 {
			return span{start, end}
		}
		rest, end = rest[1:], end+w
	}
	if n.before && start > 0 && isBase64(rune(s[start-1])) {
		start--
	}
	if n.after {
		end += spelled(s, end, isBase64)
	}
	for range 2 {
		if n.base64 {
			end += spelled(s, end, func(r rune) bool { return r == '=' })
		}
	}
	return span{start, end}
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
// comes after a scheme; and what it is when it is itself percent-encoded.
func piecesOf(secret string) []string {
	var out []string
	seen := map[string]bool{}
	add := func(s string, least int) {
		if s = strings.TrimSpace(s); len(s) >= least && !common(s) && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	add(secret, shortest)
	add(afterScheme(secret), longSecret)
	if strings.Contains(secret, "%") {
		if plain, err := url.PathUnescape(secret); err == nil {
			add(plain, shortest)
		}
	}
	for _, s := range linesOf(secret) {
		add(s, longSecret)
	}
	for _, s := range stringsOf(secret) {
		add(s, shortest)
	}
	return out
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

// common reports whether a value is no secret whoever says so: a literal of
// JSON, or what stands where another secret was.
func common(s string) bool {
	switch s {
	case "true", "false", "null", "undefined", "[object Object]":
		return true
	}
	return strings.Trim(s, "*") == "" || !utf8.ValidString(s) && len(s) < longSecret
}
