package sandbox

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// lazily is a regular expression that is compiled when it is first needed:
// most processes meet none of the errors those here are for.
func lazily(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// V8's words for what the engine says. Scripts' authors know them from the
// Postman app, and reports are compared by them.
var v8Words = []struct {
	engine func() *regexp.Regexp
	v8     string
	name   string // the error's class, when V8 has another
}{
	{lazily(`^'(.+)' is not defined$`), "$1 is not defined", ""},
	{lazily(`^cannot read property '(.*)' of (undefined|null)$`), "Cannot read properties of $2 (reading '$1')", ""},
	{lazily(`^cannot read property of (undefined|null)$`), "Cannot read properties of $1", ""},
	{lazily(`^cannot set property '(.*)' of (undefined|null)$`), "Cannot set properties of $2 (setting '$1')", ""},
	{lazily(`^'(.+)' is read-only$`), "Assignment to constant variable.", ""},
	{lazily(`^class constructors must be invoked with 'new'$`), "Class constructor cannot be invoked without 'new'", ""},
	{lazily(`^not a function$`), "undefined is not a function", ""},
	{lazily(`^this is not initialized$`), "Must call super constructor in derived class before accessing 'this' or returning from derived constructor", ""},
	{lazily(`^(\S+) is not initialized$`), "Cannot access '$1' before initialization", ""},
	{lazily(`^value is not iterable$`), "object is not iterable (cannot read property Symbol(Symbol.iterator))", ""},
	{lazily(`^cannot convert to object$`), "Cannot convert undefined or null to object", ""},
	{lazily(`^invalid array length$`), "Invalid array length", ""},
	{lazily(`^stack overflow$`), "Maximum call stack size exceeded", "RangeError"},
	{lazily(`^invalid repeat count$`), "Invalid count value", ""},
	{lazily(`^invalid string length$`), "Invalid string length", "RangeError"},
	{lazily(`^invalid number of digits$`), "toFixed() digits argument must be between 0 and 100", ""},
	{lazily(`^cannot convert bigint to number$`), "Cannot mix BigInt and other types, use explicit conversions", ""},
	{lazily(`^cannot convert symbol to string$`), "Cannot convert a Symbol value to a string", ""},
	{lazily(`^cannot convert symbol to number$`), "Cannot convert a Symbol value to a number", ""},
	{lazily(`^expecting hex digit$`), "URI malformed", ""},
	{lazily(`^Date value is NaN$`), "Invalid time value", ""},
	{lazily(`^circular reference$`), "Converting circular structure to JSON", ""},
	{lazily(`^empty array$`), "Reduce of empty array with no initial value", ""},
	{lazily(`^object is not extensible$`), "Cannot add property, object is not extensible", ""},
	{lazily(`^invalid 'in' operand$`), "Cannot use 'in' operator to search for a key in a value that is no object", ""},
	{lazily(`^invalid 'instanceof' right operand$`), "Right-hand side of 'instanceof' is not callable", ""},
	{lazily(`^ is not a constructor$`), "(intermediate value) is not a constructor", ""},
	{lazily(`^out of memory$`), "script out of memory", "RangeError"},
}

// v8Calls are V8's words for what a function of the language throws. $arg is
// its first argument, if that is written there as a literal; without one the
// other text holds.
var v8Calls = []struct {
	engine func() *regexp.Regexp
	native string // the function, "" for any
	v8     string
	other  string
}{
	{lazily(`^invalid repeat count$`), "", "Invalid count value: $arg", ""},
	{lazily(`^invalid bigint literal$`), "", "Cannot convert $arg to a BigInt", "Cannot convert the value to a BigInt"},
	{lazily(`^cannot convert to BigInt: not an integer$`), "", "The number $arg cannot be converted to a BigInt because it is not an integer", ""},
	{lazily(`^not a function$`), "Promise", "Promise resolver $arg is not a function", "Promise resolver undefined is not a function"},
	{lazily(`^not a function$`), "sort", "", "The comparison function must be either a function or undefined"},
	{lazily(`^must be called with new$`), "Promise", "", "Promise constructor cannot be invoked without 'new'"},
	{lazily(`^value is not iterable$`), "Set", "$kind $arg is not iterable (cannot read property Symbol(Symbol.iterator))", ""},
	{lazily(`^invalid number of digits$`), "toPrecision", "", "toPrecision() argument must be between 1 and 100"},
	{lazily(`^invalid number of digits$`), "toExponential", "", "toExponential() argument must be between 0 and 100"},
	{lazily(`^radix must be between 2 and 36$`), "", "", "toString() radix argument must be between 2 and 36"},
	{lazily(`^bad normalization form$`), "", "", "The normalization form should be one of NFC, NFD, NFKC, NFKD."},
	{lazily(`^invalid code point$`), "", "Invalid code point $arg", ""},
	{lazily(`^expecting '\)'$`), "RegExp", "Invalid regular expression: /$arg/: Unterminated group", "Invalid regular expression: Unterminated group"},
	{lazily(`^unexpected end$`), "RegExp", "Invalid regular expression: /$arg/: Unterminated character class", "Invalid regular expression: Unterminated character class"},
	{lazily(`^nothing to repeat$`), "RegExp", "Invalid regular expression: /$arg/: Nothing to repeat", "Invalid regular expression: Nothing to repeat"},
	{lazily(`^invalid regular expression flags$`), "RegExp", "", "Invalid flags supplied to RegExp constructor"},
	{lazily(`^unexpected token in expression: ''$`), "", "", "Unexpected end of input"},
	{lazily(`^unexpected end of string$`), "", "", "Invalid or unexpected token"},
}

var (
	literal    = lazily(`^\(\s*(?:'([^'\\]*)'|"([^"\\]*)"|(-?\d[\w.]*|null|undefined|true|false|NaN|-?Infinity))\s*[,)]`)
	nativeName = lazily(`^\s*at (?:new )?([\w$.]+) \(native\)`)
	unexpected = lazily(`^unexpected token in expression: '(.+)'$`)
)

// fromCall words what a native function threw, given the script from its call on.
func (f *fault) fromCall(rest string) string {
	native := ""
	if m := nativeName().FindStringSubmatch(firstLine(f.Stack)); m != nil {
		native = m[1]
	}
	for _, c := range v8Calls {
		if !c.engine().MatchString(f.Message) || c.native != "" && c.native != native {
			continue
		}
		m := literal().FindStringSubmatch(rest)
		if m == nil || c.v8 == "" {
			return c.other
		}
		return strings.NewReplacer("$arg", m[1]+m[2]+m[3], "$kind", kindOf(m)).Replace(c.v8)
	}
	if m := unexpected().FindStringSubmatch(f.Message); m != nil && f.Name == "SyntaxError" {
		return "Unexpected " + tokenAt(m[1], 1, 1)
	}
	return ""
}

// kindOf is the type of a literal.
func kindOf(m []string) string {
	switch m[3] {
	case "":
		return "string"
	case "null", "undefined":
		return "object"
	case "true", "false":
		return "boolean"
	}
	return "number"
}

// v8 gives a fault V8's words, with the help of the script it points into.
func (f *fault) v8(source string) {
	if f.Name == "SyntaxError" && f.Stack == "" {
		f.Message = v8Syntax(f, source)
		return
	}
	if top := firstLine(f.Stack); f.Message == "not a function" && !strings.Contains(top, "(native)") && !strings.Contains(top, "("+internal) {
		if callee := calleeAt(source, f.Line, f.Column); callee != "" {
			f.Message = callee
			return
		}
	}
	if text := f.fromSource(source); text != "" {
		f.Message = text
		return
	}
	for _, w := range v8Words {
		if w.engine().MatchString(f.Message) {
			f.Message = w.engine().ReplaceAllString(f.Message, w.v8)
			if w.name != "" {
				f.Name = w.name
			}
			return
		}
	}
}

var (
	iterated   = lazily(`^(?:\[|\()?\.\.\.\s*([\w$.]+)|^([\w$.]+(?:\([^()]*\))?)\s*\)`)
	literalKey = lazily(`^\[\s*(?:"([^"]*)"|'([^']*)'|(\d+))\s*\]`)
	// what a loop or a pattern goes through, and what a pattern takes apart
	iteratedOf   = lazily(`\bof\s+([\w$.()'"\[\]-]+|\{\s*\})\s*\)|\]\s*=\s*(-?[\d.]+|\{\s*\}|true|false|null|undefined)\s*(?:[;}]|$)`)
	destructured = lazily(`(?:const|let|var)\s*\{\s*([\w$]+)(?:\s*:\s*\{\s*([\w$]+))?[^=]*?\}\s*=\s*([\w$.()\[\]'"]+|\{\s*\})`)
	anyCall      = lazily(`\([^()]*\)`)
	extendsNull  = lazily(`class\s+([\w$]+)\s+extends\s+null\b`)
	readOnly     = lazily(`^'(.+)' is read-only$`)
	ofNothing    = lazily(`^cannot (read|set) property of (undefined|null)$`)
)

// fromSource words the errors whose text V8 takes from the script: what was
// iterated, which key was read.
func (f *fault) fromSource(source string) string {
	rest := ""
	if text, ok := lineOf(source, f.Line); ok && f.Column > 0 && f.Column <= len(text) {
		rest = text[f.Column-1:]
	}
	if text := f.fromCall(rest); text != "" {
		return text
	}
	whole, ok := lineOf(source, f.Line)
	if !ok {
		whole = source // the engine does not always know the line
	}
	switch {
	case f.Message == "value is not iterable" || strings.HasPrefix(f.Message, "cannot read property 'Symbol.iterator' of "):
		if m := iterated().FindStringSubmatch(rest); m != nil && !strings.HasPrefix(m[2], ".") {
			return m[1] + m[2] + " is not iterable"
		}
		if m := only(iteratedOf(), whole); m != nil {
			return iterableWords(m[1] + m[2])
		}
		if strings.HasSuffix(f.Message, " of undefined") {
			return "undefined is not iterable (cannot read property Symbol(Symbol.iterator))"
		}
		if strings.HasSuffix(f.Message, " of null") {
			return "null is not iterable"
		}
	case f.Message == "cannot convert to object" && only(destructured(), whole) != nil:
		m := only(destructured(), whole)
		if m[2] != "" {
			return "Cannot read properties of undefined (reading '" + m[2] + "')"
		}
		return "Cannot destructure property '" + m[1] + "' of '" + anyCall().ReplaceAllString(m[3], "(...)") + "' as it is undefined."
	case f.Message == " is not a constructor" && extendsNull().MatchString(source):
		return "Super constructor null of " + extendsNull().FindStringSubmatch(source)[1] + " is not a constructor"
	case strings.HasPrefix(f.Message, "class constructors must"):
		if m := frame().FindStringSubmatch(firstLine(f.Stack)); m != nil {
			return "Class constructor " + m[1] + " cannot be invoked without 'new'"
		}
	case readOnly().MatchString(f.Message) && (strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "[")):
		return "Cannot assign to read only property '" + readOnly().FindStringSubmatch(f.Message)[1] + "' of object '#<Object>'"
	}
	if m, key := ofNothing().FindStringSubmatch(f.Message), literalKey().FindStringSubmatch(rest); m != nil && key != nil {
		doing := map[string]string{"read": "reading", "set": "setting"}[m[1]]
		return "Cannot " + m[1] + " properties of " + m[2] + " (" + doing + " '" + key[1] + key[2] + key[3] + "')"
	}
	return ""
}

