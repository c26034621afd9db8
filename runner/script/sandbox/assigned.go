package sandbox

import "postie/collections/jslex"

// assignedGlobals lists the globals that a script may assign to or delete.
// Assignments to globals of Postman's legacy API are left out: js/legacy.js
// sets those anew for each script.
func assignedGlobals(source string) (names []string) {
	all, legacy := globals()
	c := code(jslex.Code(source))
	for i, t := range c {
		switch {
		case t.Kind == jslex.Word && all[t.Text] && (!legacy[t.Text] && c.assigns(i) || c.deletes(i)):
			names = append(names, t.Text)
		case c.is(i, "]", "}") && c.target(i):
			names = append(names, c.inPattern(c.open(i), i, all, legacy)...)
		}
	}
	return names
}

// assigns reports whether the name at i is assigned to.
func (c code) assigns(i int) bool {
	if c.is(i-1, ".", "?.", "let", "const", "class") && !c.is(i-2, "this", "globalThis") {
		return false
	}
	return assignments[c.text(i+1)] || c.is(i-1, "++", "--") || c.heads(i, i)
}

// heads reports whether the expression between two tokens is the variable of a
// for loop (for ... of, for ... in).
func (c code) heads(from, to int) bool {
	return c.is(to+1, "of", "in") && c.is(from-1, "(") && (c.is(from-2, "for") || c.is(from-2, "await"))
}

// deletes reports whether the script deletes the variable named at i, and not
// only a property of it.
func (c code) deletes(i int) bool {
	if c.is(i-1, ".") && c.is(i-2, "this", "globalThis") {
		i -= 2
		return c.is(i-1, "delete") && !c.is(i+3, ".", "?.", "[", "(")
	}
	return c.is(i-1, "delete") && !c.is(i+1, ".", "?.", "[", "(")
}

// target reports whether the bracket at i closes a destructuring pattern that
// is assigned to.
func (c code) target(i int) bool {
	if !c.is(i+1, "=", "of", "in") {
		return false
	}
	open := c.open(i)
	if c.is(open, "[") && c.endsValue(open-1) || c.is(open-1, "let", "const") {
		return false
	}
	return c.is(i+1, "=") || c.heads(open, i)
}

// inPattern lists the globals between two brackets of a pattern. It may list
// globals that are not assigned to: that does no harm.
func (c code) inPattern(open, end int, all, legacy map[string]bool) (names []string) {
	for i := open + 1; i < end; i++ {
		if c.kind(i) == jslex.Word && all[c[i].Text] && !legacy[c[i].Text] && !c.is(i-1, ".", "?.") {
			names = append(names, c[i].Text)
		}
	}
	return names
}

func (c code) text(i int) string {
	if c.kind(i) != jslex.Punctuator {
		return ""
	}
	return c[i].Text
}

var assignments = map[string]bool{"=": true, "+=": true, "-=": true, "*=": true, "/=": true, "%=": true, "**=": true, "<<=": true, ">>=": true,
	">>>=": true, "&=": true, "|=": true, "^=": true, "&&=": true, "||=": true, "??=": true, "++": true, "--": true}
