package plain

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"postie/collections/jslex"
)

// A matcher reports whether a regular expression matches a text.
type matcher func(r *run, s string) bool

// matcher parses a regular expression that matches or does not.
func (p *parser) matcher() matcher {
	form, cost := p.form("", "i")
	return func(r *run, s string) bool { return r.matchable(s, cost) && form.MatchString(s) }
}

// form parses a regular expression that has the same meaning in Go's regexp
// package, with one of some flags. cost is what it may cost for each letter of a
// text.
func (p *parser) form(flags ...string) (form *regexp.Regexp, cost int) {
	t := p.next()
	end := strings.LastIndexByte(t.Text, '/')
	if t.Kind != jslex.RegExp || end < 1 || !slices.Contains(flags, t.Text[end+1:]) || !simplePattern(t.Text[1:end]) {
		p.fail()
		return nil, 0
	}
	source := t.Text[1:end]
	if strings.Contains(t.Text[end+1:], "i") {
		source = "(?i)" + source
	}
	form, err := regexp.Compile(source)
	if err != nil {
		p.fail()
		return nil, 0
	}
	return form, steps(source)
}

// matchable reports whether Go's package finds the same in a text. Texts beyond
// ASCII, or with unusual white space, are left to the machine.
func (r *run) matchable(s string, cost int) bool {
	r.work(len(s) * cost)
	if !r.stuck && (!ascii(s) || strings.ContainsAny(s, "\v\r")) {
		r.giveUp()
	}
	return !r.stuck
}

// replacement parses a call of replace or replaceAll with a regular expression,
// after the parenthesis.
func (p *parser) replacement(name string) func(r *run, of value) value {
	flags := []string{"g", "gi", "ig"}
	if name == "replace" {
		flags = append(flags, "", "i")
	}
	written := p.peek(0).Text
	form, cost := p.form(flags...)
	p.want(",")
	by := p.expression()
	p.took(",")
	p.want(")")
	if p.failed || !findsSame(form.String()) {
		p.fail()
		return nil
	}
	most := 1
	if strings.Contains(written[strings.LastIndexByte(written, '/'):], "g") {
		most = -1
	}
	return func(r *run, of value) value {
		with := r.mustText(by(r)).text
		if r.matchable(r.mustText(of).text, cost); r.stuck || strings.Contains(with, "$") {
			return r.giveUp()
		}
		var b strings.Builder
		from := 0
		for _, at := range form.FindAllStringIndex(of.text, most) {
			r.work(roundCost + len(with))
			if r.stuck {
				return value{}
			}
			b.WriteString(of.text[from:at[0]])
			b.WriteString(with)
			from = at[1]
		}
		b.WriteString(of.text[from:])
		return r.newText(b.String())
	}
}

// findsSame reports whether a pattern finds the same parts of texts in Go, beyond
// matching the same: it and what it repeats match no empty text, about which the
// two go on differently.
func findsSame(source string) bool {
	tree, err := syntax.Parse(source, syntax.Perl)
	return err == nil && !mayBeEmpty(tree) && !repeatsEmpty(tree)
}

func mayBeEmpty(tree *syntax.Regexp) bool {
	switch tree.Op {
	case syntax.OpLiteral, syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return false
	case syntax.OpConcat:
		return !slices.ContainsFunc(tree.Sub, func(part *syntax.Regexp) bool { return !mayBeEmpty(part) })
	case syntax.OpAlternate:
		return slices.ContainsFunc(tree.Sub, mayBeEmpty)
	case syntax.OpCapture, syntax.OpPlus:
		return mayBeEmpty(tree.Sub[0])
	case syntax.OpRepeat:
		return tree.Min == 0 || mayBeEmpty(tree.Sub[0])
	}
	return true
}

func repeatsEmpty(tree *syntax.Regexp) bool {
	switch tree.Op {
	case syntax.OpStar, syntax.OpPlus, syntax.OpRepeat, syntax.OpQuest:
		if mayBeEmpty(tree.Sub[0]) {
			return true
		}
	}
	return slices.ContainsFunc(tree.Sub, repeatsEmpty)
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
