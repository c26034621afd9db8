package sandbox

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"postie/collections/jslex"
)

// code is a script as a list of tokens. V8's messages quote expressions from
// it.
type code []jslex.Token

// index returns the index of the token at a line and column (from 1, in
// characters), or of the next token, or len(c) when there is none.
func (c code) index(source string, line, column int) int {
	at := offset(source, line, column)
	for i, t := range c {
		if t.End() > at {
			return i
		}
	}
	return len(c)
}

// offset returns the byte offset of a line and column, at most the end of the
// line, or the end of source when they are beyond it.
func offset(source string, line, column int) int {
	if line < 1 {
		return len(source)
	}
	at := 0
	for ; line > 1; line-- {
		i := strings.IndexByte(source[at:], '\n')
		if i < 0 {
			return len(source)
		}
		at += i + 1
	}
	for ; column > 1 && at < len(source) && source[at] != '\n'; column-- {
		_, size := utf8.DecodeRuneInString(source[at:])
		at += size
	}
	return at
}

// is reports whether the token at i has one of these texts.
func (c code) is(i int, texts ...string) bool {
	for _, text := range texts {
		if i >= 0 && i < len(c) && c[i].Is(text) {
			return true
		}
	}
	return false
}

func (c code) kind(i int) jslex.Kind {
	if i < 0 || i >= len(c) {
		return 0
	}
	return c[i].Kind
}

// valueWords are the keywords that end a value.
var valueWords = map[string]bool{"this": true, "super": true, "null": true, "true": true, "false": true}

// endsValue reports whether the token at i ends a value. Then a bracket that
// follows it is a call or a property access.
func (c code) endsValue(i int) bool {
	switch c.kind(i) {
	case jslex.Word:
		return !reserved[c[i].Text] || valueWords[c[i].Text] || c.is(i-1, ".", "?.")
	case jslex.Number, jslex.String, jslex.RegExp:
		return true
	case jslex.Template:
		return strings.HasSuffix(c[i].Text, "`")
	}
	return c.is(i, ")", "]", "}")
}

// opens and closes report whether a token opens or closes a bracket. A part of
// a template may do both.
func (c code) opens(i int) bool {
	return c.is(i, "(", "[", "{") || c.kind(i) == jslex.Template && strings.HasSuffix(c[i].Text, "${")
}

func (c code) closes(i int) bool {
	return c.is(i, ")", "]", "}") || c.kind(i) == jslex.Template && strings.HasPrefix(c[i].Text, "}")
}

