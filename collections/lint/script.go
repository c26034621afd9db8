package lint

import (
	"strings"

	"postie/collections"
	"postie/collections/regex"
)

var setters = regex.Lazy("(?:\\.set|set(?:Environment|Global)Variable)\\(\\s*[\"'`]([^\"'`]+)[\"'`]")

// scripts collects what the scripts of a node set and mention, and reports
// scripts that do not compile.
func (in *linter) scripts(n *collections.Node) error {
	for _, listen := range []string{"prerequest", "test"} {
		for _, s := range n.OwnScripts(listen) {
			for _, m := range setters().FindAllStringSubmatch(s.Source, -1) {
				in.set[m[1]] = true
			}
			in.mention(s.Source)
			if err := in.syntax(n, s); err != nil {
				return err
			}
		}
	}
	return nil
}

func (in *linter) syntax(n *collections.Node, s collections.Script) error {
	if in.opts.Compile == nil {
		return nil
	}
	wrong, err := in.opts.Compile(s.Source)
	if wrong == nil || err != nil {
		return err
	}
	// The column counts from the beginning of the script's line, inside the
	// string of the document.
	in.add(n, Finding{File: n.File(), Line: s.FileLine(max(1, wrong.Line)), Col: wrong.Col, Severity: Error,
		Rule: ScriptSyntax, Text: "script line " + wrong.String()})
	return nil
}

var nextRequest = regex.Lazy("setNextRequest\\(\\s*(?:[\"']([^\"']*)[\"']|(null)|([^)]*))")

// A jump is a call that decides which request follows.
type jump struct {
	target string // "" ends the run
	always bool   // outside of functions and conditions
}

// jumps returns the jumps of a script. known is false when a target is
// computed.
func jumps(source string) (out []jump, known bool) {
	code := withoutComments(source)
	for _, m := range nextRequest().FindAllStringSubmatchIndex(code, -1) {
		j := jump{always: depth(code[:m[0]]) == 0}
		switch {
		case m[2] >= 0:
			j.target = code[m[2]:m[3]]
		case m[4] < 0:
			return nil, false
		}
		out = append(out, j)
	}
	return out, true
}

var comments = regex.Lazy(`(?s)/\*.*?\*/|(^|[^:"'])//[^\n]*`)

// withoutComments removes comments. The // of an address in a string is not a
// comment.
func withoutComments(source string) string { return comments().ReplaceAllString(source, "$1") }

// depth is how many brackets are open at the end of code. An "if (x)"
// without braces, or "x && ", also makes what follows conditional.
func depth(code string) int {
	n := 0
	for _, c := range code {
		switch c {
		case '{', '(', '[':
			n++
		case '}', ')', ']':
			n--
		}
	}
	line := strings.TrimSpace(code[strings.LastIndexAny(code, ";\n")+1:])
	line = strings.TrimSuffix(strings.TrimSuffix(line, "postman."), "pm.execution.")
	if line != "" {
		n++
	}
	return n
}
