package plain

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"postie/collections/jslex"
)

// operators are the binary operators and their precedence.
var operators = map[string]int{"||": 1, "&&": 2, "===": 3, "!==": 3, "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4,
	"+": 5, "-": 5, "*": 6, "/": 6, "%": 6}

func (p *parser) expression() expression {
	holds := p.either()
	if !p.took("?") {
		return holds
	}
	then := p.expression()
	p.want(":")
	otherwise := p.expression()
	return func(r *run) value {
		if holds(r).truthy() {
			return then(r)
		}
		return otherwise(r)
	}
}

// either parses an expression of binary operators. JavaScript does not allow ??
// next to || and && without parentheses.
func (p *parser) either() expression {
	left := p.binary(p.unary(), 3)
	if !p.sees("??") {
		return p.binary(left, 1)
	}
	for p.took("??") {
		first, second := left, p.binary(p.unary(), 3)
		left = func(r *run) value {
			if v := first(r); exists(v) {
				return v
			}
			return second(r)
		}
	}
	if p.sees("||") || p.sees("&&") {
		p.fail()
	}
	return left
}

// binary parses further operators whose precedence is at least the given one.
func (p *parser) binary(left expression, least int) expression {
	for {
		operator := p.peek(0)
		binds := operators[operator.Text]
		if operator.Kind != jslex.Punctuator || binds < least {
			return left
		}
		p.next()
		left = combined(operator.Text, left, p.binary(p.unary(), binds+1))
	}
}

func combined(operator string, left, right expression) expression {
	switch operator {
	case "||":
		return func(r *run) value {
			if v := left(r); v.truthy() {
				return v
			}
			return right(r)
		}
	case "&&":
		return func(r *run) value {
			if v := left(r); !v.truthy() {
				return v
			}
			return right(r)
		}
	}
	return func(r *run) value { return r.combine(operator, left(r), right(r)) }
}

func (r *run) combine(operator string, a, b value) value {
	r.work(operatorCost)
	switch {
	case operator == "===":
		return truth(r.identical(a, b))
	case operator == "!==":
		return truth(!r.identical(a, b))
	case operator == "==":
		return truth(r.equal(a, b))
	case operator == "!=":
		return truth(!r.equal(a, b))
	case operator == "+" && (a.kind == text || b.kind == text):
		return r.newText(r.shown(a) + r.shown(b))
	case a.kind == number && b.kind == number:
		return calculate(operator, a.number, b.number)
	}
	return r.giveUp()
}

// equal is the operator ==. Except for null and undefined, values of different
// types are left to the machine.
func (r *run) equal(a, b value) bool {
	if !exists(a) || !exists(b) {
		return !exists(a) && !exists(b)
	}
	if a.kind != b.kind {
		r.giveUp()
	}
	return r.identical(a, b)
}

func calculate(operator string, a, b float64) value {
	switch operator {
	case "+":
		return value{kind: number, number: a + b}
	case "-":
		return value{kind: number, number: a - b}
	case "<":
		return truth(a < b)
	case ">":
		return truth(a > b)
	case "<=":
		return truth(a <= b)
	case ">=":
		return truth(a >= b)
	case "*":
		return value{kind: number, number: a * b}
	case "/":
		return value{kind: number, number: a / b}
	}
	return value{kind: number, number: math.Mod(a, b)}
}

func (p *parser) unary() expression {
	switch {
	case p.took("!"):
		of := p.unary()
		return func(r *run) value { return truth(!of(r).truthy()) }
	case p.took("typeof"):
		of := p.unary()
		return func(r *run) value { return value{kind: text, text: typeOf(of(r))} }
	case p.took("-"):
		of := p.unary()
		return func(r *run) value { return value{kind: number, number: -r.mustNumber(of(r)).number} }
	case p.took("+"):
		of := p.unary()
		return func(r *run) value { return toNumber(r, value{}, []value{of(r)}) }
	case p.peek(0).Kind == jslex.RegExp:
		return p.matching()
	}
	return p.members(p.primary())
}

// matching parses a regular expression and a call of its method test.
func (p *parser) matching() expression {
	matches := p.matcher()
	p.want(".", "test", "(")
	of := p.expression()
	p.want(")")
	return func(r *run) value {
		s := r.mustText(of(r)).text
		return truth(!r.stuck && matches(r, s))
	}
}

func typeOf(v value) string {
	if v.kind == null || v.kind == array {
		return "object"
	}
	return v.typeName()
}

func constant(v value) expression { return func(*run) value { return v } }

