package sandbox

import (
	"regexp"
	"strings"

	"postie/collections/jslex"
)

// grammar returns V8's message for a text that does not compile, judged by the
// tokens around the place of the error. It returns "" when it knows no message.
func (c code) grammar(f *fault, source string) string {
	at := c.index(source, f.Line, f.Column)
	for _, words := range []func(message string, at int) string{c.inNames, c.inClasses, c.inLoops, c.inPatterns, c.inExpressions} {
		if text := words(f.Message, at); text != "" {
			return text
		}
	}
	rest, _, _ := strings.Cut(source[offset(source, f.Line, f.Column):], "\n")
	return literalFault(f.Message, rest)
}

// inNames returns V8's message for errors in declared names.
func (c code) inNames(message string, at int) string {
	switch {
	case message == "variable name expected" && c.is(at, "enum"):
		return "Unexpected reserved word"
	case message == "invalid redefinition of lexical identifier" && c.is(at-1, "}"): // the "}" of a function that has ended
		if i := c.open(c.open(at-1)-1) - 1; c.kind(i) == jslex.Word {
			return "Identifier '" + c[i].Text + "' has already been declared"
		}
	case strings.HasPrefix(message, "lexical declarations can't appear") && c.is(at, "const"):
		return "Unexpected token 'const'"
	case strings.HasPrefix(message, "function declarations can't appear") && c.is(at+1, "*"):
		return "Generators can only be declared at the top level or inside a block."
	case message == "expecting ')'" && c.is(at, ",") && c.is(at-2, "..."):
		return "Rest parameter must be last formal parameter"
	}
	return ""
}

// inClasses returns V8's message for errors in members of classes, and in
// getters and setters.
func (c code) inClasses(message string, at int) string {
	name := at - 1
	switch {
	case message == "private class field is already defined" && c.kind(name) == jslex.Word:
		return "Identifier '" + c[name].Text + "' has already been declared"
	case message == "invalid number of arguments for getter or setter":
		if open := c.open(at - 1); c.is(open-2, "set") {
			return "Setter must have exactly one formal parameter."
		}
	case message != "invalid method name":
	case c.is(name, "prototype"):
		return "Classes may not have a static property named 'prototype'"
	case !c.is(name, "constructor"):
		return "Classes may not have a field named 'constructor'"
	case c.is(name-1, "get", "set"):
		return "Class constructor may not be an accessor"
	case c.is(name-1, "async"):
		return "Class constructor may not be an async method"
	case c.is(name-1, "*"):
		return "Class constructor may not be a generator"
	}
	return ""
}

// inLoops returns V8's message for errors in the heads of loops, in break and
// in continue.
func (c code) inLoops(message string, at int) string {
	switch {
	case strings.HasPrefix(message, "expected 'of' or 'in' in for control"):
		return c.twoBindings(at)
	case strings.HasPrefix(message, "a declaration in the head of a for-") && c.kind(at-3) == jslex.Word && c.is(at-4, "("):
		return "Invalid left-hand side in for-loop"
	case strings.HasPrefix(message, "break/continue label not found") && c.is(at-1, "continue") && c.labels(c.text0(at)):
		return "Illegal continue statement: '" + c[at].Text + "' does not denote an iteration statement"
	}
	return ""
}

// twoBindings returns V8's message for a loop that declares two variables.
func (c code) twoBindings(at int) string {
	end := c.end(at + 1)
	for _, word := range []string{"of", "in"} {
		if c.has(at, end, word) {
			return "Invalid left-hand side in for-" + word + " loop: Must have a single binding."
		}
	}
	if c.is(at, ",") && c.kind(at+2) == jslex.Punctuator {
		return "Unexpected token '" + c[at+2].Text + "'"
	}
	return ""
}

// text0 returns the text of the token at i, or "" when there is no such token.
func (c code) text0(i int) string {
	if i < 0 || i >= len(c) {
		return ""
	}
	return c[i].Text
}

// labels reports whether name is a label in the script.
func (c code) labels(name string) bool {
	for i := range c {
		if c[i].Text == name && c.is(i+1, ":") {
			return true
		}
	}
	return false
}

