package sandbox

import "postie/collections/jslex"

// assignedGlobals lists the globals a script may assign to, but for those of
// Postman's first scripts, which js/legacy.js gives anew to each script.
func assignedGlobals(source string) (names []string) {
	all, legacy := globals()
	c := code(jslex.Code(source))
	for i, t := range c {
		if t.Kind == jslex.Word && all[t.Text] && !legacy[t.Text] && c.assigns(i) {
			names = append(names, t.Text)
		}
	}
	return names
}

// assigns reports whether the name at i is assigned to.
func (c code) assigns(i int) bool {
	if c.is(i-1, ".", "?.", "let", "const", "class") {
		return false
	}
	return assignments[c.text(i+1)] || c.is(i-1, "++", "--")
}

func (c code) text(i int) string {
	if c.kind(i) != jslex.Punctuator {
		return ""
	}
	return c[i].Text
}

var assignments = map[string]bool{"=": true, "+=": true, "-=": true, "*=": true, "/=": true, "%=": true, "**=": true, "<<=": true, ">>=": true,
	">>>=": true, "&=": true, "|=": true, "^=": true, "&&=": true, "||=": true, "??=": true, "++": true, "--": true}
