package sandbox

import (
	"regexp"
	"strings"
)

var catchClause = regexp.MustCompile(`\bcatch\s*\(\s*([A-Za-z_$][\w$]*)\s*\)\s*\{`)

// caught returns a script whose catch clauses first give the error V8's
// words, for scripts that look at its message.
func caught(source string) string {
	if !strings.Contains(source, "catch") {
		return source
	}
	var b strings.Builder
	at := 0
	for _, c := range clauses(source) {
		b.WriteString(source[at:c.end])
		b.WriteString(c.insert)
		at = c.end
	}
	b.WriteString(source[at:])
	return b.String()
}

// A clause is the place behind the brace of a catch clause.
type clause struct {
	end    int
	insert string
}

func clauses(source string) []clause {
	var list []clause
	for _, m := range catchClause.FindAllStringSubmatchIndex(source, -1) {
		line := source[strings.LastIndexByte(source[:m[0]], '\n')+1 : m[0]]
		if quoted(line) || m[0] > 0 && source[m[0]-1] == '.' { // a text, or promise.catch
			continue
		}
		name := source[m[2]:m[3]]
		list = append(list, clause{m[1], name + "=" + rewordName + "(" + name + ");"})
	}
	return list
}

// quoted reports whether a line ends inside a string or a comment.
func quoted(line string) bool {
	for _, mark := range []string{`'`, `"`, "`"} {
		if strings.Count(line, mark)%2 == 1 {
			return true
		}
	}
	return strings.Contains(line, "//") || strings.Contains(line, "/*")
}

// columnOf is a column of the script as written, given that of the script as
// compiled.
func columnOf(source string, line, column int) int {
	text, ok := lineOf(source, line)
	if !ok {
		return column
	}
	for _, c := range clauses(text) {
		if column > c.end {
			column = max(column-len(c.insert), c.end)
		}
	}
	return column
}
