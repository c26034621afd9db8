package plain

import "postie/collections/jslex"

func (p *parser) statement() statement {
	switch {
	case p.took("if", "("):
		return p.condition()
	case p.took("for", "("):
		return p.loops()
	case p.took("while", "("):
		return p.while()
	case p.took("switch", "("):
		return p.selection()
	case p.took("try", "{"):
		return p.attempt()
	case p.sees("function"):
		p.next()
		p.named()
		return nothing
	}
	s := p.simple()
	p.end()
	return s
}

func nothing(*run) {}

// simple parses a statement that ends with its line.
func (p *parser) simple() statement {
	switch {
	case p.sees("const"), p.sees("let"), p.sees("var"):
		return p.declarations(p.next().Text)
	case !p.inTest && p.took("pm", ".", "test", "("):
		return p.test()
	case p.took("return"):
		return p.result()
	case p.took("throw"):
		return p.throw()
	case p.breaks && p.took("break"):
		return func(r *run) { r.leaving = breaking }
	case p.loop && p.took("continue"):
		return func(r *run) { r.leaving = continuing }
	}
	if s := p.assignment(); s != nil {
		return s
	}
	return p.action()
}

// A departure says how the statements being run are left.
type departure uint8

const (
	staying departure = iota
	breaking
	continuing
	returning
)

// result parses return, with the value in the same line.
func (p *parser) result() statement {
	if !p.function {
		p.fail()
	}
	if t := p.peek(0); t.Newline || t.Text == "" || t.Is(";") || t.Is("}") {
		return func(r *run) { r.leaving = returning }
	}
	if s := p.asserted(); s != nil {
		return func(r *run) {
			s(r)
			r.leaving, r.result = returning, value{kind: assertionKind}
		}
	}
	of := p.expression()
	return func(r *run) { r.result, r.leaving = of(r), returning }
}

// asserted parses an assertion. It returns nil when there is none.
func (p *parser) asserted() statement {
	if p.sees("pm", ".", "expect") || p.sees("pm", ".", "response", ".", "to") {
		return p.action()
	}
	return nil
}

// throw parses a throw statement. Running it gives up.
func (p *parser) throw() statement {
	if p.peek(0).Newline {
		p.fail()
	}
	if p.took("new", "Error", "(") {
		p.list(")")
	} else {
		p.expression()
	}
	return fails
}

// declarations parses the declaration of one or more variables.
func (p *parser) declarations(kind string) statement {
	var list []statement
	for more := true; more && !p.failed; more = p.took(",") {
		list = append(list, p.declaration(kind))
	}
	if len(list) == 1 {
		return list[0]
	}
	return func(r *run) { r.perform(list) }
}

func (p *parser) declaration(kind string) statement {
	if p.peek(1).Is("=") && p.functionOf(kind) {
		return nothing
	}
	if p.sees("{") || p.sees("[") {
		return p.destructuring(kind)
	}
	name := p.name()
	if !p.took("=") {
		to := p.declare(name, kind)
		if kind == "const" || kind == "var" && global[name] {
			p.fail()
		}
		if kind == "var" {
			return nothing
		}
		return func(r *run) { r.locals[to] = value{} }
	}
	from := p.expression()
	to := p.declare(name, kind)
	return func(r *run) { r.locals[to] = from(r) }
}

func (p *parser) destructuring(kind string) statement {
	var from expression
	to := p.late(kind, func() {
		p.want("=")
		from = p.expression()
	})
	return func(r *run) { to(r, from(r)) }
}

// late parses a pattern whose names are declared only after follows has parsed
// what comes next, where the names are not visible.
func (p *parser) late(kind string, follows func()) pattern {
	at := p.at
	p.skip()
	follows()
	end := p.at
	p.at = at
	to := p.binding(kind)
	p.at = end
	return to
}

// skip moves past a name, or past brackets with their content.
func (p *parser) skip() {
	for depth := 0; !p.failed; {
		switch t := p.next(); {
		case t.Text == "":
			p.fail()
		case t.Is("{"), t.Is("["), t.Is("("):
			depth++
		case t.Is("}"), t.Is("]"), t.Is(")"):
			depth--
		}
		if depth == 0 {
			return
		}
	}
}

// assignment parses an assignment to a variable. It returns nil when there is
// none.
func (p *parser) assignment() statement {
	if p.peek(0).Kind != jslex.Word {
		return nil
	}
	operator := p.peek(1)
	switch {
	case operator.Is("="), operator.Is("+="), operator.Is("-="), operator.Is("*="):
	case (operator.Is("++") || operator.Is("--")) && !operator.Newline:
	default:
		return nil
	}
	v := p.variable(p.next().Text)
	if v.kind != "let" && v.kind != "var" {
		p.fail()
	}
	p.next()
	if operator.Is("++") || operator.Is("--") {
		return func(r *run) {
			r.locals[v.at] = r.combine(operator.Text[:1], r.mustNumber(r.locals[v.at]), value{kind: number, number: 1})
		}
	}
	from := p.expression()
	return func(r *run) {
		before, now := r.locals[v.at], from(r)
		if operator.Text != "=" {
			now = r.combine(operator.Text[:1], before, now)
		}
		r.locals[v.at] = now
	}
}

// mustNumber returns v, and gives up when v is not a number.
func (r *run) mustNumber(v value) value {
	if v.kind != number {
		r.giveUp()
	}
	return v
}

