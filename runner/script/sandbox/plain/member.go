package plain

import (
	"strings"

	"postie/collections/jslex"
)

// A step reads a member of a value, or calls a method of it. An optional one ends
// the whole expression where there is no value.
type step struct {
	optional bool
	read     func(r *run, of value) value
}

// members are those read of a value, one of the other.
func (p *parser) members(of expression) expression {
	var steps []step
	for {
		s := step{optional: p.took("?.")}
		switch {
		case p.took("["):
			at := p.expression()
			p.want("]")
			s.read = func(r *run, of value) value { return r.element(of, at(r)) }
		case s.optional, p.took("."):
			s.read = p.member()
		default:
			if t := p.peek(0); t.Is("(") || strings.HasPrefix(t.Text, "`") {
				p.fail()
			}
			return along(of, steps)
		}
		steps = append(steps, s)
	}
}

func along(of expression, steps []step) expression {
	if len(steps) == 0 {
		return of
	}
	return func(r *run) value {
		v := of(r)
		for _, s := range steps {
			if s.optional && !exists(v) {
				return value{}
			}
			v = s.read(r, v)
		}
		return v
	}
}

// member is a property, or a method that is called, behind the dot.
func (p *parser) member() func(r *run, of value) value {
	name := p.next()
	if name.Kind != jslex.Word || strings.ContainsAny(name.Text, `\#`) {
		p.fail()
	}
	switch {
	case !p.took("("):
		return func(r *run, of value) value { return r.member(of, name.Text) }
	case name.Text == "forEach":
		return p.forEach()
	case listMethods[name.Text] != nil:
		return p.listMethod(listMethods[name.Text])
	}
	call, arguments := valueMethods[name.Text], p.list(")")
	if call == nil {
		p.fail()
	}
	return func(r *run, of value) value {
		if given := r.evaluate(arguments); !r.stuck {
			return call(r, of, given)
		}
		return value{}
	}
}

// A callback has a place for the element of a list, and one for its index.
type callback struct {
	element, index int
	result         expression
	body           []statement
}

func (r *run) visit(c *callback, element value, i int) value {
	r.locals[c.element] = element
	if c.index >= 0 {
		r.locals[c.index] = value{kind: number, number: float64(i)}
	}
	if c.result != nil {
		return c.result(r)
	}
	r.perform(c.body)
	return value{}
}

// forEach is a call of it, behind the parenthesis.
func (p *parser) forEach() func(r *run, of value) value {
	end := p.open(true)
	c := p.parameters()
	if p.took("{") {
		c.body = p.statements("}")
	} else {
		c.body = []statement{p.action()}
	}
	end()
	p.took(",")
	p.want(")")
	return func(r *run, of value) value {
		r.each(of, func(element value, i int) bool {
			r.visit(c, element, i)
			return true
		})
		return value{}
	}
}

// listCall is a call of a method whose callback has a result, behind the parenthesis.
func (p *parser) listMethod(method listMethod) func(r *run, of value) value {
	end := p.open(true)
	c := p.parameters()
	if p.took("{", "return") {
		if p.peek(0).Newline { // it returns nothing then
			p.fail()
		}
		c.result = p.expression()
		p.took(";")
		p.want("}")
	} else if p.sees("{") {
		p.fail()
	} else {
		c.result = p.expression()
	}
	end()
	p.took(",")
	p.want(")")
	return func(r *run, of value) value {
		return method(r, of, func(element value, i int) value { return r.visit(c, element, i) })
	}
}

// parameters are those of a callback, up to its body: one for the element, and
// perhaps one for the index.
func (p *parser) parameters() *callback {
	c := &callback{index: -1}
	function := p.took("function")
	if function && !p.sees("(") {
		p.fail()
	}
	if p.took("(") {
		c.element = p.declare(p.name(), false)
		if p.took(",") {
			c.index = p.declare(p.name(), false)
		}
		p.want(")")
	} else {
		c.element = p.declare(p.name(), false)
	}
	if !function {
		p.want("=>")
	} else if !p.sees("{") {
		p.fail()
	}
	return c
}

