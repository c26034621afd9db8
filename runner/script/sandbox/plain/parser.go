package plain

import (
	"slices"
	"strings"

	"postie/collections/jslex"
)

// A parser parses a script. It sets failed where the script is not plain. Parse
// methods then go on with any result, until the tokens end.
type parser struct {
	tokens   []jslex.Token
	at       int
	failed   bool
	inTest   bool
	blocks   []*block // the innermost block is last
	locals   int
	function bool // return is allowed
	loop     bool // continue is allowed
	breaks   bool // break is allowed
}

// A block has the variables that it declares. outer are variables of outer
// blocks that it has read: JavaScript throws when the block declares one of
// these later.
type block struct {
	body     bool // the body of a function or of the script, where var declares
	declared map[string]variable
	outer    map[string]bool
	hoisted  []int // the locals that var declares: undefined when the body begins
}

// A variable is an index into the locals of a run, or a function.
type variable struct {
	at       int
	kind     string // const, let, var or function; let for a parameter
	function *function
}

func newParser(source string) *parser { return &parser{tokens: jslex.Code(source)} }

func (p *parser) fail() { p.failed = true }

// peek returns a following token, or one without text after the end.
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

// sees reports whether the next tokens have these texts. An arrow must be on
// the same line as its parameters.
func (p *parser) sees(texts ...string) bool {
	for i, text := range texts {
		if t := p.peek(i); !t.Is(text) || text == "=>" && t.Newline {
			return false
		}
	}
	return true
}

// took consumes the next tokens if they have these texts, and reports whether
// they have.
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

// open begins a block. The returned function ends it.
func (p *parser) open(body bool) (end func()) {
	p.blocks = append(p.blocks, &block{body: body, declared: map[string]variable{}, outer: map[string]bool{}})
	return func() { p.blocks = p.blocks[:len(p.blocks)-1] }
}

// block parses the statements of a block, after its opening brace.
func (p *parser) block() []statement {
	defer p.open(false)()
	return p.statements("}")
}

// statements parses statements up to a closing token; "" is the script's end.
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

// end parses the end of a statement: a semicolon, or a line end before a word,
// which cannot continue the statement.
func (p *parser) end() {
	if t := p.peek(0); !p.took(";") && t.Text != "" && !t.Is("}") && (!t.Newline || t.Kind != jslex.Word) {
		p.fail()
	}
}

// name parses the name of a variable.
func (p *parser) name() string {
	t := p.next()
	if t.Kind != jslex.Word || reserved[t.Text] || strings.ContainsAny(t.Text, `\#`) {
		p.fail()
	}
	return t.Text
}

// reserved are JavaScript's reserved words, and names that have a meaning in
// this package.
var reserved = setOf(`arguments async await break case catch class const continue debugger default delete do else enum eval export
	extends false finally for function if implements import in instanceof interface let new null of package private protected public
	return static super switch this throw true try typeof undefined var void while with yield
	pm console JSON Math Date Object Array String Number Boolean parseInt parseFloat isNaN RegExp tests postman`)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}

func (p *parser) top() *block { return p.blocks[len(p.blocks)-1] }

// declare declares a variable and returns its index.
func (p *parser) declare(name, kind string) int {
	b := p.top()
	if kind == "var" {
		return p.hoist(name)
	}
	if _, twice := b.declared[name]; twice || b.outer[name] {
		p.fail()
	}
	b.declared[name] = variable{at: p.locals, kind: kind}
	p.locals++
	return p.locals - 1
}

// hoist declares a variable of var in the surrounding body, which may declare
// it twice.
func (p *parser) hoist(name string) int {
	for _, b := range slices.Backward(p.blocks) {
		v, declared := b.declared[name]
		if b.outer[name] || declared && (!b.body || v.kind != "var") || !b.body && global[name] {
			p.fail()
		}
		if !b.body {
			b.outer[name] = true
			continue
		}
		if !declared {
			v = variable{at: p.locals, kind: "var"}
			p.locals++
			b.declared[name] = v
			b.hoisted = append(b.hoisted, v.at)
		}
		return v.at
	}
	return 0
}

// variable returns a declared variable.
func (p *parser) variable(name string) variable {
	v, ok := p.find(name)
	if !ok {
		p.fail()
	}
	return v
}

// find looks up a variable. It returns false for a name that may be a global's.
func (p *parser) find(name string) (variable, bool) {
	for _, b := range slices.Backward(p.blocks) {
		if v, ok := b.declared[name]; ok {
			return v, true
		}
		b.outer[name] = true
	}
	return variable{}, false
}

// test parses pm.test, after the parenthesis.
func (p *parser) test() statement {
	name := p.expression()
	p.want(",")
	p.inTest = true
	f := p.callable()
	p.inTest = false
	p.took(",")
	p.want(")")
	if f == nil || len(f.parameters) > 0 { // a parameter of the function is the callback "done"
		p.fail()
	}
	return test(name, f)
}

// action parses a statement that asserts something, sets a variable, prints, or
// is an expression.
func (p *parser) action() statement {
	switch {
	case p.took("pm", ".", "expect", "(", "pm", ".", "response", ")", "."), p.took("pm", ".", "response", ".", "to", "."):
		return p.chain(nil, p.responseLink)
	case p.took("pm", ".", "expect", ".", "fail", "("):
		p.list(")")
		return fails
	case p.took("pm", ".", "expect", "("):
		of := p.list(")")
		p.want(".")
		return p.chain(of, p.valueLink)
	case p.took("pm", ".", "execution", ".", "setNextRequest", "("):
		return p.nextRequest()
	case p.took("console", "."):
		return p.output()
	case p.took("tests", "["):
		return p.entry()
	case p.sees("postman", ".") && postmanSets[p.peek(2).Text] != nil:
		return p.postmanSet()
	}
	if l, ok := scopes[p.peek(2).Text]; ok && p.sees("pm", ".") && changes[p.peek(4).Text] {
		p.at += 3
		return p.change(l)
	}
	of := p.operand() // a string may be a directive, and a brace may begin a block
	return func(r *run) { of(r) }
}

// fails is an assertion that always fails.
func fails(r *run) { r.giveUp() }

// operand parses an expression statement, which must begin with a word.
func (p *parser) operand() expression {
	if p.peek(0).Kind != jslex.Word {
		p.fail()
	}
	return p.expression()
}

// changes are the methods that change a scope and return nothing.
var changes = setOf("set unset clear")

// change parses a change of a scope, after the scope.
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
	case name.Is("clear") && len(arguments) == 0:
		return func(r *run) { r.clear(l) }
	}
	p.fail()
	return nil
}

// nextRequest parses pm.execution.setNextRequest, after the parenthesis.
func (p *parser) nextRequest() statement {
	arguments := p.list(")")
	if len(arguments) != 1 {
		p.fail()
		return nil
	}
	return func(r *run) { r.setNext(arguments[0](r)) }
}

// output parses a call of a console method, after the dot.
func (p *parser) output() statement {
	level := levels[p.next().Text]
	if level == "" {
		p.fail()
	}
	p.want("(")
	arguments := p.list(")")
	return func(r *run) { r.print(level, r.evaluate(arguments)) }
}

// list parses expressions separated by commas, up to a closing token.
func (p *parser) list(end string) (list []expression) {
	for !p.took(end) && !p.failed {
		list = append(list, p.expression())
		if !p.sees(end) {
			p.want(",")
		}
	}
	return list
}
