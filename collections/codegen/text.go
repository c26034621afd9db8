package codegen

import (
	"strings"

	"postie/collections/regex"
)

// A text is a list of literals and parameters.
type text []piece

// A piece is a literal, a parameter, or a function applied to a text.
type piece struct {
	literal string
	param   *param
	fn      string // "urlencode" or "base64" of inner
	inner   text
}

type param struct {
	name string // of the variable
	env  string // such as AM_URL
}

// template matches a variable in braces. Braces without a name are ordinary
// text, as in a run.
var template = regex.Lazy(`\{\{([^{}]+)\}\}`)

// split finds the templates that are left in a text.
func (c *call) split(s string) text {
	var t text
	for s != "" {
		m := template().FindStringSubmatchIndex(s)
		if m == nil {
			return append(t, piece{literal: s})
		}
		if m[0] > 0 {
			t = append(t, piece{literal: s[:m[0]]})
		}
		t = append(t, piece{param: c.parameter(s[m[2]:m[3]])})
		s = s[m[1]:]
	}
	return t
}

// taken are environment variables that have another meaning.
var taken = []string{"PATH", "HOME", "USER", "USERNAME", "SHELL", "LANG", "PWD", "TERM", "HOST", "HOSTNAME", "EDITOR", "TMP",
	"TEMP", "TMPDIR", "TZ", "MAIL", "LOGNAME", "IFS", "UID", "RANDOM", "SECONDS", "LINENO", "OS", "DOMAIN", "ERROR", "ARGV", "ENV",
	"RESPONSE", "REQUEST", "HEADERS", "BODY", "URL", "FORM", "CLIENT", "STATUS", "PORT", "DATA", "OUT", "ARGS", "HTTP", "JSON", "FILE",
	"OBJECT", "STRING", "INTEGER", "ARRAY", "HASH", "URI", "NET", "TIME", "RANGE", "METHOD"}

// parameter returns the parameter for a variable.
func (c *call) parameter(name string) *param {
	for _, p := range c.params {
		if p.name == name {
			return p
		}
	}
	p := &param{name: name, env: envName(name)}
	for _, other := range taken {
		if p.env == other {
			p.env += "_VALUE"
		}
	}
	for c.envTaken(p.env) {
		p.env += "_2"
	}
	c.params = append(c.params, p)
	return p
}

func (c *call) envTaken(env string) bool {
	for _, p := range c.params {
		if p.env == env {
			return true
		}
	}
	return false
}

// envName returns AM_URL for amUrl.
func envName(name string) string {
	var b strings.Builder
	lower := false
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
			lower = r >= 'a'
			continue
		case r >= 'A' && r <= 'Z':
			if lower {
				b.WriteByte('_')
			}
			b.WriteRune(r)
		default:
			b.WriteByte('_')
		}
		lower = false
	}
	s := strings.ToUpper(b.String())
	if strings.Trim(s, "_") == "" || s[0] >= '0' && s[0] <= '9' || s[0] == '_' {
		s = "VAR_" + strings.TrimLeft(s, "_")
	}
	return s
}

// plain returns the text when it has only literals.
func (t text) plain() (string, bool) {
	var b strings.Builder
	for _, p := range t {
		if p.param != nil || p.fn != "" {
			return "", false
		}
		b.WriteString(p.literal)
	}
	return b.String(), true
}

// name returns a text for comments.
func (t text) String() string {
	var b strings.Builder
	for _, p := range t {
		switch {
		case p.param != nil:
			b.WriteString("{{" + p.param.name + "}}")
		case p.fn != "":
			b.WriteString(p.inner.String())
		default:
			b.WriteString(p.literal)
		}
	}
	return b.String()
}

// A syntax writes texts as expressions of a language.
type syntax struct {
	quote             func(string) string
	ref               func(*param) string
	join              func([]string) string
	urlencode, base64 func(string) string

	latin1 func(string) string // quotes a literal as bytes of Latin-1; nil when the client encodes headers itself
}

// header returns the value of a header, or its line.
func (s syntax) header(f field, t text) string {
	return s.write(t, func(literal string) string {
		if bytes, ok := latin1(literal); ok && f.latin1 && s.latin1 != nil {
			return s.latin1(bytes)
		}
		return s.quote(literal)
	})
}

// isLatin1 reports whether the literals of a text can be encoded in Latin-1.
func (t text) isLatin1() bool {
	for _, p := range t {
		if strings.ContainsFunc(p.literal, func(r rune) bool { return r > 0xff }) {
			return false
		}
	}
	return true
}

// latin1 returns a text in Latin-1. It is not ok when that is the same text, or
// when it cannot be encoded.
func latin1(s string) (bytes string, ok bool) {
	var b []byte
	for _, r := range s {
		if r > 0xff {
			return "", false
		}
		b = append(b, byte(r))
	}
	return string(b), len(b) < len(s)
}

func (s syntax) expr(t text) string { return s.write(t, s.quote) }

// write returns a text as an expression. quote writes its literals.
func (s syntax) write(t text, quote func(string) string) string {
	var parts []string
	for _, p := range merged(t) {
		switch {
		case p.param != nil:
			parts = append(parts, s.ref(p.param))
		case p.fn == "urlencode":
			parts = append(parts, s.urlencode(s.expr(p.inner)))
		case p.fn == "base64":
			parts = append(parts, s.base64(s.expr(p.inner)))
		default:
			parts = append(parts, quote(p.literal))
		}
	}
	switch len(parts) {
	case 0:
		return quote("")
	case 1:
		return parts[0]
	}
	return s.join(parts)
}

// merged joins literals that follow each other.
func merged(t text) text {
	var out text
	for _, p := range t {
		isLiteral := p.param == nil && p.fn == ""
		if last := len(out) - 1; isLiteral && last >= 0 && out[last].param == nil && out[last].fn == "" {
			out[last].literal += p.literal
			continue
		}
		out = append(out, p)
	}
	return out
}

// joined returns the join function of a language with an operator.
func joined(operator string) func([]string) string {
	return func(parts []string) string { return strings.Join(parts, " "+operator+" ") }
}

// comment makes a text safe for a comment of one line.
func comment(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == '\u2028' || r == '\u2029' || r == '\u0085' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

// head writes the comments at the beginning of a program.
func (c *call) head(b *strings.Builder, mark string) {
	b.WriteString(mark + " " + comment(c.name) + "\n")
	for _, n := range c.notes {
		b.WriteString(mark + " Note: " + comment(n) + "\n")
	}
	for _, p := range c.params {
		b.WriteString(mark + " " + p.env + " stands for {{" + comment(p.name) + "}}\n")
	}
}