// roundCost is the work of a callback or a loop for one element.
const roundCost = 200

// each calls f for each element of a list, until it returns false.
func (r *run) each(list value, f func(element value, i int) bool) {
	if list.kind != array {
		r.giveUp()
	}
	for i, element := range list.list {
		if r.work(roundCost); r.stuck || !f(element, i) {
			return
		}
	}
}

// A listMethod is a method of lists that is given a callback.
type listMethod func(r *run, of value, f func(element value, i int) value) value

var listMethods = map[string]listMethod{
	"map": func(r *run, of value, f func(value, int) value) value {
		out := value{kind: array}
		r.each(of, func(e value, i int) bool { out.list = append(out.list, f(e, i)); return true })
		return out
	},
	"filter": func(r *run, of value, f func(value, int) value) value {
		out := value{kind: array}
		r.each(of, func(e value, i int) bool {
			if f(e, i).truthy() {
				out.list = append(out.list, e)
			}
			return true
		})
		return out
	},
	"find": func(r *run, of value, f func(value, int) value) value { found, _ := r.first(of, f, true); return found },
	"some": func(r *run, of value, f func(value, int) value) value {
		_, ok := r.first(of, f, true)
		return truth(ok)
	},
	"every": func(r *run, of value, f func(value, int) value) value {
		_, ok := r.first(of, f, false)
		return truth(!ok)
	},
}

// first is the first element for which f is truthy, or falsy.
func (r *run) first(of value, f func(value, int) value, want bool) (found value, ok bool) {
	r.each(of, func(e value, i int) bool {
		if ok = f(e, i).truthy() == want; ok {
			found = e
		}
		return !ok
	})
	return found, ok
}

// A call is a method of a value, or a function of JavaScript's own, which has no
// value to be called on.
type call func(r *run, of value, arguments []value) value

// valueMethods are methods by their names. What they are given beyond what they need, and
// text beyond ASCII where a method looks at letters, is left to the machine.
var valueMethods = map[string]call{
	"includes":    contains,
	"startsWith":  textMethod(func(r *run, s string, part string) value { return truth(strings.HasPrefix(s, part)) }),
	"endsWith":    textMethod(func(r *run, s string, part string) value { return truth(strings.HasSuffix(s, part)) }),
	"split":       textMethod(split),
	"toUpperCase": asciiMethod(strings.ToUpper),
	"toLowerCase": asciiMethod(strings.ToLower),
	"trim":        asciiMethod(func(s string) string { return strings.Trim(s, " \t\n\v\f\r") }),
	"toString":    toString,
}

func contains(r *run, of value, arguments []value) value {
	if of.kind == array && len(arguments) == 1 {
		return truth(r.contains(of, arguments[0]))
	}
	return textMethod(func(_ *run, s string, part string) value { return truth(strings.Contains(s, part)) })(r, of, arguments)
}

func textMethod(f func(r *run, s string, argument string) value) call {
	return func(r *run, of value, arguments []value) value {
		if of.kind != text || len(arguments) != 1 || arguments[0].kind != text {
			return r.giveUp()
		}
		r.work(len(of.text) / 16)
		return f(r, of.text, arguments[0].text)
	}
}

func split(r *run, s string, separator string) value {
	if separator == "" {
		return r.giveUp()
	}
	out := value{kind: array}
	r.work(len(s) + roundCost*strings.Count(s, separator))
	if r.stuck {
		return out
	}
	for part := range strings.SplitSeq(s, separator) {
		out.list = append(out.list, value{kind: text, text: part})
	}
	return out
}

func asciiMethod(f func(string) string) call {
	return func(r *run, of value, arguments []value) value {
		if of.kind != text || len(arguments) != 0 || !ascii(of.text) {
			return r.giveUp()
		}
		return r.newText(f(of.text))
	}
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c > '~' })
}

func toString(r *run, of value, arguments []value) value {
	if !exists(of) || len(arguments) != 0 {
		return r.giveUp()
	}
	return r.newText(r.shown(of))
}