// only is the match there is in a text, nil for none or several that differ.
func only(re *regexp.Regexp, text string) []string {
	all := re.FindAllStringSubmatch(text, -1)
	if len(all) == 0 || slices.ContainsFunc(all, func(m []string) bool { return m[0] != all[0][0] }) {
		return nil
	}
	return all[0]
}

// iterableWords say of an expression that it cannot be iterated.
func iterableWords(expression string) string {
	if call := strings.TrimSuffix(expression, ")"); call != expression {
		callee := call[:strings.LastIndexByte(call, '(')+1]
		return anyCall().ReplaceAllString(strings.TrimSuffix(callee, "("), "") + " is not a function or its return value is not iterable"
	}
	return anyCall().ReplaceAllString(expression, "") + " is not iterable"
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

var (
	newBefore = lazily(`\bnew\s+$`)
	stringKey = lazily(`\[(["'])([\w$]+)["']\]`)
)

var calleeEnd = lazily(`(?:[\w$]+|\([^()]*\)|\[[^\[\]]*\]|\?\.|\.)+$`)

// calleeAt says what was called at a column, which is that of its parenthesis.
func calleeAt(source string, line, column int) string {
	text, ok := lineOf(source, line)
	if !ok || column < 1 || column > len(text) {
		return ""
	}
	before := strings.TrimRight(text[:column-1], " \t")
	for n := line - 1; n > 0 && strings.HasPrefix(strings.TrimLeft(before, " \t"), "."); n-- { // a chain over lines
		above, _ := lineOf(source, n)
		before = strings.TrimRight(above, " \t") + strings.TrimLeft(before, " \t")
	}
	callee := calleeEnd().FindString(before)
	constructed := newBefore().MatchString(before[:len(before)-len(callee)])
	callee = stringKey().ReplaceAllString(callee, ".$2")
	callee = anyCall().ReplaceAllString(callee, "(...)")
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

var tokenStart = lazily(`^\s*(?:([A-Za-z_$][\w$]*)|(\d[\w.]*)|(["'])|(` + "`" + `)|(=>|===|!==|\+\+|--|\*\*|&&|\|\||\?\?|\.\.\.|[-+*/%=!<>&|^]=|[^\s]))`)

// v8Syntaxes are V8's words for a script that does not compile, where the
// token it stops at does not say enough. $before and $token are the word
// before that place and the token at it.
var v8Syntaxes = []struct {
	engine func() *regexp.Regexp
	v8     string
}{
	{lazily(`^unexpected end of string$`), "$quote"},
	{lazily(`^invalid number literal$`), "Invalid or unexpected token"},
	{lazily(`^unexpected character$`), "Invalid or unexpected token"},
	{lazily(`^unexpected token in expression: '(?:@|\\)`), "Invalid or unexpected token"},
	{lazily(`^unexpected token in expression: '(#[\w$]+)'$`), "Private field '$1' must be declared in an enclosing class"},
	{lazily(`^malformed escape sequence`), "Invalid Unicode escape sequence"},
	{lazily(`^invalid redefinition`), "Identifier '$before' has already been declared"},
	{lazily(`^missing initializer for const`), "Missing initializer in const declaration"},
	{lazily(`^line terminator not allowed after throw`), "Illegal newline after throw"},
	{lazily(`^unexpected line terminator in regexp`), "Invalid regular expression: missing /"},
	{lazily(`^function name expected`), "Function statements require a function name"},
	{lazily(`^break must be inside`), "Illegal break statement"},
	{lazily(`^continue must be inside`), "Illegal continue statement: no surrounding iteration statement"},
	{lazily(`^invalid assignment left-hand side`), "Invalid left-hand side in assignment"},
	{lazily(`^'let' is not a valid lexical identifier`), "let is disallowed as a lexically bound name"},
	{lazily(`^expecting catch or finally`), "Missing catch or finally after try"},
	{lazily(`^'super' is only valid`), "'super' keyword unexpected here"},
	{lazily(`^duplicate label name`), "Label '$word' has already been declared"},
	{lazily(`^break/continue label not found`), "Undefined label '$word'"},
	{lazily(`^invalid keyword: with`), "Strict mode code may not include a with statement"},
	{lazily(`^octal literals are deprecated`), "Octal literals are not allowed in strict mode."},
}

// v8Syntax says what V8 would of a script that does not compile.
func v8Syntax(f *fault, source string) string {
	source += scriptTail
	token, before := tokenAt(source, f.Line, f.Column), wordBefore(source, f.Line, f.Column)
	for _, w := range v8Syntaxes {
		if w.engine().MatchString(f.Message) {
			return expandSyntax(w.v8, w.engine(), f.Message, before, token, charAt(source, f.Line, f.Column))
		}
	}
	switch {
	case before == "await" && token != "token '}'" && token != "token ';'":
		return "await is only valid in async functions and the top level bodies of modules"
	case before == "import" && f.Message == "expecting '('":
		return "Cannot use import statement outside a module"
	case f.Message == "variable name expected" && (token == "token '['" || token == "token '{'"):
		return "Missing initializer in destructuring declaration"
	case token == "":
		return "Unexpected end of input"
	case (f.Message == "expecting ','" || f.Message == "expecting ')'") && insideCall(source, f.Line, f.Column):
		return "missing ) after argument list"
	}
	return "Unexpected " + token
}

var quotedWord = lazily(`'(.+)'`)

// expandSyntax fills in what a text of the table leaves open.
func expandSyntax(text string, engine *regexp.Regexp, message, before, token string, char byte) string {
	if text == "$quote" {
		if char == '`' {
			return "Unexpected end of input"
		}
		return "Invalid or unexpected token"
	}
	word := ""
	if m := quotedWord().FindStringSubmatch(token); m != nil {
		word = m[1]
	}
	first := ""
	if m := engine.FindStringSubmatch(message); len(m) > 1 {
		first = m[1]
	}
	return strings.NewReplacer("$before", before, "$word", word, "$1", first).Replace(text)
}

func charAt(source string, line, column int) byte {
	if text, ok := lineOf(source, line); ok && column > 0 && column <= len(text) {
		return text[column-1]
	}
	return 0
}

// insideCall reports whether the nearest open parenthesis before a place
// follows a callee, as an argument list's does.
func insideCall(source string, line, column int) bool {
	text, ok := lineOf(source, line)
	if !ok {
		return false
	}
	lines := strings.Split(source, "\n")
	before := strings.Join(lines[:line-1], "\n") + "\n" + text[:min(max(column-1, 0), len(text))]
	depth := 0
	for i := len(before) - 1; i >= 0; i-- {
		switch before[i] {
		case ')':
			depth++
		case '(':
			if depth--; depth < 0 {
				return calleeName().MatchString(before[:i]) && !controlWord().MatchString(before[:i])
			}
		}
	}
	return false
}

var (
	calleeName  = lazily(`[\w$)\]]\s*$`)
	controlWord = lazily(`\b(?:if|for|while|switch|with|catch|function(?:\s+[\w$]+)?)\s*$`)
)

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
	m := tokenStart().FindStringSubmatch(rest)
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

var lastWord = lazily(`([\w$]+)\s*$`)

func wordBefore(source string, line, column int) string {
	text, ok := lineOf(source, line)
	if !ok {
		return ""
	}
	before := text[:min(max(column-1, 0), len(text))]
	for n := line - 1; strings.TrimSpace(before) == "" && n > 0; n-- {
		before, _ = lineOf(source, n)
	}
	if m := lastWord().FindStringSubmatch(before); m != nil {
		return m[1]
	}
	return ""
}
