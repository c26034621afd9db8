package sandbox

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"postie/collections/jslex"
)

var tokenStart = lazily(`^[\s\v\p{Z}\x{feff}]*(?:([\p{L}_$][\p{L}\p{Nd}_$]*)|(\d[\w.]*)|(["'])|(` + "`" + `)|(=>|===|!==|\+\+|--|\*\*|&&|\|\||\?\?|\.\.\.|[-+*/%=!<>&|^]=|[^\s\v\p{Z}]))`)

// v8Syntaxes translates the engine's messages for a script that does not
// compile, where the token at the error does not say enough. $before and $token
// are the word before the error and the token at it.
var v8Syntaxes = []struct {
	engine func() *regexp.Regexp
	v8     string
}{
	{lazily(`^unexpected end of string$`), "$quote"},
	{lazily(`^stack overflow$`), "Maximum call stack size exceeded"},
	{lazily(`^expected '\}' after template expression$`), "Missing } in template expression"},
	{lazily(`^invalid destructuring target$`), "Invalid destructuring assignment target"},
	{lazily(`^invalid for in/of left hand-side$`), "Invalid left-hand side in for-loop"},
	{lazily(`^cannot delete a private class field$`), "Private fields can not be deleted"},
	{lazily(`^unparenthesized unary expression`), "Unary operator used immediately before exponentiation expression. Parenthesis must be used to disambiguate operator precedence"},
	{lazily(`^invalid number literal$`), "Invalid or unexpected token"},
	{lazily(`^unexpected character$`), "Invalid or unexpected token"},
	{lazily(`^unexpected token in expression: '(?:@|\\)`), "Invalid or unexpected token"},
	{lazily(`^unexpected token in expression: '(#[\w$]+)'$`), "Private field '$1' must be declared in an enclosing class"},
	{lazily(`^malformed escape sequence`), "Invalid Unicode escape sequence"},
	{lazily(`^undefined private field '(#.+)'$`), "Private field '$1' must be declared in an enclosing class"},
	{lazily(`^property constructor appears more than once$`), "A class may only have one constructor"},
	{lazily(`^invalid first character of private name$`), "Invalid or unexpected token"},
	{lazily(`^cannot delete a direct reference in strict mode$`), "Delete of an unqualified identifier in strict mode."},
	{lazily(`^invalid lvalue in strict mode$`), "Unexpected eval or arguments in strict mode"},
	{lazily(`^octal escape sequences are not allowed in strict mode$`), "Octal escape sequences are not allowed in strict mode."},
	{lazily(`^"use strict" not allowed in function`), "Illegal 'use strict' directive in function with non-simple parameter list"},
	{lazily(`^import.meta only valid in module code$`), "Cannot use 'import.meta' outside a module"},
	{lazily(`^new keyword cannot be used with an optional chain$`), "Invalid optional chain from new expression"},
	{lazily(`^lexical declarations can't appear in single-statement context$`), "Lexical declaration cannot appear in a single-statement context"},
	{lazily(`^function declarations can't appear in single-statement context$`), "In non-strict mode code, functions can only be declared at top level, inside a block, or as the body of an if statement."},
	{lazily(`^duplicate default$`), "More than one default clause in switch statement"},
	{lazily(`^missing formal parameter$`), "Invalid destructuring assignment target"},
	{lazily(`^(?:rest element must be the last one|assignment rest property must be last)$`), "Rest element must be last element"},
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
	{lazily(`^(?:'super'|super\(\)) is only valid`), "'super' keyword unexpected here"},
	{lazily(`^duplicate label name`), "Label '$word' has already been declared"},
	{lazily(`^break/continue label not found`), "Undefined label '$word'"},
	{lazily(`^invalid keyword: with`), "Strict mode code may not include a with statement"},
	{lazily(`^unexpected end of regexp`), "Invalid regular expression: missing /"},
	{lazily(`^unexpected end of comment`), "Invalid or unexpected token"},
	{lazily(`^return not in a function`), "Illegal return statement"},
	{lazily(`^unsupported keyword: enum`), "Unexpected reserved word"},
	{lazily(`^invalid variable name in strict mode`), "Unexpected eval or arguments in strict mode"},
	{lazily(`^duplicate (?:argument|parameter) names`), "Duplicate parameter name not allowed in this context"},
	{lazily(`^invalid number of arguments for getter or setter`), "Getter must not have any formal parameters."},
	{lazily(`^a declaration in the head of a for-(of|in) loop`), "for-$1 loop variable declaration may not have an initializer."},
	{lazily(`^invalid increment/decrement operand`), "Invalid left-hand side expression in postfix operation"},
	{lazily(`^octal literals are deprecated`), "Octal literals are not allowed in strict mode."},
}