// within parses a condition in parentheses, after the first.
func (p *parser) within() expression {
	of := p.expression()
	p.want(")")
	return of
}

func (p *parser) condition() statement {
	holds := p.within()
	then := p.branch()
	var otherwise []statement
	if p.took("else", "if", "(") {
		otherwise = []statement{p.condition()}
	} else if p.took("else") {
		otherwise = p.branch()
	}
	return func(r *run) {
		if holds(r).truthy() {
			r.perform(then)
		} else {
			r.perform(otherwise)
		}
	}
}

// branch parses a block or one statement.
func (p *parser) branch() []statement {
	switch {
	case p.took("{"):
		return p.block()
	case p.took(";"):
		return nil
	case p.sees("const"), p.sees("let"), p.sees("var"), p.sees("function"):
		p.fail()
	}
	return []statement{p.statement()}
}

// body parses the body of a loop.
func (p *parser) body() []statement {
	loop, breaks := p.loop, p.breaks
	p.loop, p.breaks = true, true
	defer func() { p.loop, p.breaks = loop, breaks }()
	return p.branch()
}

// loops parses a for loop, after the parenthesis.
func (p *parser) loops() statement {
	defer p.open(false)()
	kind := p.peek(0).Text
	if kind != "const" && kind != "let" && kind != "var" {
		p.fail()
	}
	p.next()
	if !p.sees("{") && !p.sees("[") && !p.peek(1).Is("of") {
		return p.counted(kind)
	}
	if kind == "var" {
		p.fail()
	}
	var list expression
	to := p.late("let", func() {
		p.want("of")
		list = p.within()
	})
	body := p.body()
	return func(r *run) {
		r.each(list(r), func(element value, _ int) bool {
			to(r, element)
			r.perform(body)
			return r.another()
		})
	}
}

// counted parses for (let i = 0; i < n; i++), after "let".
func (p *parser) counted(kind string) statement {
	first := p.declarations(kind)
	p.want(";")
	holds := p.expression()
	p.want(";")
	step := p.assignment()
	p.want(")")
	if step == nil {
		p.fail()
		return nil
	}
	body := p.body()
	return func(r *run) {
		for first(r); !r.stuck && holds(r).truthy(); step(r) {
			r.work(roundCost)
			if r.perform(body); !r.another() {
				return
			}
		}
	}
}

func (p *parser) while() statement {
	holds := p.within()
	body := p.body()
	return func(r *run) {
		for !r.stuck && holds(r).truthy() {
			r.work(roundCost)
			if r.perform(body); !r.another() {
				return
			}
		}
	}
}

// another reports whether a loop continues after a round.
func (r *run) another() bool {
	switch r.leaving {
	case breaking:
		r.leaving = staying
		return false
	case continuing:
		r.leaving = staying
	}
	return r.leaving == staying && !r.stuck
}

// A choice is a case of a switch statement, or its default.
type choice struct {
	of   expression // nil for the default
	body []statement
}

// selection parses a switch statement, after the parenthesis.
func (p *parser) selection() statement {
	of := p.within()
	p.want("{")
	defer p.open(false)()
	breaks := p.breaks
	p.breaks = true
	defer func() { p.breaks = breaks }()
	var choices []choice
	otherwise := -1
	for !p.took("}") && !p.failed {
		var c choice
		if p.took("default") {
			if otherwise >= 0 {
				p.fail()
			}
			otherwise = len(choices)
		} else {
			p.want("case")
			c.of = p.expression()
		}
		p.want(":")
		for !p.failed && !p.sees("case") && !p.sees("default") && !p.sees("}") && p.peek(0).Text != "" {
			if !p.took(";") {
				c.body = append(c.body, p.statement())
			}
		}
		choices = append(choices, c)
	}
	if len(p.top().declared) > 0 { // other cases can see these variables, which have no value there
		p.fail()
	}
	return func(r *run) { r.choose(of(r), choices, otherwise) }
}

// choose runs the statements from the first choice that equals the value.
func (r *run) choose(of value, choices []choice, otherwise int) {
	from := otherwise
	for i, c := range choices {
		if c.of != nil && r.identical(of, c.of(r)) {
			from = i
			break
		}
	}
	if from < 0 || r.stuck {
		return
	}
	for _, c := range choices[from:] {
		if r.perform(c.body); r.leaving != staying {
			break
		}
	}
	if r.leaving == breaking {
		r.leaving = staying
	}
}

// attempt parses a try statement, after the brace. An exception is left to the
// machine.
func (p *parser) attempt() statement {
	list := p.block()
	caught := p.took("catch")
	if caught {
		p.caught()
	}
	if !p.took("finally", "{") {
		if !caught {
			p.fail()
		}
		return func(r *run) { r.perform(list) }
	}
	last := p.block()
	return func(r *run) {
		r.perform(list)
		leaving, result := r.leaving, r.result
		r.leaving = staying
		if r.perform(last); r.leaving == staying {
			r.leaving, r.result = leaving, result
		}
	}
}

// caught parses the catch clause, which never runs here, because it may contain
// a syntax error.
func (p *parser) caught() {
	defer p.open(false)()
	if p.took("(") {
		p.declare(p.name(), "let")
		p.want(")")
	}
	p.want("{")
	p.statements("}")
}
