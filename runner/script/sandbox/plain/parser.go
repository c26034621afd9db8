package plain

import (
	"slices"
	"strings"

	"postie/collections/jslex"
)

// A parser reads a script. It fails where the script is not plain, and goes on
// then with whatever it has, as far as the text goes.
type parser struct {
	tokens []jslex.Token
	at     int
	failed bool
	inTest bool
	blocks []*block // the innermost last
	locals int
}

// A block has the variables it declares, and those of outer blocks that it has
// read: to declare one of these afterwards is an error where it is read.
type block struct {
	body     bool // of a function, or the script: a place for var
	declared map[string]variable
	outer    map[string]bool
}

// A variable has a place among the locals of a run.
type variable struct {
	at       int
	constant bool
}

func newParser(source string) *parser { return &parser{tokens: jslex.Code(source)} }

func (p *parser) fail() { p.failed = true }

// peek is a token to come, one without text behind the end.
func (p *parser) peek(ahead int) jslex.Token {
	if p.failed || p.at+ahead >= len(p.tokens) {
		return jslex.Token{}
	}
	return p.tokens[p.at+ahead]
}

func (p *parser) next() jslex.Token {
	t := p.peek(0)
	p.at++
	return t
}

// sees reports whether the next tokens are these. An arrow stands in the line of
// its parameters.
func (p *parser) sees(texts ...string) bool {
	for i, text := range texts {
		if t := p.peek(i); !t.Is(text) || text == "=>" && t.Newline {
			return false
		}
	}
	return true
}

// took is sees, and takes them.
func (p *parser) took(texts ...string) bool {
	if !p.sees(texts...) {
		return false
	}
	p.at += len(texts)
	return true
}

func (p *parser) want(texts ...string) {
	if !p.took(texts...) {
		p.fail()
	}
}

// open begins a block, and returns what ends it.
func (p *parser) open(body bool) (end func()) {
	p.blocks = append(p.blocks, &block{body: body, declared: map[string]variable{}, outer: map[string]bool{}})
	return func() { p.blocks = p.blocks[:len(p.blocks)-1] }
}

// block is statements in braces, behind the first.
func (p *parser) block() []statement {
	defer p.open(false)()
	return p.statements("}")
}

// statements are those up to a closing token, "" for the script's end.
func (p *parser) statements(end string) (list []statement) {
	for !p.failed && p.peek(0).Text != "" && !p.sees(end) {
		if !p.took(";") {
			list = append(list, p.statement())
		}
	}
	if end != "" {
		p.want(end)
	}
	return list
}

func (p *parser) statement() statement {
	switch {
	case p.took("if"):
		return p.condition()
	case p.took("for", "("):
		return p.loop()
	}
	s := p.simple()
	p.end()
	return s
}

// simple is a statement that ends with its line.
func (p *parser) simple() statement {
	switch {
	case p.sees("const"), p.sees("let"), p.sees("var") && p.top().body:
		return p.declaration(p.next().Text)
	case !p.inTest && p.took("pm", ".", "test", "("):
		return p.test()
	case p.peek(0).Kind == jslex.Word && (p.peek(1).Is("=") || p.peek(1).Is("+=")):
		return p.assignment()
	}
	return p.action()
}

// end is that of a statement: a semicolon, or a line's end before a word, which
// cannot go on with what comes before it.
func (p *parser) end() {
	if t := p.peek(0); !p.took(";") && t.Text != "" && !t.Is("}") && (!t.Newline || t.Kind != jslex.Word) {
		p.fail()
	}
}

// declaration is of one variable.
func (p *parser) declaration(kind string) statement {
	name := p.name()
	from := constant(value{})
	if p.took("=") {
		from = p.expression()
	} else if kind == "const" {
		p.fail()
	}
	to := p.declare(name, kind == "const")
	return func(r *run) { r.locals[to] = from(r) }
}

// name is one that a script may give a variable.
func (p *parser) name() string {
	t := p.next()
	if t.Kind != jslex.Word || reserved[t.Text] || strings.ContainsAny(t.Text, `\#`) {
		p.fail()
	}
	return t.Text
}

// reserved are JavaScript's words, and the names that mean something here.
var reserved = setOf(`arguments async await break case catch class const continue debugger default delete do else enum eval export
	extends false finally for function if implements import in instanceof interface let new null of package private protected public
	return static super switch this throw true try typeof undefined var void while with yield
	pm console JSON Math Date Object Array String`)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}

func (p *parser) top() *block { return p.blocks[len(p.blocks)-1] }

