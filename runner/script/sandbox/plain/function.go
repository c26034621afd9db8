package plain

import "postie/collections/jslex"

// A function is one that a script has written. It does not call itself: what it
// calls is there before it.
type function struct {
	parameters []pattern
	body       []statement
	result     expression // of an arrow without braces
	asserts    bool       // its result is an assertion, or pm
	hoisted    []int
}

// assertionKind is the kind of what a function returns that returns an assertion.
// Nothing can be done with it here.
const assertionKind kind = 255

// call is what a function returns.
func (r *run) call(f *function, arguments ...value) value {
	r.effect(f, arguments...)
	v := r.result
	r.result = value{}
	if v.kind == assertionKind {
		return r.giveUp()
	}
	return v
}

// effect calls a function whose result nobody needs.
func (r *run) effect(f *function, arguments ...value) {
	r.work(roundCost)
	for _, at := range f.hoisted {
		r.locals[at] = value{}
	}
	for i, to := range f.parameters {
		var v value
		if i < len(arguments) {
			v = arguments[i]
		}
		to(r, v)
	}
	r.result = value{}
	if f.result != nil {
		r.result = f.result(r)
		return
	}
	if r.perform(f.body); f.asserts {
		r.result = value{kind: assertionKind}
	}
	r.leaving = staying
}

// callable is a function that is written here, or a variable's.
func (p *parser) callable() *function {
	switch t := p.peek(0); {
	case p.took("function"):
		if !p.sees("(") {
			p.fail()
		}
		return p.behindParameters(false)
	case p.arrow():
		return p.behindParameters(true)
	case t.Kind == jslex.Word:
		p.next()
		if v, ok := p.find(t.Text); ok && v.function != nil {
			return v.function
		}
	}
	p.fail()
	return nil
}

// arrow reports whether an arrow function begins here.
func (p *parser) arrow() bool {
	if p.peek(0).Kind == jslex.Word {
		return p.peek(1).Is("=>") && !p.peek(1).Newline
	}
	if !p.sees("(") {
		return false
	}
	depth := 0
	for i := 0; ; i++ {
		switch t := p.peek(i); {
		case t.Text == "":
			return false
		case t.Is("("), t.Is("["), t.Is("{"):
			depth++
		case t.Is(")"), t.Is("]"), t.Is("}"):
			if depth--; depth == 0 {
				next := p.peek(i + 1)
				return next.Is("=>") && !next.Newline
			}
		}
	}
}

// behindParameters is a function from its parameters on.
func (p *parser) behindParameters(arrow bool) *function {
	f := &function{}
	defer p.open(true)()
	inFunction, loop, breaks := p.function, p.loop, p.breaks
	p.function, p.loop, p.breaks = true, false, false
	defer func() { p.function, p.loop, p.breaks = inFunction, loop, breaks }()
	if !p.took("(") {
		f.parameters = []pattern{p.pattern("let")}
	} else {
		for !p.took(")") && !p.failed {
			f.parameters = append(f.parameters, p.pattern("let"))
			if !p.sees(")") {
				p.want(",")
			}
		}
	}
	if arrow {
		p.want("=>")
	} else if !p.sees("{") {
		p.fail()
	}
	if p.took("{") {
		f.body = p.statements("}")
	} else {
		p.short(f)
	}
	f.hoisted = p.top().hoisted
	return f
}

// short is what an arrow function without braces does.
func (p *parser) short(f *function) {
	if do := p.asserted(); do != nil {
		f.body, f.asserts = []statement{do}, true
	} else if !p.inTest && p.took("pm", ".", "test", "(") {
		f.body, f.asserts = []statement{p.test()}, true
	} else if p.seesEffect() {
		f.body = []statement{p.action()}
	} else {
		f.result = p.expression()
	}
}

// seesEffect reports whether a call comes next that is made for what it does, and
// returns nothing.
func (p *parser) seesEffect() bool {
	switch {
	case p.sees("console", "."), p.sees("pm", ".", "execution", "."):
		return true
	case p.sees("postman", "."):
		return postmanSets[p.peek(2).Text] != nil
	case p.sees("pm", "."):
		_, ok := scopes[p.peek(2).Text]
		return ok && (p.peek(4).Is("set") || p.peek(4).Is("unset"))
	}
	return false
}

// named is a function with a name, behind the word.
func (p *parser) named() {
	if !p.top().body || p.sees("*") {
		p.fail()
	}
	name := p.name()
	if !p.sees("(") {
		p.fail()
	}
	p.keep(name, "function", p.behindParameters(false))
}

// keep declares a variable that is a function.
func (p *parser) keep(name, kind string, f *function) {
	p.declare(name, kind)
	v := p.top().declared[name]
	v.function = f
	p.top().declared[name] = v
}

// functionOf reports whether a variable is declared that is a function.
func (p *parser) functionOf(kind string) bool {
	at := p.at
	name := p.name()
	p.want("=")
	if !p.sees("function") && !p.arrow() {
		p.at = at
		return false
	}
	if kind != "const" {
		p.fail()
	}
	p.keep(name, kind, p.callable())
	return true
}

// called is a call of a variable's function, behind the name.
func (p *parser) called(f *function) expression {
	p.want("(")
	arguments := p.list(")")
	return func(r *run) value {
		given := r.evaluate(arguments)
		if r.stuck {
			return value{}
		}
		return r.call(f, given...)
	}
}

// A pattern gives a value, or parts of it, to variables.
type pattern func(r *run, v value)

// pattern is a name, or names in brackets.
func (p *parser) pattern(kind string) pattern {
	to := p.binding(kind)
	if !p.took("=") {
		return to
	}
	from := p.expression()
	return func(r *run, v value) {
		if v.kind == undefined {
			v = from(r)
		}
		to(r, v)
	}
}

func (p *parser) binding(kind string) pattern {
	switch {
	case p.took("{"):
		return p.memberPattern(kind)
	case p.took("["):
		return p.elementPattern(kind)
	}
	at := p.declare(p.name(), kind)
	return func(r *run, v value) { r.locals[at] = v }
}

// memberPattern is one in braces.
func (p *parser) memberPattern(kind string) pattern {
	var names []string
	var parts []pattern
	for !p.took("}") && !p.failed {
		key := p.peek(0)
		if key.Kind != jslex.Word {
			p.fail()
		}
		names = append(names, key.Text)
		if p.peek(1).Is(":") {
			p.at += 2
		}
		parts = append(parts, p.pattern(kind))
		if !p.sees("}") {
			p.want(",")
		}
	}
	return func(r *run, v value) {
		if !exists(v) || len(parts) == 0 {
			r.giveUp()
		}
		for i, part := range parts {
			part(r, r.member(v, names[i]))
		}
	}
}

// elementPattern is one in square brackets.
func (p *parser) elementPattern(kind string) pattern {
	var parts []pattern
	for !p.took("]") && !p.failed {
		parts = append(parts, p.pattern(kind))
		if !p.sees("]") {
			p.want(",")
		}
	}
	return func(r *run, v value) {
		if v.kind != array {
			r.giveUp()
		}
		for i, part := range parts {
			part(r, r.element(v, value{kind: number, number: float64(i)}))
		}
	}
}
