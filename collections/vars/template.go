package vars

import (
	"iter"
	"slices"
	"strings"
)

// maxPasses is how often newman rescans a text for templates that earlier
// replacements brought in; a variable that names itself ends there.
const maxPasses = 19

// maxExpanded bounds the text that templates may grow to: with 19 passes a
// variable that names itself twice would double it 19 times.
const maxExpanded = 64 << 20

// Expand replaces {{name}}, and <<name>> when name is defined. Names that no
// layer defines stay as written.
func (s *Stack) Expand(text string) string { return Fill(text, s.text) }

// Fill is Stack.Expand for values that are kept elsewhere: value is called with
// each name that a template of text asks for, and reports whether there is one.
func Fill(text string, value func(name string) (string, bool)) string {
	for range maxPasses {
		if !hasTemplate(text) {
			break
		}
		next, again := pass(text, value)
		if !again || next == text {
			return next
		}
		text = next
	}
	return text
}

func hasTemplate(text string) bool {
	return strings.Contains(text, "{{") || strings.Contains(text, "<<")
}

// pass replaces the templates of text once, innermost ones first. It reports
// whether another pass may find more.
func pass(text string, find func(name string) (string, bool)) (string, bool) {
	var b strings.Builder
	done := 0 // text[:done] is in b
	again := true
	for t := range templates(text) {
		if t.start < done {
			continue // inside one that is replaced
		}
		value, ok := find(t.name)
		if !ok {
			continue
		}
		if b.Len()+len(value)+len(text)-done > max(maxExpanded, len(text)) {
			again = false
			break
		}
		b.WriteString(text[done:t.start])
		b.WriteString(value)
		done = t.end
	}
	if done == 0 {
		return text, false
	}
	b.WriteString(text[done:])
	return b.String(), again
}

// A template is one {{name}} or <<name>> of a text, at [start, end).
type template struct {
	start, end int
	name       string
	angled     bool
}

// templates yields the innermost templates of text in order. One with angle
// brackets may lie inside one with braces; it comes after it.
func templates(text string) iter.Seq[template] {
	return func(yield func(template) bool) {
		for i := 0; i+3 < len(text); i++ {
			c := text[i]
			if c != '{' && c != '<' || text[i+1] != c {
				continue
			}
			end := closing(text, i+2, c)
			if end < 0 {
				continue
			}
			if !yield(template{start: i, end: end + 2, name: text[i+2 : end], angled: c == '<'}) {
				return
			}
			i++
		}
	}
}

// closing finds the end of the name that starts at from, -1 when the template
// is not closed or another one opens inside it. A name in angle brackets holds
// none of <>{}, one in braces may hold <>.
func closing(text string, from int, open byte) int {
	stops, end := "{}", "}}"
	if open == '<' {
		stops, end = "{}<>", ">>"
	}
	n := strings.IndexAny(text[from:], stops)
	if n < 0 || !strings.HasPrefix(text[from+n:], end) {
		return -1
	}
	return from + n
}

// Unresolved returns the names of the {{templates}} left in text that no
// layer defines, each once, in order.
func (s *Stack) Unresolved(text string) []string {
	var names []string
	for t := range templates(text) {
		if !t.angled && !s.resolves(t.name) && !slices.Contains(names, t.name) {
			names = append(names, t.name)
		}
	}
	return names
}

// Templates returns the names that {{name}} and <<name>> in text ask for,
// each once, in order, defined or not.
func Templates(text string) []string {
	var names []string
	for t := range templates(text) {
		if !slices.Contains(names, t.name) {
			names = append(names, t.name)
		}
	}
	return names
}
