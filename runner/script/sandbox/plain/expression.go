package plain

import (
	"slices"
	"strings"
	"time"

	"postie/collections/jslex"
	"postie/runner/script"
)

// operators are those between two values, by how close they bind.
var operators = map[string]int{"||": 1, "&&": 2, "===": 3, "!==": 3, "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4, "+": 5, "-": 5}

func (p *parser) expression() expression { return p.binary(1) }

// binary is an expression of operators that bind at least so close.
func (p *parser) binary(least int) expression {
	left := p.unary()
	for {
		operator := p.peek()
		binds := operators[operator.Text]
		if operator.Kind != jslex.Punctuator || binds < least {
			return left
		}
		p.next()
		left = combined(operator.Text, left, p.binary(binds+1))
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
		return value{kind: text, text: r.shown(a) + r.shown(b)}
	case a.kind == number && b.kind == number:
		return calculate(operator, a.number, b.number)
	}
	return r.giveUp()
}

// equal is ==. It is not known of values of two types, but for null and undefined.
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
	}
	return truth(a >= b)
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
		f, ok := numberOf(p.next().Text)
		if !ok {
			p.fail()
		}
		return constant(value{kind: number, number: -f})
	}
	return p.members(p.primary())
}

func typeOf(v value) string {
	if v.kind == null || v.kind == array {
		return "object"
	}
	return v.typeName()
}

func constant(v value) expression { return func(*run) value { return v } }

// members are the properties read of a value, one of the other.
func (p *parser) members(of expression) expression {
	for {
		from := of
		switch {
		case p.took("."):
			name := p.next()
			if name.Kind != jslex.Word || strings.ContainsAny(name.Text, `\#`) || p.peek().Is("(") {
				p.fail()
			}
			of = func(r *run) value { return r.member(from(r), name.Text) }
		case p.took("["):
			at := p.expression()
			p.want("]")
			of = func(r *run) value { return r.element(from(r), at(r)) }
		default:
			if t := p.peek(); t.Is("(") || t.Is("?.") || strings.HasPrefix(t.Text, "`") {
				p.fail()
			}
			return of
		}
	}
}

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

// quoted is the text of a string, which may lack its end.
func quoted(written string) (value, bool) {
	inside, closed := strings.CutSuffix(written[1:], written[:1])
	v, ok := textOf(inside)
	return v, ok && closed
}

// textOf is what stands in a literal: of the escapes, those for quotes and lines.
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
	}
	return p.variable(name)
}

// template is one behind its first piece.
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
		return value{kind: text, text: b.String()}
	}
}

func (p *parser) piece(written string) expression {
	inside, closed := strings.CutSuffix(written[1:], "`")
	if !closed {
		inside, closed = strings.CutSuffix(inside, "${")
	}
	v, ok := textOf(inside)
	return p.constant(v, ok && closed && !strings.Contains(inside, "\r")) // a line's end is one character
}

// object is a literal with plain names.
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
		p.want(":")
		keys, members = append(keys, name.text), append(members, p.expression())
		if !p.peek().Is("}") {
			p.want(",")
		}
	}
	return func(r *run) value { return value{kind: object, keys: keys, list: r.evaluate(members)} }
}

// pm is a value of the API, behind "pm.".
func (p *parser) pm() expression {
	name := p.next().Text
	p.want(".")
	if name == "response" {
		return p.response()
	}
	l, ok := scopes[name]
	method := p.next()
	p.want("(")
	arguments := p.list(")")
	if !ok || len(arguments) != 1 {
		p.fail()
		return nil
	}
	read := map[string]func(value, bool) value{"get": func(v value, _ bool) value { return v }, "has": func(_ value, found bool) value { return truth(found) }}[method.Text]
	if read == nil {
		p.fail()
	}
	key := arguments[0]
	return func(r *run) value {
		k := key(r)
		if k.kind != text {
			return r.giveUp()
		}
		return read(r.variable(l, k.text))
	}
}

// response is a value of the response, behind "pm.response.".
func (p *parser) response() expression {
	switch {
	case p.took("json", "(", ")"):
		return func(r *run) value { r.response(); return r.json() }
	case p.took("text", "(", ")"):
		return func(r *run) value { r.response(); return value{kind: text, text: r.facts.Text()} }
	case p.took("headers", ".", "get", "("):
		return p.field(func(found string, ok bool) value {
			if !ok {
				return value{}
			}
			return value{kind: text, text: found}
		})
	case p.took("headers", ".", "has", "("):
		return p.field(func(_ string, ok bool) value { return truth(ok) })
	}
	read := facts[p.next().Text]
	if read == nil {
		p.fail()
		return nil
	}
	return func(r *run) value { return read(r.response()) }
}

// facts are the response's own values.
var facts = map[string]func(*script.Response) value{
	"code":   func(got *script.Response) value { return value{kind: number, number: float64(got.Code)} },
	"status": func(got *script.Response) value { return value{kind: text, text: got.Status} },
	"responseTime": func(got *script.Response) value {
		return value{kind: number, number: float64(got.Time) / float64(time.Millisecond)}
	},
	"responseSize": func(got *script.Response) value { return value{kind: number, number: float64(len(got.Body))} },
}

// field is a header of the response, behind the parenthesis.
func (p *parser) field(read func(found string, ok bool) value) expression {
	arguments := p.list(")")
	if len(arguments) != 1 {
		p.fail()
		return nil
	}
	return func(r *run) value {
		name := arguments[0](r)
		if name.kind != text {
			return r.giveUp()
		}
		return read(fieldOf(r.response(), name))
	}
}
