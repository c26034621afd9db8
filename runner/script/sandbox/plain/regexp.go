package plain

import (
	"regexp"
	"regexp/syntax"
	"strings"

	"postie/collections/jslex"
)

// A matcher reports whether a regular expression matches a text.
type matcher func(r *run, s string) bool

// matcher parses a regular expression that has the same meaning in Go's regexp
// package. Matching texts beyond ASCII, or with unusual white space, is left to
// the machine.
func (p *parser) matcher() matcher {
	t := p.next()
	end := strings.LastIndexByte(t.Text, '/')
	if t.Kind != jslex.RegExp || end < 1 || t.Text[end+1:] != "" && t.Text[end+1:] != "i" || !simplePattern(t.Text[1:end]) {
		p.fail()
		return nil
	}
	source := t.Text[1:end]
	if t.Text[end+1:] == "i" {
		source = "(?i)" + source
	}
	form, err := regexp.Compile(source)
	if err != nil {
		p.fail()
		return nil
	}
	cost := steps(source)
	return func(r *run, s string) bool {
		r.work(len(s) * cost)
		if r.stuck || !ascii(s) || strings.ContainsAny(s, "\v\r") {
			r.giveUp()
			return false
		}
		return form.MatchString(s)
	}
}

// steps estimates how many steps a pattern may take for each letter of a text.
func steps(source string) int {
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return mostWork
	}
	form, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return mostWork
	}
	return 1 + len(form.Inst)/4
}

// simplePattern reports whether a pattern has only elements with the same
// meaning in Go: letters, classes, groups and quantifiers.
func simplePattern(source string) bool {
	repeatable := false
	for i := 0; i < len(source); i++ {
		c := source[i]
		switch {
		case c < ' ' || c > '~' || strings.IndexByte("]{}", c) >= 0:
			return false
		case c == '\\':
			if i++; i == len(source) || !simpleEscape(source[i], `bB`) {
				return false
			}
			repeatable = source[i] != 'b' && source[i] != 'B'
		case c == '[':
			end := classEnd(source[i:])
			if end < 0 {
				return false
			}
			i, repeatable = i+end, true
		case c == '(':
			if strings.HasPrefix(source[i:], "(?") {
				if !strings.HasPrefix(source[i:], "(?:") {
					return false
				}
				i += 2
			}
			repeatable = false
		case c == '|' || c == '^' || c == '$':
			repeatable = false
		case c == '*' || c == '+' || c == '?':
			if !repeatable {
				return false
			}
			repeatable = false
			if strings.HasPrefix(source[i+1:], "?") {
				i++
			}
		default:
			repeatable = true
		}
		if size := countSize(source[i+1:]); size > 0 {
			if !repeatable {
				return false
			}
			i, repeatable = i+size, false
		}
	}
	return true
}

// simpleEscape reports whether an escape means the same in Go.
func simpleEscape(c byte, more string) bool {
	return strings.IndexByte(`dDwWsS.*+?^$()[]{}|/\-`+more, c) >= 0
}

// classEnd returns where a character class ends, or -1 if it is not a simple
// one.
func classEnd(source string) int {
	start := 1
	if strings.HasPrefix(source, "[^") {
		start = 2
	}
	for i := start; i < len(source); i++ {
		switch c := source[i]; {
		case c == ']':
			if i == start {
				return -1
			}
			return i
		case c == '[' || c < ' ' || c > '~':
			return -1
		case c == '\\':
			if i++; i == len(source) || !simpleEscape(source[i], "") {
				return -1
			}
		}
	}
	return -1
}

// countSize returns the length of a quantifier {n}, {n,} or {n,m} at the
// beginning of a text, or 0.
func countSize(source string) int {
	end := strings.IndexByte(source, '}')
	if !strings.HasPrefix(source, "{") || end < 2 || source[1] == ',' || strings.Trim(source[1:end], "0123456789,") != "" || strings.Count(source[:end], ",") > 1 {
		return 0
	}
	return end + 1
}
