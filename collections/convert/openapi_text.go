package convert

import (
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"postie/collections/regex"
)

// formats are example texts for the formats of OpenAPI and JSON Schema.
var formats = map[string]string{
	"date": "2024-01-31", "date-time": "2024-01-31T12:00:00Z", "time": "12:00:00Z", "duration": "P1D",
	"uuid": "00000000-0000-4000-8000-000000000000", "email": "user@example.com", "idn-email": "user@example.com",
	"hostname": "example.com", "idn-hostname": "example.com", "ipv4": "192.0.2.1", "ipv6": "2001:db8::1",
	"uri": "https://example.com", "url": "https://example.com", "iri": "https://example.com",
	"uri-reference": "/path", "iri-reference": "/path", "uri-template": "/path/{id}",
	"json-pointer": "/path", "relative-json-pointer": "0", "regex": ".*", "byte": "c3RyaW5n", "base64url": "c3RyaW5n",
}

// text generates a text; n > 0 asks for another one. It is not ok when it is
// uncertain whether the text matches the pattern.
func (sh *shape) text(n int) (out string, ok bool) {
	out = formats[sh.format]
	if strings.HasPrefix(sh.encoding, "base64") {
		out = formats["byte"]
	}
	if out == "" {
		out = "string"
	}
	if n > 0 {
		out = vary(out, n)
	}
	if sh.pattern != "" {
		if re, err := regexp.Compile(goPattern(sh.pattern)); err == nil && re.MatchString(out) && sh.fits(out) {
			return out, true
		}
		return matching(sh.pattern, sh.minLength, sh.maxLength, n)
	}
	return sh.cut(out), true
}

// vary changes the last digit or letter.
func vary(s string, n int) string {
	digits := itoa(n)
	if strings.HasSuffix(s, "000000000000") {
		return s[:len(s)-min(len(digits), 12)] + digits
	}
	if i := strings.IndexAny(s, "@."); i > 0 && !strings.Contains(s, ":") {
		return s[:i] + digits + s[i:]
	}
	return s + digits
}

func (sh *shape) fits(s string) bool {
	n := uint64(utf8.RuneCountInString(s))
	return n >= sh.minLength && (sh.maxLength == nil || n <= *sh.maxLength)
}

// maxMadeUp is the length of the longest text that is generated for a
// minLength.
const maxMadeUp = 10_000

// cut gives a text the length that it must have.
func (sh *shape) cut(s string) string {
	if want := int(min(sh.minLength, maxMadeUp)); len(s) < want {
		s += strings.Repeat("string", want/6+1)
		s = s[:want]
	}
	if sh.maxLength != nil && uint64(len(s)) > *sh.maxLength {
		s = s[:*sh.maxLength] // generated texts are ASCII
	}
	return s
}

var (
	unicodeEscape = regex.Lazy(`\\u([0-9a-fA-F]{4})`)
	repeatCount   = regex.Lazy(`\{(\d+)(,?)(\d*)\}`)
	lookaround    = regex.Lazy(`\(\?<?[=!](?:[^()\\]|\\.|\([^()]*\))*\)`)
)

// goPattern converts a JavaScript pattern for Go, which allows at most 1000
// repetitions.
func goPattern(p string) string {
	p = unicodeEscape().ReplaceAllString(p, `\x{$1}`)
	return repeatCount().ReplaceAllStringFunc(p, func(m string) string {
		parts := repeatCount().FindStringSubmatch(m)
		return "{" + atMostThousand(parts[1]) + parts[2] + atMostThousand(parts[3]) + "}"
	})
}

func atMostThousand(digits string) string {
	if n, err := strconv.Atoi(digits); digits != "" && (err != nil || n > 1000) {
		return "1000"
	}
	return digits
}

// matching returns a text that matches a pattern. Go has no lookaheads and
// lookbehinds: they are left out, and the text is a guess.
func matching(pattern string, least uint64, most *uint64, n int) (string, bool) {
	pattern = goPattern(pattern)
	check, err := regexp.Compile(pattern)
	if err != nil {
		pattern = lookaround().ReplaceAllString(pattern, "")
	}
	tree, parseErr := syntax.Parse(pattern, syntax.Perl)
	if parseErr != nil {
		return "string", false
	}
	sh := &shape{minLength: min(least, maxMadeUp), maxLength: most}
	last := "string"
	for more := range int(sh.minLength) + 20 {
		g := &generator{more: more, turn: n}
		g.write(tree)
		if last = g.out.String(); sh.fits(last) && (check == nil || check.MatchString(last)) {
			return last, check != nil
		}
		if g.out.Len() >= maxMadeUp {
			break
		}
	}
	return last, false
}

// A generator writes a text that matches a pattern.
type generator struct {
	out  strings.Builder
	more int // how many repetitions there are beyond the required ones
	turn int // the index of the next character in a class
}

func (g *generator) write(re *syntax.Regexp) {
	if g.out.Len() >= maxMadeUp {
		return
	}
	switch re.Op {
	case syntax.OpLiteral:
		g.out.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		g.out.WriteRune(g.pick(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		g.out.WriteRune(g.pick([]rune{' ', '~'}))
	case syntax.OpCapture:
		g.write(re.Sub[0])
	case syntax.OpStar:
		g.repeat(re.Sub[0], g.more)
	case syntax.OpPlus:
		g.repeat(re.Sub[0], 1+g.more)
	case syntax.OpQuest:
		g.repeat(re.Sub[0], min(g.more, 1))
	case syntax.OpRepeat:
		times := re.Min + g.more
		if re.Max >= 0 {
			times = min(times, re.Max)
		}
		g.repeat(re.Sub[0], times)
	case syntax.OpAlternate:
		g.write(re.Sub[g.turn%len(re.Sub)])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			g.write(sub)
		}
	}
}

func (g *generator) repeat(re *syntax.Regexp, times int) {
	for range times {
		g.write(re)
	}
}

// pick takes letters and digits in turn, as far as the class has them.
func (g *generator) pick(class []rune) rune {
	has := func(r rune) bool {
		for i := 0; i+1 < len(class); i += 2 {
			if class[i] <= r && r <= class[i+1] {
				return true
			}
		}
		return false
	}
	var usual []rune
	for _, r := range "aA0" {
		if has(r) {
			usual = append(usual, r)
		}
	}
	defer func() { g.turn++ }()
	if len(usual) > 0 {
		r := usual[g.turn%len(usual)]
		if next := r + rune(g.turn/len(usual)%10); has(next) {
			return next
		}
		return r
	}
	for i := 0; i+1 < len(class); i += 2 {
		for r := class[i]; r <= class[i+1] && r < class[i]+128; r++ {
			if unicode.IsPrint(r) {
				return r
			}
		}
	}
	if len(class) == 0 {
		return 'a'
	}
	return class[0]
}
