package sandbox

import (
	"regexp"
	"strings"
)

// V8's words for what the engine says. Scripts' authors know them from the
// Postman app, and reports are compared by them.
var v8Words = []struct {
	engine *regexp.Regexp
	v8     string
	name   string // the error's class, when V8 has another
}{
	{regexp.MustCompile(`^'(.+)' is not defined$`), "$1 is not defined", ""},
	{regexp.MustCompile(`^cannot read property '(.*)' of (undefined|null)$`), "Cannot read properties of $2 (reading '$1')", ""},
	{regexp.MustCompile(`^cannot read property of (undefined|null)$`), "Cannot read properties of $1", ""},
	{regexp.MustCompile(`^cannot set property '(.*)' of (undefined|null)$`), "Cannot set properties of $2 (setting '$1')", ""},
	{regexp.MustCompile(`^'(.+)' is read-only$`), "Assignment to constant variable.", ""},
	{regexp.MustCompile(`^this is not initialized$`), "Must call super constructor in derived class before accessing 'this' or returning from derived constructor", ""},
	{regexp.MustCompile(`^(\S+) is not initialized$`), "Cannot access '$1' before initialization", ""},
	{regexp.MustCompile(`^value is not iterable$`), "object is not iterable (cannot read property Symbol(Symbol.iterator))", ""},
	{regexp.MustCompile(`^cannot convert to object$`), "Cannot convert undefined or null to object", ""},
	{regexp.MustCompile(`^invalid array length$`), "Invalid array length", ""},
	{regexp.MustCompile(`^stack overflow$`), "Maximum call stack size exceeded", "RangeError"},
	{regexp.MustCompile(`^invalid repeat count$`), "Invalid count value", ""},
	{regexp.MustCompile(`^invalid string length$`), "Invalid string length", "RangeError"},
	{regexp.MustCompile(`^invalid number of digits$`), "toFixed() digits argument must be between 0 and 100", ""},
	{regexp.MustCompile(`^cannot convert bigint to number$`), "Cannot mix BigInt and other types, use explicit conversions", ""},
	{regexp.MustCompile(`^cannot convert symbol to string$`), "Cannot convert a Symbol value to a string", ""},
	{regexp.MustCompile(`^cannot convert symbol to number$`), "Cannot convert a Symbol value to a number", ""},
	{regexp.MustCompile(`^expecting hex digit$`), "URI malformed", ""},
	{regexp.MustCompile(`^Date value is NaN$`), "Invalid time value", ""},
	{regexp.MustCompile(`^circular reference$`), "Converting circular structure to JSON", ""},
	{regexp.MustCompile(`^empty array$`), "Reduce of empty array with no initial value", ""},
	{regexp.MustCompile(`^object is not extensible$`), "Cannot add property, object is not extensible", ""},
	{regexp.MustCompile(`^invalid 'in' operand$`), "Cannot use 'in' operator to search for a key in a value that is no object", ""},
	{regexp.MustCompile(`^invalid 'instanceof' right operand$`), "Right-hand side of 'instanceof' is not callable", ""},
	{regexp.MustCompile(`^ is not a constructor$`), "(intermediate value) is not a constructor", ""},
	{regexp.MustCompile(`^out of memory$`), "script out of memory", "RangeError"},
}

// v8 gives a fault V8's words, with the help of the script it points into.
func (f *fault) v8(source string) {
	if f.Name == "SyntaxError" && f.Stack == "" {
		f.Message = v8Syntax(f, source)
		return
	}
	if f.Message == "not a function" && !strings.Contains(firstLine(f.Stack), "(native)") {
		if callee := calleeAt(source, f.Line, f.Column); callee != "" {
			f.Message = callee
		}
		return
	}
	for _, w := range v8Words {
		if w.engine.MatchString(f.Message) {
			f.Message = w.engine.ReplaceAllString(f.Message, w.v8)
			if w.name != "" {
				f.Name = w.name
			}
			return
		}
	}
}

