package convert

import (
	"path"
	"strings"

	"postie/collections/regex"
)

// cmd reads a script of the Windows command line, cmd.exe.
func (r *curlReader) cmd(src string) error {
	src = strings.ReplaceAll(src, "\r\n", "\n")
	s := &cmdScript{src: src, line: 1, bare: !caretOpens().MatchString(src) && strings.Contains(src, `^\^"`)}
	values := map[string]string{} // variables that the script sets, by their names in lower case
	for s.at < len(s.src) {
		line := s.line
		text := strings.TrimLeft(s.next(), " \t@")
		if r.isBatch() {
			text = strings.ReplaceAll(text, "%%", "\x00") // replaces a percent sign that does not begin a variable
		}
		text = strings.ReplaceAll(cmdVariables(r.setVariables(text, values)), "\x00", "%")
		if name, value, ok := assignment(text); ok {
			values[strings.ToLower(name)] = value
			continue
		}
		args := splitArgs(text)
		for i, a := range args {
			if isCurl(a) && i < 3 {
				r.commands = append(r.commands, command{line: line, args: args[i+1:]})
				break
			}
		}
	}
	return nil
}

// isBatch reports whether the script is a file that cmd.exe runs, rather than
// lines that are typed.
func (r *curlReader) isBatch() bool {
	ext := strings.ToLower(path.Ext(r.name))
	return ext == ".bat" || ext == ".cmd"
}

var assigns = regex.Lazy(`(?i)^set\s+"?([A-Za-z_]\w*)=([^"\n]*)"?\s*$`)

// assignment reads set NAME=value and set "NAME=value".
func assignment(text string) (name, value string, ok bool) {
	m := assigns().FindStringSubmatch(text)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

var anyVariable = regex.Lazy(`%([A-Za-z_]\w*)%`)

// setVariables makes templates of %NAME% for the variables that the script has
// set. Upper and lower case do not matter.
func (r *curlReader) setVariables(text string, values map[string]string) string {
	return anyVariable().ReplaceAllStringFunc(text, func(m string) string {
		name := m[1 : len(m)-1]
		value, ok := values[strings.ToLower(name)]
		if !ok {
			return m
		}
		r.variables[name] = value
		return "{{" + name + "}}"
	})
}

// caretOpens matches ^" at the beginning of an argument.
var caretOpens = regex.Lazy(`[\s=]\^"`)

// A cmdScript is a script while its commands are read. bare is for the scripts
// of old browsers, which wrote carets between quotes where cmd.exe would keep
// them.
type cmdScript struct {
	src      string
	at, line int
	bare     bool
}

// next returns the text of the next command without its carets. A line feed
// after a caret is removed. Between quotes a caret is an ordinary character.
func (s *cmdScript) next() string {
	var b strings.Builder
	quoted := false
	for ; s.at < len(s.src); s.at++ {
		c := s.src[s.at]
		switch {
		case c == '^' && !quoted && s.at+1 < len(s.src):
			s.caret(&b)
			continue
		case c == '"' && !s.bare:
			quoted = !quoted
		case c == '\n':
			s.line++
			if !quoted {
				s.at++
				return b.String()
			}
		case !quoted && (c == '&' || c == '|') && !s.bare:
			s.at++
			return b.String()
		}
		b.WriteByte(c)
	}
	return b.String()
}

// caret reads the character after a caret as it is, without a line feed before
// it.
func (s *cmdScript) caret(b *strings.Builder) {
	s.at++
	if s.src[s.at] == '\n' {
		s.line++
		if s.at++; s.at == len(s.src) {
			return
		}
		if s.src[s.at] == '\n' {
			s.line++
		} else if s.src[s.at] == '^' || s.src[s.at] == '"' {
			s.at-- // an escape of its own
			return
		}
	}
	b.WriteByte(s.src[s.at])
}

var cmdVariable = regex.Lazy(`%([A-Za-z_][A-Za-z0-9_]{2,})%`)

// cmdVariables makes templates of %NAME%, but not of percent-encoded text.
func cmdVariables(s string) string {
	return cmdVariable().ReplaceAllStringFunc(s, func(m string) string {
		name := m[1 : len(m)-1]
		if strings.Trim(strings.ToLower(name), "0123456789abcdef") == "" {
			return m
		}
		return "{{" + name + "}}"
	})
}

// splitArgs splits a command line as programs on Windows do: backslashes escape
// only before a double quote, and two quotes between quotes are one quote.
func splitArgs(s string) []string {
	var out []string
	var b strings.Builder
	quoted, begun := false, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			n := 1
			for i+n < len(s) && s[i+n] == '\\' {
				n++
			}
			begun = true
			if i+n < len(s) && s[i+n] == '"' {
				b.WriteString(strings.Repeat(`\`, n/2))
				if n%2 == 1 {
					b.WriteByte('"')
					n++
				}
			} else {
				b.WriteString(strings.Repeat(`\`, n))
			}
			i += n - 1
		case c == '"' && quoted && i+1 < len(s) && s[i+1] == '"':
			b.WriteByte('"')
			i++
		case c == '"':
			quoted, begun = !quoted, true
		case (c == ' ' || c == '\t' || c == '\n') && !quoted:
			if begun {
				out = append(out, b.String())
			}
			b.Reset()
			begun = false
		default:
			b.WriteByte(c)
			begun = true
		}
	}
	if begun {
		out = append(out, b.String())
	}
	return out
}
