package convert

import (
	"strings"
	"unicode/utf8"
)

// powershell reads a script of PowerShell.
func (r *curlReader) powershell(src string) error {
	p := &powerScript{reader: r, src: strings.ReplaceAll(src, "\r\n", "\n"), line: 1, values: map[string]string{}}
	for p.at < len(p.src) {
		line := p.line
		p.statement(line)
	}
	return nil
}

// A powerScript is a script while its statements are read.
type powerScript struct {
	reader   *curlReader
	src      string
	at, line int
	values   map[string]string // variables that the script has set to a text
}

// statement reads up to the end of a statement, which is a command or "$name =
// text".
func (p *powerScript) statement(line int) {
	var words []string
	for {
		word, ok, end := p.word(len(words) == 0)
		if ok {
			words = append(words, word)
		}
		if end {
			break
		}
	}
	if len(words) > 1 && words[0] == "PS" { // a prompt such as PS C:\>
		words = words[1:]
		if _, rest, ok := strings.Cut(words[0], ">"); ok {
			words[0] = rest
		}
	}
	for len(words) > 0 && (words[0] == "" || words[0] == "&") {
		words = words[1:]
	}
	switch {
	case len(words) == 3 && words[1] == "=" && strings.HasPrefix(words[0], "$"):
		p.values[strings.TrimPrefix(words[0], "$")] = words[2]
	case len(words) > 0 && isCurl(words[0]):
		args := words[1:]
		for i := range args {
			args[i] = passed(args[i])
		}
		p.reader.commands = append(p.reader.commands, command{line: line, args: args})
	}
}

// passed returns an argument as the program receives it: Windows PowerShell
// does not interpret \" and leaves that to the program.
func passed(s string) string {
	if !strings.Contains(s, `\"`) {
		return s
	}
	return strings.Join(splitArgs(`"`+s+`"`), " ")
}

// word reads the next word. end reports whether the statement ends after it.
func (p *powerScript) word(first bool) (text string, ok, end bool) {
	p.blanks()
	var b strings.Builder
	for p.at < len(p.src) {
		c := p.src[p.at]
		switch {
		case c == ' ' || c == '\t':
			return b.String(), ok, false
		case c == '\n' || c == ';' || c == '|':
			if c == '\n' {
				p.line++
			}
			p.at++
			return b.String(), ok, true
		case c == '#' && !ok:
			for p.at < len(p.src) && p.src[p.at] != '\n' {
				p.at++
			}
			continue
		case c == '@' && !ok && p.hereString(&b):
		case c == '`' && p.at+1 < len(p.src):
			p.at++
			p.escape(&b)
		case c == '$' && first && !ok:
			b.WriteByte(c) // a variable that the script has set
			p.at++
		case c == '$':
			b.WriteString(p.variable())
		default:
			if q := p.quote(); q != "" {
				p.quoted(&b, q)
			} else {
				b.WriteByte(c)
				p.at++
			}
		}
		ok = true
	}
	return b.String(), ok, true
}

// blanks skips what separates words, including the end of a line that
// continues.
func (p *powerScript) blanks() {
	for p.at < len(p.src) {
		switch {
		case p.src[p.at] == ' ' || p.src[p.at] == '\t':
			p.at++
		case strings.HasPrefix(p.src[p.at:], "`\n"):
			p.line++
			p.at += 2
		default:
			return
		}
	}
}

// quote returns the quotation mark at this place, ' or ". Typographic quotation
// marks count, too.
func (p *powerScript) quote() string {
	r, _ := utf8.DecodeRuneInString(p.src[p.at:])
	switch {
	case strings.ContainsRune("'\u2018\u2019\u201a\u201b", r):
		return "'"
	case strings.ContainsRune("\"\u201c\u201d\u201e", r):
		return `"`
	}
	return ""
}

// quoted reads a text between quotes. Two quotes in a row are one quote of the
// text.
func (p *powerScript) quoted(b *strings.Builder, mark string) {
	p.step()
	for p.at < len(p.src) {
		c := p.src[p.at]
		switch {
		case p.quote() == mark:
			if p.step(); p.at == len(p.src) || p.quote() != mark {
				return
			}
			b.WriteString(mark)
			p.step()
		case mark == `"` && c == '`' && p.at+1 < len(p.src):
			p.at++
			p.escape(b)
		case mark == `"` && c == '$':
			b.WriteString(p.variable())
		default:
			if c == '\n' {
				p.line++
			}
			b.WriteByte(c)
			p.at++
		}
	}
}

// step skips one character.
func (p *powerScript) step() {
	_, n := utf8.DecodeRuneInString(p.src[p.at:])
	p.at += n
}

var powerEscapes = map[byte]string{'0': "\x00", 'a': "\a", 'b': "\b", 'e': "\x1b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v", '\n': ""}

// escape reads the character after a backtick.
func (p *powerScript) escape(b *strings.Builder) {
	c := p.src[p.at]
	if c == '\n' {
		p.line++
	}
	if text, ok := powerEscapes[c]; ok {
		b.WriteString(text)
	} else {
		b.WriteByte(c)
	}
	p.at++
}

// variable reads $name, ${name}, $env:NAME or $(…), and makes a template of it.
func (p *powerScript) variable() string {
	rest := p.src[p.at+1:]
	if strings.HasPrefix(rest, "(") {
		end := strings.IndexByte(rest, ')')
		if end < 0 {
			end = len(rest) - 1
		}
		p.at += end + 2
		p.reader.note(p.line, "a part of the command is computed: it becomes {{computed}}")
		return "{{computed}}"
	}
	name, used := "", 0
	if inside, _, ok := strings.Cut(rest, "}"); ok && strings.HasPrefix(rest, "{") {
		name, used = inside[1:], len(inside)+1
	} else {
		for used < len(rest) && (isWord(rest[used]) || rest[used] == ':' && strings.EqualFold(rest[:used], "env")) {
			used++
		}
		name = rest[:used]
	}
	p.at += 1 + used
	if name == "" {
		return "$"
	}
	if len(name) > 4 && strings.EqualFold(name[:4], "env:") {
		return "{{" + name[4:] + "}}"
	}
	if v, ok := p.values[name]; ok {
		return v
	}
	return "{{" + name + "}}"
}

func isWord(c byte) bool { return isLetter(c) || c >= '0' && c <= '9' || c == '_' }

// hereString reads @'…'@ and @"…"@, whose first and last line hold only the
// quotes.
func (p *powerScript) hereString(b *strings.Builder) bool {
	rest := p.src[p.at:]
	if len(rest) < 3 || rest[1] != '\'' && rest[1] != '"' || rest[2] != '\n' {
		return false
	}
	body, _, ok := strings.Cut(rest[2:], "\n"+rest[1:2]+"@")
	if !ok {
		return false
	}
	end := p.at + 2 + len(body) + 3
	p.line += strings.Count(body, "\n") + 1
	body = strings.TrimPrefix(body, "\n")
	if rest[1] == '"' {
		inner := &powerScript{reader: p.reader, src: body, line: p.line, values: p.values}
		var text strings.Builder
		for inner.at < len(body) {
			switch c := body[inner.at]; {
			case c == '`' && inner.at+1 < len(body):
				inner.at++
				inner.escape(&text)
			case c == '$':
				text.WriteString(inner.variable())
			default:
				text.WriteByte(c)
				inner.at++
			}
		}
		body = text.String()
	}
	b.WriteString(body)
	p.at = end
	return true
}