// open returns the index of the bracket that the bracket at i closes, or -1.
func (c code) open(i int) int {
	depth := 0
	for ; i >= 0; i-- {
		if c.closes(i) {
			depth++
		}
		if c.opens(i) {
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// close returns the index of the bracket that closes the bracket at i, or
// len(c).
func (c code) close(i int) int {
	for depth := 0; i < len(c); i++ {
		if c.closes(i) {
			depth--
		}
		if c.opens(i) {
			depth++
		}
		if depth == 0 {
			break
		}
	}
	return i
}

// end returns the index after the expression that begins at i.
func (c code) end(i int) int {
	depth := 0
	for ; i < len(c); i++ {
		if c.closes(i) {
			if depth--; depth < 0 {
				return i
			}
		}
		if depth == 0 && (c.is(i, ",", ";") || c[i].Newline && c.endsValue(i-1) && c.startsStatement(i)) {
			return i
		}
		if c.opens(i) {
			depth++
		}
	}
	return i
}

// startsStatement reports whether the token at i, the first of its line and
// preceded by a value, begins a statement.
func (c code) startsStatement(i int) bool {
	return c.kind(i) != jslex.Punctuator && c.kind(i) != jslex.Template && !c.is(i, "in", "instanceof") || c.is(i, "{", "++", "--")
}

const intermediate = "(intermediate value)"

// callee returns the text of the function that a call calls, and whether it is
// called with new. i is where the arguments begin. The text is "" when there is
// no call.
func (c code) callee(i int) (text string, constructed bool) {
	switch {
	case c.is(i, "return"):
		return c.tailCallee(i)
	case c.is(i, "?.") && c.is(i+1, "("):
	case !c.is(i, "(") && c.kind(i) != jslex.Template || !c.endsValue(i-1) && !c.is(i-1, "?."):
		if text, start := c.chain(i - 1); c.endsValue(i-1) && c.is(start-1, "new") { // new a, without arguments
			return text, true
		}
		return "", false
	}
	if c.is(i-1, "?.") {
		i--
	}
	text, start := c.chain(i - 1)
	return text, c.is(start-1, "new")
}

// tailCallee returns the callee of the call that a return statement ends with:
// the engine knows only where the statement begins.
func (c code) tailCallee(i int) (text string, constructed bool) {
	last := c.end(i+1) - 1
	for c.is(i+1, "(") && c.close(i+1) == last { // the call is in parentheses
		i, last = i+1, last-1
	}
	for j, depth := i+1, 0; j < last; j++ {
		if c.closes(j) {
			depth--
		}
		if depth == 0 && c.is(j, "?", "&&", "||", "??") {
			return "", false // there are several calls
		}
		if c.opens(j) {
			depth++
		}
	}
	switch {
	case c.is(last, ")"):
		return c.callee(c.open(last))
	case c.kind(last) == jslex.Template:
		return c.callee(last)
	}
	return "", false
}

// chain prints, as V8 does, the chain of property accesses and calls that ends
// with the token at i. start is the index of its first token.
func (c code) chain(i int) (text string, start int) {
	rest := ""
	for i >= 0 {
		t := c[i]
		switch {
		case t.Kind == jslex.Word && c.is(i-1, ".", "?."):
			if strings.HasPrefix(t.Text, "#") {
				rest = "[" + t.Text + "]" + rest
			} else {
				rest = c[i-1].Text + t.Text + rest
			}
			i -= 2
			continue
		case t.Is("]") && c.indexes(c.open(i)):
			open := c.open(i)
			rest = c.key(open, i) + rest
			if i = open - 1; c.is(i, "?.") {
				rest = "?." + strings.TrimPrefix(rest, ".")
				i--
			}
			continue
		case t.Is(")") && c.indexes(c.open(i)), t.Kind == jslex.Template && c.endsValue(c.head(i)-1):
			open := c.head(i)
			if c.is(open-1, "?.") {
				open--
			}
			base, start := c.chain(open - 1)
			if c.is(start-1, "new") {
				return intermediate + rest, start - 1
			}
			return base + "(...)" + rest, start
		}
		text, start = c.primary(i)
		return text + rest, start
	}
	return intermediate + rest, 0
}

// indexes reports whether the bracket at i accesses a property of the value
// before it.
func (c code) indexes(i int) bool { return i > 0 && (c.endsValue(i-1) || c.is(i-1, "?.")) }

// head returns where the brackets or the template that end at i begin.
func (c code) head(i int) int {
	if c.kind(i) == jslex.Template && !strings.HasPrefix(c[i].Text, "}") {
		return i
	}
	open := c.open(i)
	for c.kind(open) == jslex.Template && strings.HasPrefix(c[open].Text, "}") {
		open = c.open(open)
	}
	return open
}

// key prints the property key in the brackets after a value.
func (c code) key(open, close int) string {
	if close == open+2 && c.kind(open+1) == jslex.String {
		return "." + unquoted(c[open+1].Text)
	}
	return "[" + c.expression(open+1, close) + "]"
}

// primary prints the value that ends with the token at i and is not a chain.
func (c code) primary(i int) (text string, start int) {
	t := c[i]
	switch {
	case t.Kind == jslex.Word && (!reserved[t.Text] || valueWords[t.Text]) && t.Text != "super":
		return t.Text, i
	case t.Kind == jslex.String:
		return `"` + unquoted(t.Text) + `"`, i
	case t.Kind == jslex.Number:
		return numberText(t.Text), i
	case t.Kind == jslex.RegExp:
		return t.Text, i
	case t.Kind == jslex.Template && strings.HasPrefix(t.Text, "`"):
		return `"` + unquoted(t.Text) + `"`, i
	case t.Kind == jslex.Template:
		open := c.head(i)
		return c.substituted(open, i), open
	case t.Is(")"):
		open := c.open(i)
		return c.expression(open+1, i), open
	case t.Is("]"):
		open := c.open(i)
		return "[" + strings.Join(c.list(open+1, i), ",") + "]", open
	case t.Is("}"):
		open := c.open(i)
		if c.is(open-1, ")", "=>", "class") || c.is(open-2, "class", "extends") {
			return intermediate, open // a function or a class
		}
		return "{" + strings.Repeat(intermediate, len(c.list(open+1, i))) + "}", open
	}
	return intermediate, i
}

// substituted prints the substitutions of a template between two tokens.
func (c code) substituted(from, to int) string {
	var b strings.Builder
	for i := from; i < to; {
		next := min(c.piece(i), to)
		b.WriteString(c.expression(i+1, next))
		i = next
	}
	return b.String()
}

// piece returns the index of the next token of the template to which the token
// at i belongs.
func (c code) piece(i int) int {
	next := i + 1
	for depth := 1; next < len(c); next++ {
		if c.closes(next) {
			depth--
		}
		if depth == 0 {
			break
		}
		if c.opens(next) {
			depth++
		}
	}
	return next
}

// list prints each of the expressions that commas separate.
func (c code) list(from, to int) (texts []string) {
	for i := from; i < to; {
		end := min(c.end(i), to)
		texts = append(texts, c.expression(i, end))
		i = end + 1
	}
	return texts
}

// binary has the binary operators that V8 prints.
var binary = map[string]bool{"||": true, "&&": true, "??": true, "+": true, "-": true, "*": true, "/": true, "%": true, "**": true, ",": true,
	"==": true, "!=": true, "===": true, "!==": true, "<": true, ">": true, "<=": true, ">=": true, "|": true, "&": true, "^": true,
	"<<": true, ">>": true, ">>>": true, "in": true, "instanceof": true}

// expression prints the expression from one token to another.
func (c code) expression(from, to int) string {
	if from >= to {
		return ""
	}
	if text, start := c.chain(to - 1); start == from && c.endsValue(to-1) {
		return text
	}
	var parts []string
	operator, depth, begin := "", 0, from
	for i := from; i < to; i++ {
		if c.closes(i) {
			depth--
		}
		switch {
		case depth > 0 || i == begin:
		case c.is(i, "?"):
			return strings.Repeat(intermediate, 3)
		case c.endsValue(i-1) && binary[c[i].Text] && c.is(i, c[i].Text):
			if operator != "" && operator != c[i].Text {
				return intermediate
			}
			operator = c[i].Text
			parts, begin = append(parts, c.expression(begin, i)), i+1
		}
		if c.opens(i) {
			depth++
		}
	}
	if operator == "" {
		return c.unary(from, to)
	}
	return "(" + strings.Join(append(parts, c.expression(begin, to)), " "+operator+" ") + ")"
}

func (c code) unary(from, to int) string {
	switch {
	case c.is(from, "!", "~", "-", "+"):
		return "(" + c[from].Text + c.expression(from+1, to) + ")"
	case c.is(from, "typeof", "void", "delete"):
		return "(" + c[from].Text + " " + c.expression(from+1, to) + ")"
	}
	return intermediate
}

// numberText prints a number literal as JavaScript prints the number.
func numberText(text string) string {
	if n, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64); err == nil && !strings.HasPrefix(text, "0") {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return text
}

// unquoted returns the value of a string literal. It decodes only the usual
// escapes.
func unquoted(text string) string {
	if len(text) < 2 {
		return text
	}
	return strings.NewReplacer(`\'`, `'`, `\"`, `"`, "\\`", "`", `\n`, "\n", `\t`, "\t", `\\`, `\`).Replace(text[1 : len(text)-1])
}
