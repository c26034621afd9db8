package send

import (
	"strings"

	"postie/collections"
	"postie/collections/jslex"
	"postie/collections/vars"
	"postie/runner/mask"
)

// LearnScripts adds to the mask the texts that a collection's scripts store under
// names that look secret, as in pm.environment.set("apiToken", "…"): a run log
// holds the scripts before they run.
func LearnScripts(m *mask.Masker, c *collections.Collection) {
	seen := map[*collections.Node]bool{} // owners, whose scripts several requests have
	for n := range c.All() {
		for _, listen := range []string{"prerequest", "test"} {
			for _, s := range n.Scripts(listen) {
				if !seen[s.Owner] {
					learnScript(m, s.Source)
				}
			}
		}
		for ; n != nil && !seen[n]; n = n.Parent() {
			seen[n] = true
		}
	}
}

// learnScript looks for a call of a setter with two literals.
func learnScript(m *mask.Masker, source string) {
	if !strings.Contains(source, "set") {
		return
	}
	code := jslex.Code(source)
	for i := 0; i+4 < len(code); i++ {
		setter, name, value := code[i], code[i+2], code[i+4]
		if !isSetter(setter.Text) || !code[i+1].Is("(") || !code[i+3].Is(",") {
			continue
		}
		key, ok := literal(name)
		if text, also := literal(value); ok && also && m.Options().IsSecret(vars.Variable{Key: key}) {
			m.Learn(text, mask.Run)
		}
	}
}

func isSetter(word string) bool {
	return word == "set" || word == "setEnvironmentVariable" || word == "setGlobalVariable"
}

// literal returns the text between the quotes of a token, as written.
func literal(t jslex.Token) (string, bool) {
	whole := len(t.Text) >= 2 && t.Text[0] == t.Text[len(t.Text)-1]
	if !whole || t.Kind != jslex.String && !(t.Kind == jslex.Template && t.Text[0] == '`') {
		return "", false
	}
	return t.Text[1 : len(t.Text)-1], true
}
