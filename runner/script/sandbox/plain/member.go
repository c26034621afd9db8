package plain

import (
	"strings"

	"postie/collections/jslex"
)

// A step reads a member of a value, or calls a method of it. An optional step
// (?.) ends the whole expression when the value is null or undefined.
type step struct {
	optional bool
	read     func(r *run, of value) value
}

// members parses a chain of property accesses and method calls.
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

// member parses a property or a method call, after the dot.
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
	case name.Text == "reduce":
		return p.reduce()
	case (name.Text == "replace" || name.Text == "replaceAll") && p.peek(0).Kind == jslex.RegExp:
		return p.replacement(name.Text)
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

// forEach parses a call of forEach, after the parenthesis.
func (p *parser) forEach() func(r *run, of value) value {
	f := p.callback()
	return func(r *run, of value) value {
		r.each(of, func(element value, i int) bool {
			r.effect(f, element, value{kind: number, number: float64(i)}, of)
			return true
		})
		return value{}
	}
}

// callback parses the only argument of a call, after the parenthesis.
func (p *parser) callback() *function {
	f := p.callable()
	p.took(",")
	p.want(")")
	return f
}

// listMethod parses a call of a method whose callback returns a value, after
// the parenthesis.
func (p *parser) listMethod(method listMethod) func(r *run, of value) value {
	f := p.callback()
	return func(r *run, of value) value {
		return method(r, of, func(element value, i int) value {
			return r.call(f, element, value{kind: number, number: float64(i)}, of)
		})
	}
}

// reduce parses a call of reduce with an initial value, after the parenthesis.
func (p *parser) reduce() func(r *run, of value) value {
	f := p.callable()
	p.want(",")
	first := p.expression()
	p.want(")")
	return func(r *run, of value) value {
		so := first(r)
		r.each(of, func(element value, i int) bool {
			so = r.call(f, so, element, value{kind: number, number: float64(i)}, of)
			return true
		})
		return so
	}
}

// each calls f for each element of a list, until f returns false.
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

// A listMethod is a method of arrays that takes a callback.
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
	"findIndex": func(r *run, of value, f func(value, int) value) value {
		at := -1
		r.each(of, func(e value, i int) bool {
			if f(e, i).truthy() {
				at = i
			}
			return at < 0
		})
		return value{kind: number, number: float64(at)}
	},
	"some": func(r *run, of value, f func(value, int) value) value {
		_, ok := r.first(of, f, true)
		return truth(ok)
	},
	"every": func(r *run, of value, f func(value, int) value) value {
		_, ok := r.first(of, f, false)
		return truth(!ok)
	},
}

// first returns the first element for which the truth of f's result is want.
func (r *run) first(of value, f func(value, int) value, want bool) (found value, ok bool) {
	r.each(of, func(e value, i int) bool {
		if ok = f(e, i).truthy() == want; ok {
			found = e
		}
		return !ok
	})
	return found, ok
}
