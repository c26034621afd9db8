package sandbox

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf16"

	"postie/collections/jslex"
)

// value returns the value and type of the literal or variable at i, as V8
// prints it. ok is false when i only begins a longer chain.
func (c code) value(i int, s site) (text, kind string, ok bool) {
	if end := c.membersEnd(i); end > i && s.member != nil {
		names := c.names(end)
		text, kind = s.member(names[0], names[1:]...)
		return text, kind, kind != ""
	}
	if i >= len(c) || c.kind(i+1) == jslex.Punctuator && c.is(i+1, ".", "(", "[", "?.", "=>") {
		return "", "", false
	}
	return c.single(i, s)
}

// membersEnd returns the last token of a variable at i and its property
// accesses, or -1 when the expression goes on.
func (c code) membersEnd(i int) int {
	for c.kind(i) == jslex.Word && c.is(i+1, ".") && c.kind(i+2) == jslex.Word {
		i += 2
	}
	if c.kind(i) != jslex.Word || c.kind(i+1) == jslex.Punctuator && c.is(i+1, "(", "[", "?.", "=>", ".") || c.kind(i+1) == jslex.Template {
		return -1
	}
	return i
}

// single returns the value of one token.
func (c code) single(i int, s site) (text, kind string, ok bool) {
	if text, ok := c.literal(i); ok {
		switch {
		case c.kind(i) == jslex.String:
			return text, "string", true
		case c.kind(i) == jslex.Number && !strings.HasSuffix(text, "n"):
			return text, "number", true
		case c.is(i, "null"):
			return text, "null", true
		}
		return strings.TrimSuffix(text, "n"), "primitive", true
	}
	if c.kind(i) != jslex.Word || s.variable == nil {
		return "", "", false
	}
	text, kind = s.variable(c[i].Text)
	if text == "null" {
		kind = text
	}
	return text, kind, kind != ""
}

// in returns V8's message for an error of the operator `in`, which names both
// operands.
func (c code) in(at int, s site) string {
	i := c.after(at, "in")
	key, _, known := c.value(i-2, s)
	if names := c.names(i - 2); len(names) > 1 && s.member != nil {
		var kind string
		key, kind = s.member(names[0], names[1:]...)
		known = kind != ""
	}
	if c.kind(i-2) == jslex.Word && strings.HasPrefix(c[i-2].Text, "#") {
		key, known = c[i-2].Text, true
	}
	text, _, ok := c.value(i, s)
	if !known || !ok {
		return ""
	}
	return "Cannot use 'in' operator to search for '" + key + "' in " + text
}

// literal returns the text of a literal.
func (c code) literal(i int) (text string, ok bool) {
	switch {
	case c.kind(i) == jslex.String:
		return unquoted(c[i].Text), true
	case c.kind(i) == jslex.Number:
		return numberText(c[i].Text), true
	case c.is(i, "null", "undefined", "true", "false"):
		return c[i].Text, true
	}
	return "", false
}

// evaluate returns the value of the expression between two tokens, as V8 prints
// it, and its type. It knows literals, variables and operators. ok is false for
// expressions that may run code of the script.
func (c code) evaluate(from, to int, s site) (text, kind string, ok bool) {
	for _, operators := range []string{"+ -", "* / %"} {
		if i := c.lastOperator(from, to, operators); i > from {
			return c.apply(from, i, to, s)
		}
	}
	switch {
	case to-from == 1:
		return c.single(from, s)
	case from >= to:
		return "", "", false
	case c.is(from, "(") && c.close(from) == to-1:
		return c.evaluate(from+1, to-1, s)
	case c.is(from, "-"):
		text, kind, ok = c.evaluate(from+1, to, s)
		text, known := arithmetic("0", "-", text)
		return text, kind, ok && known && kind == "number"
	case to-from == 3 && c.is(from+1, ".") && c.is(from+2, "length"):
		text, kind, ok = c.single(from, s)
		return strconv.Itoa(len(utf16.Encode([]rune(text)))), "number", ok && kind == "string"
	case c.kind(from) == jslex.Template:
		return c.filled(from, to, s)
	}
	return "", "", false
}

// lastOperator returns the index of the last of some operators between two
// values, or -1.
func (c code) lastOperator(from, to int, operators string) int {
	for i, depth := to-1, 0; i > from; i-- {
		if c.closes(i) {
			depth++
		}
		if c.opens(i) {
			depth--
		}
		if depth == 0 && c.is(i, strings.Fields(operators)...) && c.endsValue(i-1) {
			return i
		}
	}
	return -1
}

// apply returns the result of the operator at i.
func (c code) apply(from, i, to int, s site) (text, kind string, ok bool) {
	left, a, okLeft := c.evaluate(from, i, s)
	right, b, okRight := c.evaluate(i+1, to, s)
	switch {
	case !okLeft || !okRight:
		return "", "", false
	case c.is(i, "+") && (a == "string" || b == "string"):
		return left + right, "string", true
	case a == "number" && b == "number":
		text, ok = arithmetic(left, c[i].Text, right)
		return text, "number", ok
	}
	return "", "", false
}

func arithmetic(left, operator, right string) (text string, ok bool) {
	a, err := strconv.ParseFloat(left, 64)
	b, err2 := strconv.ParseFloat(right, 64)
	if err != nil || err2 != nil {
		return "", false
	}
	switch operator {
	case "+":
		a += b
	case "-":
		a -= b
	case "*":
		a *= b
	case "/":
		a /= b
	case "%":
		a = math.Mod(a, b)
	}
	return strings.ReplaceAll(strconv.FormatFloat(a, 'f', -1, 64), "Inf", "Infinity"), true
}

// filled returns the text of a template.
func (c code) filled(from, to int, s site) (text, kind string, ok bool) {
	var b strings.Builder
	for i := from; i < to; {
		piece := c[i].Text
		if c.kind(i) != jslex.Template {
			return "", "", false
		}
		b.WriteString(unquoted(strings.TrimSuffix(piece, "{")))
		if i == to-1 {
			return b.String(), "string", true
		}
		end := c.piece(i)
		value, kind, ok := c.evaluate(i+1, end, s)
		if !ok || kind == "object" || kind == "function" || kind == "symbol" {
			return "", "", false
		}
		b.WriteString(value)
		i = end
	}
	return "", "", false
}
