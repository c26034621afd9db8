package plain

import (
	"slices"
	"strconv"
	"strings"

	"postie/collections/jslex"
)

// A parser reads a script. It fails where the script is not plain, and goes on
// then with whatever it has, as far as the text goes.
type parser struct {
	tokens []jslex.Token
	at     int
	failed bool
	blocks []*block // the innermost last
	locals int
}

// A block has the variables it declares, and those of outer blocks that it has
// read: to declare one of these afterwards is an error where it is read.
type block struct {
	body     bool           // of a function, or the script: a place for var
	declared map[string]int // a name → its place among the locals
	outer    map[string]bool
}

func newParser(source string) *parser { return &parser{tokens: jslex.Code(source)} }

func (p *parser) fail() { p.failed = true }

// peek is the next token, one without text at the end.
func (p *parser) peek() jslex.Token {
	if p.failed || p.at >= len(p.tokens) {
		return jslex.Token{}
	}
	return p.tokens[p.at]
}

func (p *parser) next() jslex.Token {
	t := p.peek()
	p.at++
	return t
}

// took reports whether the next tokens are these, which are taken then. An arrow
// stands in the line of its parameters.
func (p *parser) took(texts ...string) bool {
	for i, text := range texts {
		if p.failed || p.at+i >= len(p.tokens) {
			return false
		}
		if t := p.tokens[p.at+i]; !t.Is(text) || text == "=>" && t.Newline {
			return false
		}
	}
	p.at += len(texts)
	return true
}

func (p *parser) want(texts ...string) {
	if !p.took(texts...) {
		p.fail()
	}
}

// A place is where statements stand. Tests are not within other tests.
type place struct{ body, tests bool }

// statements are those up to a closing token.
func (p *parser) statements(end string, in place) (list []statement) {
	p.blocks = append(p.blocks, &block{body: in.body, declared: map[string]int{}, outer: map[string]bool{}})
	defer func() { p.blocks = p.blocks[:len(p.blocks)-1] }()
	for !p.failed && p.peek().Text != "" && !p.peek().Is(end) {
		if p.took(";") {
			continue
		}
		list = append(list, p.statement(in.tests))
	}
	if end != "" {
		p.want(end)
	}
	return list
}

func (p *parser) statement(tests bool) statement {
	switch {
	case p.took("const"), p.took("let"):
		return p.declaration()
	case p.top().body && p.took("var"):
		return p.declaration()
	case p.took("if"):
		return p.condition(tests)
	case tests && p.took("pm", ".", "test", "("):
		s := p.test()
		p.end()
		return s
	}
	s := p.action()
	p.end()
	return s
}

// end is that of a statement: a semicolon, or a line's end before what cannot go
// on with it.
func (p *parser) end() {
	if t := p.peek(); !p.took(";") && t.Text != "" && !t.Is("}") && (!t.Newline || t.Kind != jslex.Word) {
		p.fail()
	}
}

func (p *parser) declaration() statement {
	name := p.name()
	p.want("=")
	from := p.expression()
	p.end()
	to := p.declare(name)
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
	return static super switch this throw true try typeof undefined var void while with yield pm`)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}

func (p *parser) top() *block { return p.blocks[len(p.blocks)-1] }

func (p *parser) declare(name string) int {
	b := p.top()
	if _, twice := b.declared[name]; twice || b.outer[name] {
		p.fail()
	}
	b.declared[name] = p.locals
	p.locals++
	return p.locals - 1
}

// variable is one of those declared.
func (p *parser) variable(name string) expression {
	for _, b := range slices.Backward(p.blocks) {
		if at, ok := b.declared[name]; ok {
			return func(r *run) value { return r.locals[at] }
		}
		b.outer[name] = true
	}
	p.fail()
	return nil
}

func (p *parser) condition(tests bool) statement {
	p.want("(")
	holds := p.expression()
	p.want(")", "{")
	then := p.statements("}", place{tests: tests})
	var otherwise []statement
	if p.took("else", "if") {
		otherwise = []statement{p.condition(tests)}
	} else if p.took("else", "{") {
		otherwise = p.statements("}", place{tests: tests})
	}
	return func(r *run) {
		if holds(r).truthy() {
			r.perform(then)
		} else {
			r.perform(otherwise)
		}
	}
}

// test is pm.test behind its parenthesis.
func (p *parser) test() statement {
	name := p.expression()
	p.want(",")
	var body []statement
	switch {
	case p.took("(", ")", "=>", "{"), p.took("function", "(", ")", "{"):
		body = p.statements("}", place{body: true})
	case p.took("(", ")", "=>"):
		body = []statement{p.action()}
	default:
		p.fail()
	}
	p.took(",")
	p.want(")")
	return test(name, body)
}

// action is a statement that asserts something or sets a variable.
func (p *parser) action() statement {
	p.want("pm", ".")
	if p.took("expect", "(") {
		arguments := p.list(")")
		p.want(".")
		return p.chain(arguments, p.valueLink)
	}
	if p.took("response", ".", "to", ".") {
		return p.chain(nil, p.responseLink)
	}
	l, ok := scopes[p.next().Text]
	if !ok || !l.settable() {
		p.fail()
	}
	p.want(".")
	return p.change(l)
}

func (p *parser) change(l layer) statement {
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

// A link is a word of a chain and its arguments.
type link struct {
	word      word
	arguments []expression
}

// chain is an assertion of the first of some values, behind its first dot.
func (p *parser) chain(of []expression, read func(name string) link) statement {
	var links []link
	for more := true; more && !p.failed; more = p.took(".") {
		name := p.next().Text
		if chains[name] && !p.peek().Is("(") {
			continue
		}
		l := read(name)
		if l.word == nil {
			p.fail()
		}
		links = append(links, l)
	}
	return func(r *run) {
		var a assertion
		if of := r.evaluate(of); len(of) > 0 {
			a.subject = of[0]
		}
		for _, l := range links {
			if arguments := r.evaluate(l.arguments); r.stuck || !l.word(r, &a, arguments) {
				r.giveUp()
				return
			}
		}
	}
}

// valueLink is a word of pm.expect.
func (p *parser) valueLink(name string) (l link) {
	if !p.took("(") {
		return link{word: properties[name]}
	}
	if l.arguments = p.list(")"); len(l.arguments) > 0 {
		l.word = methods[name]
	}
	return l
}

// responseLink is a word of pm.response.to.
func (p *parser) responseLink(name string) (l link) {
	var check responseWord
	if !p.took("(") {
		if name == "not" {
			return link{word: properties[name]}
		}
		check = responseProperties[name]
	} else if l.arguments = p.list(")"); len(l.arguments) > 0 {
		check = responseMethods[name]
	}
	if check != nil {
		l.word = onResponse(check)
	}
	return l
}

// list is expressions with commas between them, up to a closing token.
func (p *parser) list(end string) (list []expression) {
	for !p.took(end) && !p.failed {
		list = append(list, p.expression())
		if !p.peek().Is(end) {
			p.want(",")
		}
	}
	return list
}

func (r *run) evaluate(list []expression) []value {
	if len(list) == 0 {
		return nil
	}
	values := make([]value, 0, len(list))
	for _, e := range list {
		values = append(values, e(r))
	}
	return values
}

// numberOf is a literal in decimal digits.
func numberOf(literal string) (float64, bool) {
	if len(literal) > 1 && literal[0] == '0' && literal[1] != '.' || strings.Trim(literal, ".0123456789") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(literal, 64)
	return f, err == nil
}