// v8Syntax returns V8's message for a text that does not compile: a script with
// its tail, or a text that a script evaluates.
func v8Syntax(f *fault, source string) string {
	if text := regexpFault(f, source); text != "" {
		return text
	}
	if text := code(jslex.Code(source)).grammar(f, source); text != "" {
		return text
	}
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
	case (f.Message == "expecting ','" || f.Message == "expecting ')'") && insideCall(source, f.Line, f.Column):
		return "missing ) after argument list"
	case token == "":
		return "Unexpected end of input"
	}
	return "Unexpected " + token
}

// regexpFault returns V8's message when the error is in a regular expression,
// and "" otherwise.
func regexpFault(f *fault, source string) string {
	if charAt(source, f.Line, f.Column) != '/' {
		return ""
	}
	c := code(jslex.Code(source))
	i := c.index(source, f.Line, f.Column)
	switch {
	case c.kind(i) != jslex.RegExp:
		return ""
	case f.Message == "invalid regular expression flags":
		return "Invalid regular expression flags"
	}
	end := strings.LastIndexByte(c[i].Text, '/')
	of := &fault{Message: f.Message}
	of.v8(site{native: "RegExp", given: c[i].Text[1:end], second: c[i].Text[end+1:]})
	return of.Message
}

var quotedWord = lazily(`'(.+)'`)

// expandSyntax replaces the variables in a text of v8Syntaxes.
func expandSyntax(text string, engine *regexp.Regexp, message, before, token string, char byte) string {
	switch {
	case text == "$quote" && char == '`':
		return "Unexpected end of input"
	case text == "$quote":
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
	if at := offset(source, line, column); at < len(source) {
		return source[at]
	}
	return 0
}

// insideCall reports whether the nearest open parenthesis before a place begins
// an argument list.
func insideCall(source string, line, column int) bool {
	before := source[:offset(source, line, column)]
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
	controlWord = lazily(`\b(?:if|for|while|switch|with|catch|return|typeof|case|in|of|function(?:\s+[\w$]+)?)\s*$`)
)

// tokenAt describes the token at a place as V8 does. It returns "" at the end
// of source.
func tokenAt(source string, line, column int) string {
	m := tokenStart().FindStringSubmatch(source[offset(source, line, column):])
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

// reserved are the words that V8 calls tokens.
var reserved = map[string]bool{"break": true, "case": true, "catch": true, "class": true, "const": true, "continue": true, "debugger": true,
	"default": true, "delete": true, "do": true, "else": true, "export": true, "extends": true, "finally": true, "for": true, "function": true,
	"if": true, "import": true, "in": true, "instanceof": true, "new": true, "return": true, "super": true, "switch": true, "this": true,
	"throw": true, "try": true, "typeof": true, "var": true, "void": true, "while": true, "with": true, "null": true, "true": true, "false": true}

// wordBefore returns the word before a place, or "" when no word is there.
func wordBefore(source string, line, column int) string {
	before := strings.TrimRightFunc(source[:offset(source, line, column)], isSpace)
	start := len(before)
	for start > 0 {
		r, size := utf8.DecodeLastRuneInString(before[:start])
		if !isWord(r) {
			break
		}
		start -= size
	}
	return before[start:]
}

func isSpace(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Zs, r) || r == '\ufeff' }

func isWord(r rune) bool { return r == '_' || r == '$' || unicode.IsLetter(r) || unicode.IsDigit(r) }