// words is words(name, message, stack): the name and message V8 would give an
// error of the engine, on two lines.
func (x *execution) words(a arguments) (any, error) {
	f := &fault{Name: a.text(0), Message: a.text(1), Stack: a.text(2)}
	f.Line, f.Column = x.place(f.Stack)
	f.v8(x.script.Source)
	return f.Name + "\n" + f.Message, nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// lineOf is a line of source, counted from 1.
func lineOf(source string, n int) (string, bool) {
	lines := strings.Split(source, "\n")
	if n < 1 || n > len(lines) {
		return "", false
	}
	return lines[n-1], true
}

var calleeEnd = regexp.MustCompile(`(?:[\w$]+|\([^()]*\)|\[[^\[\]]*\]|\?\.|\.)+$`)

// calleeAt says what was called at a column, which is that of its parenthesis.
func calleeAt(source string, line, column int) string {
	text, ok := lineOf(source, line)
	if !ok || column < 1 || column > len(text) {
		return ""
	}
	before := strings.TrimRight(text[:column-1], " \t")
	callee := calleeEnd.FindString(before)
	constructed := regexp.MustCompile(`\bnew\s+$`).MatchString(before[:len(before)-len(callee)])
	callee = regexp.MustCompile(`\[(["'])([\w$]+)["']\]`).ReplaceAllString(callee, ".$2")
	callee = regexp.MustCompile(`\([^()]+\)`).ReplaceAllString(callee, "(...)")
	callee = strings.TrimPrefix(strings.ReplaceAll(callee, "?.", "."), ".")
	if strings.HasPrefix(callee, "(") || strings.HasPrefix(callee, "[") {
		callee = "(intermediate value)" + callee[strings.IndexAny(callee, ")]")+1:]
	}
	switch {
	case callee == "":
		return ""
	case constructed:
		return callee + " is not a constructor"
	}
	return callee + " is not a function"
}

var tokenStart = regexp.MustCompile(`^\s*(?:([A-Za-z_$][\w$]*)|(\d[\w.]*)|(["'])|(` + "`" + `)|(=>|===|!==|\*\*|&&|\|\||\?\?|\.\.\.|[-+*/%=!<>&|^]=|[^\s]))`)

// v8Syntax says what V8 would of a script that does not compile.
func v8Syntax(f *fault, source string) string {
	message := f.Message
	switch {
	case message == "unexpected end of string", message == "invalid number literal", message == "unexpected character":
		return "Invalid or unexpected token"
	case strings.HasPrefix(message, "invalid redefinition"):
		return "Identifier '" + wordBefore(source, f.Line, f.Column) + "' has already been declared"
	case strings.HasPrefix(message, "missing initializer for const"):
		return "Missing initializer in const declaration"
	case strings.HasPrefix(message, "line terminator not allowed after throw"):
		return "Illegal newline after throw"
	case strings.HasPrefix(message, "unexpected line terminator in regexp"):
		return "Invalid regular expression: missing /"
	}
	if wordBefore(source, f.Line, f.Column) == "await" {
		return "await is only valid in async functions and the top level bodies of modules"
	}
	token := tokenAt(source, f.Line, f.Column)
	switch {
	case token == "" && message == "expecting ')'" && strings.Count(source, "}") > strings.Count(source, "{"):
		return "Unexpected token '}'"
	case token == "":
		return "Unexpected end of input"
	case message == "expecting ','" || message == "expecting ')'" && strings.Contains(source, "("):
		return "missing ) after argument list"
	}
	return "Unexpected " + token
}

// tokenAt is the token at a place as V8 names it, "" at the end of source.
func tokenAt(source string, line, column int) string {
	text, ok := lineOf(source, line)
	if !ok {
		return ""
	}
	rest := text[min(max(column-1, 0), len(text)):]
	for n := line + 1; strings.TrimSpace(rest) == ""; n++ {
		if rest, ok = lineOf(source, n); !ok {
			return ""
		}
	}
	m := tokenStart.FindStringSubmatch(rest)
	switch {
	case m == nil:
		return ""
	case m[1] != "" && reserved[m[1]]:
		return "token '" + m[1] + "'"
	case m[1] != "":
		return "identifier '" + m[1] + "'"
	case m[2] != "":
		return "number"
	case m[3] != "":
		return "string"
	case m[4] != "":
		return "template string"
	}
	return "token '" + m[5] + "'"
}

// reserved are the words V8 calls tokens.
var reserved = map[string]bool{"break": true, "case": true, "catch": true, "class": true, "const": true, "continue": true, "debugger": true,
	"default": true, "delete": true, "do": true, "else": true, "export": true, "extends": true, "finally": true, "for": true, "function": true,
	"if": true, "import": true, "in": true, "instanceof": true, "new": true, "return": true, "super": true, "switch": true, "this": true,
	"throw": true, "try": true, "typeof": true, "var": true, "void": true, "while": true, "with": true, "null": true, "true": true, "false": true}

var lastWord = regexp.MustCompile(`([\w$]+)\s*$`)

func wordBefore(source string, line, column int) string {
	text, ok := lineOf(source, line)
	if !ok {
		return ""
	}
	if m := lastWord.FindStringSubmatch(text[:min(max(column-1, 0), len(text))]); m != nil {
		return m[1]
	}
	return ""
}