// inPatterns returns V8's message for errors in parameters and destructuring
// patterns.
func (c code) inPatterns(message string, at int) string {
	switch {
	case message == "missing formal parameter" && !c.arrowAround(at):
		return "Unexpected " + c.token(at)
	case message == "expecting '}'" && c.is(at, "="):
		return "Invalid shorthand property initializer"
	case message == "expecting ','" && c.isOperator(at) && c.around(at, "[", "{"):
		return "Invalid destructuring assignment target"
	case message == "expecting ':'" && (c.kind(at-1) == jslex.String || c.kind(at-1) == jslex.Number) && c.is(at-2, "{", ","):
		return "Unexpected " + c.token(at-1) // a key without a value
	case message == "expecting ':'" && c.is(at-1, "]"):
		return "Unexpected token '['"
	}
	return ""
}

func (c code) isOperator(i int) bool { return binary[c.text(i)] && !c.is(i, ",") }

// enclosing returns the index of the bracket around the token at i, or -1.
func (c code) enclosing(i int) int {
	depth := 0
	for i--; i >= 0; i-- {
		if c.closes(i) {
			depth++
		}
		if c.opens(i) {
			if depth--; depth < 0 {
				return i
			}
		}
	}
	return -1
}

// around reports whether the token at i is in one of these brackets, and the
// bracket is a pattern that is assigned to.
func (c code) around(i int, brackets ...string) bool {
	open := c.enclosing(i)
	return open >= 0 && c.is(open, brackets...) && c.is(c.close(open)+1, "=")
}

// arrowAround reports whether the token at i is among the parameters of an
// arrow function.
func (c code) arrowAround(i int) bool {
	open := c.enclosing(i)
	return open >= 0 && c.is(c.close(open)+1, "=>")
}

// token describes the token at i as V8 does.
func (c code) token(i int) string {
	switch c.kind(i) {
	case jslex.Number:
		return "number"
	case jslex.String:
		return "string"
	case jslex.Template:
		return "template string"
	case jslex.Word:
		if !reserved[c[i].Text] {
			return "identifier '" + c[i].Text + "'"
		}
	}
	return "token '" + c.text0(i) + "'"
}

// inExpressions returns V8's message for errors in operators and calls.
func (c code) inExpressions(message string, at int) string {
	switch {
	case message == "invalid increment/decrement operand" && !c.postfix(at):
		return "Invalid left-hand side expression in prefix operation"
	case message == "function name expected" && !c.is(at, "("):
		return "Unexpected " + c.token(at)
	case message == "expecting field name" && c.kind(at) == jslex.Template:
		return "Invalid tagged template on optional chain"
	case c.is(at, ")") && c.is(at-1, "(") && c.is(at-2, "import"):
		return "import() requires a specifier"
	case message == "expecting ','" && c.is(at, "=>") && c.is(at-1, ")") && c.indexes(c.open(at-1)):
		return "Malformed arrow function parameter list"
	case strings.HasPrefix(message, "expecting") && c.kind(at) == jslex.Number && strings.HasPrefix(c[at].Text, "."):
		return "Unexpected number"
	case strings.HasPrefix(message, "expecting") && c.is(at, "@", `\`):
		return "Invalid or unexpected token"
	}
	return ""
}

// postfix reports whether the first ++ or -- in the line, up to the token at i,
// follows its operand.
func (c code) postfix(i int) bool {
	from, _ := c.line(max(i-1, 1))
	for ; from < i; from++ {
		if c.is(from, "++", "--") {
			return c.endsValue(from - 1)
		}
	}
	return true
}

var (
	brokenNumber = lazily(`^[\w.]+`)
	brokenEscape = lazily(`\\(x|u\{[0-9a-fA-F]+\}|u)`)
)

// literalFault returns V8's message for errors in numbers and escapes. rest is
// the rest of the line, and begins with the literal.
func literalFault(message, rest string) string {
	switch number := brokenNumber().FindString(rest); {
	case message == "invalid number literal" && strings.Contains(number, "__"):
		return "Only one underscore is allowed as numeric separator"
	case message == "invalid number literal" && strings.HasSuffix(number, "_"):
		return "Numeric separators are not allowed at the end of numeric literals"
	case strings.HasPrefix(message, "malformed escape sequence"):
		return escapeFault(brokenEscape(), rest)
	}
	return ""
}

func escapeFault(escape *regexp.Regexp, rest string) string {
	switch m := escape.FindStringSubmatch(rest); {
	case m == nil:
		return ""
	case m[1] == "x":
		return "Invalid hexadecimal escape sequence"
	case len(m[1]) > len("u{}"):
		return "Undefined Unicode code-point"
	}
	return ""
}