func (p *parser) primary() expression {
	t := p.next()
	switch t.Kind {
	case jslex.String:
		return p.constant(quoted(t.Text))
	case jslex.Number:
		f, ok := numberOf(t.Text)
		return p.constant(value{kind: number, number: f}, ok)
	case jslex.Template:
		return p.template(t.Text)
	case jslex.Word:
		return p.word(t.Text)
	}
	switch t.Text {
	case "(":
		of := p.expression()
		p.want(")")
		return of
	case "[":
		members := p.list("]")
		return func(r *run) value { return value{kind: array, list: r.evaluate(members)} }
	case "{":
		return p.object()
	}
	p.fail()
	return nil
}

func (p *parser) constant(v value, ok bool) expression {
	if !ok {
		p.fail()
	}
	return constant(v)
}

// quoted returns the value of a string literal. It returns false when the
// closing quote is missing.
func quoted(written string) (value, bool) {
	inside, closed := strings.CutSuffix(written[1:], written[:1])
	v, ok := textOf(inside)
	return v, ok && closed
}

// textOf returns the text of a literal. It knows only the escapes of quotes,
// backslashes and line ends.
func textOf(written string) (value, bool) {
	if !strings.Contains(written, `\`) {
		return value{kind: text, text: written}, true
	}
	var b strings.Builder
	for i := 0; i < len(written); i++ {
		c := written[i]
		if c == '\\' {
			if i++; i == len(written) {
				return value{}, false
			}
			at := strings.IndexByte("\\'\"`n", written[i])
			if at < 0 {
				return value{}, false
			}
			c = "\\'\"`\n"[at]
		}
		b.WriteByte(c)
	}
	return value{kind: text, text: b.String()}, true
}

func (p *parser) word(name string) expression {
	switch name {
	case "true", "false":
		return constant(truth(name == "true"))
	case "null":
		return constant(value{kind: null})
	case "undefined":
		return constant(value{})
	case "pm":
		p.want(".")
		return p.pm()
	case "new":
		return p.date()
	}
	switch {
	case name == "postman":
		return p.postmanGet()
	case conversions[name] != nil && p.took("("):
		return p.conversion(name)
	case builtin[name] != nil || niladic[name] != nil:
		return p.builtin(name)
	}
	v, ok := p.find(name)
	switch {
	case !ok:
		return p.legacy(name)
	case v.function != nil:
		return p.called(v.function)
	}
	return func(r *run) value { return r.locals[v.at] }
}

// template parses a template literal after its first piece.
func (p *parser) template(piece string) expression {
	parts := []expression{p.piece(piece)}
	for strings.HasSuffix(piece, "${") && !p.failed {
		parts = append(parts, p.expression())
		t := p.next()
		if t.Kind != jslex.Template || t.Text[0] != '}' {
			p.fail()
			break
		}
		piece = t.Text
		parts = append(parts, p.piece(piece))
	}
	return func(r *run) value {
		var b strings.Builder
		for _, part := range parts {
			b.WriteString(r.shown(part(r)))
		}
		return r.newText(b.String())
	}
}

func (p *parser) piece(written string) expression {
	inside, closed := strings.CutSuffix(written[1:], "`")
	if !closed {
		inside, closed = strings.CutSuffix(inside, "${")
	}
	v, ok := textOf(inside)
	return p.constant(v, ok && closed && !strings.Contains(inside, "\r")) // because JavaScript reads \r\n as one \n
}

// object parses an object literal with plain names.
func (p *parser) object() expression {
	var keys []string
	var members []expression
	for !p.took("}") && !p.failed {
		key := p.next()
		name := value{text: key.Text}
		ok := key.Kind == jslex.Word
		if key.Kind == jslex.String {
			name, ok = quoted(key.Text)
		}
		if !ok || name.text == "__proto__" || strings.ContainsAny(key.Text, `\#`) || slices.Contains(keys, name.text) {
			p.fail()
		}
		keys = append(keys, name.text)
		if key.Kind == jslex.Word && !reserved[key.Text] && (p.sees(",") || p.sees("}")) {
			p.at-- // the name is that of a variable, too
			members = append(members, p.primary())
		} else {
			p.want(":")
			members = append(members, p.expression())
		}
		if !p.sees("}") {
			p.want(",")
		}
	}
	return func(r *run) value { return value{kind: object, keys: keys, list: r.evaluate(members)} }
}

// numberOf returns the value of a decimal number literal.
func numberOf(literal string) (float64, bool) {
	if len(literal) > 1 && literal[0] == '0' && literal[1] != '.' || strings.Trim(literal, ".0123456789") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(literal, 64)
	return f, err == nil
}