// declare gives a variable its place.
func (p *parser) declare(name string, constant bool) int {
	b := p.top()
	if _, twice := b.declared[name]; twice || b.outer[name] {
		p.fail()
	}
	b.declared[name] = variable{p.locals, constant}
	p.locals++
	return p.locals - 1
}

// variable is one that was declared.
func (p *parser) variable(name string) variable {
	for _, b := range slices.Backward(p.blocks) {
		if v, ok := b.declared[name]; ok {
			return v
		}
		b.outer[name] = true
	}
	p.fail()
	return variable{}
}

func (p *parser) assignment() statement {
	v := p.variable(p.next().Text)
	if v.constant {
		p.fail()
	}
	adds := p.next().Is("+=")
	from := p.expression()
	return func(r *run) {
		before, now := r.locals[v.at], from(r)
		if adds {
			now = r.combine("+", before, now)
		}
		r.locals[v.at] = now
	}
}

func (p *parser) condition() statement {
	p.want("(")
	holds := p.expression()
	p.want(")", "{")
	then := p.block()
	var otherwise []statement
	if p.took("else", "if") {
		otherwise = []statement{p.condition()}
	} else if p.took("else", "{") {
		otherwise = p.block()
	}
	return func(r *run) {
		if holds(r).truthy() {
			r.perform(then)
		} else {
			r.perform(otherwise)
		}
	}
}

// loop is for (const element of list), behind the parenthesis.
func (p *parser) loop() statement {
	if !p.took("const") {
		p.want("let")
	}
	name := p.name()
	p.want("of")
	list := p.expression()
	p.want(")", "{")
	defer p.open(false)()
	at := p.declare(name, false)
	body := p.block()
	return func(r *run) {
		r.each(list(r), func(element value, _ int) bool {
			r.locals[at] = element
			r.perform(body)
			return true
		})
	}
}

// test is pm.test, behind the parenthesis.
func (p *parser) test() statement {
	name := p.expression()
	p.want(",")
	p.inTest = true
	body := p.function()
	p.inTest = false
	p.took(",")
	p.want(")")
	return test(name, body)
}

// function is one without parameters, whose result nobody needs.
func (p *parser) function() []statement {
	defer p.open(true)()
	switch {
	case p.took("(", ")", "=>", "{"), p.took("function", "(", ")", "{"):
		return p.statements("}")
	case p.took("(", ")", "=>"):
		return []statement{p.action()}
	}
	p.fail()
	return nil
}

// action is a statement that asserts something, sets a variable, or works through
// a list.
func (p *parser) action() statement {
	switch {
	case p.took("pm", ".", "expect", "(", "pm", ".", "response", ")", "."), p.took("pm", ".", "response", ".", "to", "."):
		return p.chain(nil, p.responseLink)
	case p.took("pm", ".", "expect", "("):
		of := p.list(")")
		p.want(".")
		return p.chain(of, p.valueLink)
	case p.took("pm", ".", "execution", ".", "setNextRequest", "("):
		return p.nextRequest()
	case p.took("console", "."):
		return p.output()
	}
	if l, ok := scopes[p.peek(2).Text]; ok && p.sees("pm", ".") && (p.peek(4).Is("set") || p.peek(4).Is("unset")) {
		p.at += 3
		return p.change(l)
	}
	of := p.operand() // a string may be a directive, and a brace a block
	return func(r *run) { of(r) }
}

// operand is an expression statement, which begins with a name.
func (p *parser) operand() expression {
	if p.peek(0).Kind != jslex.Word {
		p.fail()
	}
	return p.expression()
}

// change is one of a variable, behind the scope.
func (p *parser) change(l layer) statement {
	p.want(".")
	name := p.next()
	p.want("(")
	arguments := p.list(")")
	switch {
	case name.Is("set") && len(arguments) == 2:
		return set(l, arguments[0], arguments[1])
	case name.Is("unset") && len(arguments) == 1:
		return unset(l, arguments[0])
	}
	p.fail()
	return nil
}

// nextRequest is pm.execution.setNextRequest, behind the parenthesis.
func (p *parser) nextRequest() statement {
	arguments := p.list(")")
	if len(arguments) != 1 {
		p.fail()
		return nil
	}
	return func(r *run) { r.setNext(arguments[0](r)) }
}

// output is a call of console's, behind the dot.
func (p *parser) output() statement {
	level := p.next().Text
	if !levels[level] {
		p.fail()
	}
	p.want("(")
	arguments := p.list(")")
	return func(r *run) { r.print(level, r.evaluate(arguments)) }
}

// list is expressions with commas between them, up to a closing token.
func (p *parser) list(end string) (list []expression) {
	for !p.took(end) && !p.failed {
		list = append(list, p.expression())
		if !p.sees(end) {
			p.want(",")
		}
	}
	return list
}
