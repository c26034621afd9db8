package plain

import "postie/collections/jslex"

// A function is a function of the script. It cannot call itself, because it
// calls only functions that are declared before it.
type function struct {
	parameters []pattern
	body       []statement
	result     expression // of an arrow function without braces
	asserts    bool       // it returns an assertion or pm
	hoisted    []int
}

// assertionKind is the kind of the result of a function that returns an
// assertion. Such a value cannot be used here.
const assertionKind kind = 255

// call calls a function and returns its result.
func (r *run) call(f *function, arguments ...value) value {
	r.effect(f, arguments...)
	v := r.result
	r.result = value{}
	if v.kind == assertionKind {
		return r.giveUp()
	}
	return v
}

// effect calls a function and ignores its result.
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

// callable parses a function, or the name of a variable that holds one.
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

// arrow reports whether an arrow function begins at the current token.
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

// behindParameters parses a function from its parameter list on.
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

// short parses the body of an arrow function without braces.
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

// seesEffect reports whether the next expression is a call of a function that
// has an effect and returns nothing.
func (p *parser) seesEffect() bool {
	switch {
	case p.sees("console", "."), p.sees("pm", ".", "execution", "."):
		return true
	case p.sees("postman", "."):
		return postmanSets[p.peek(2).Text] != nil
	case p.sees("pm", "."):
		_, ok := scopes[p.peek(2).Text]
		return ok && changes[p.peek(4).Text]
	}
	return false
}

// named parses a function declaration, after "function".
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

// keep declares a variable whose value is a function.
func (p *parser) keep(name, kind string, f *function) {
	p.declare(name, kind)
	v := p.top().declared[name]
	v.function = f
	p.top().declared[name] = v
}

// functionOf parses a variable whose value is a function. It returns false for
// other variables.
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

// called parses a call of a function of the script, after its name.
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

// A pattern assigns a value, or parts of it, to variables.
type pattern func(r *run, v value)

// pattern parses a variable name or a destructuring pattern, with its default.
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

// memberPattern parses a pattern in braces.
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

// elementPattern parses a pattern in square brackets.
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
