package jslex

import "strings"

// A grammar knows enough of JavaScript's grammar to distinguish a regular
// expression from a division: whether a value ends at a place.
type grammar struct {
	before  Token // the last token that is no comment
	value   bool  // the token ends a value, so a / after it divides
	start   bool  // a statement may begin here, so a { begins a block
	newline bool  // a comment since the last token contains a line end
	async   bool  // the value of start before the word async
	member  bool  // the token is the name of a property, after a dot
	open    []bracket
}

// A bracket is an open bracket.
type bracket struct {
	mark      byte     // ( [ { or ` for the ${ of a template
	head      string   // the word before a parenthesis
	kind      brace    // what a brace encloses
	body      bodyKind // whether a function or class is expected whose body has not begun
	questions int      // the number of ? whose : has not come yet
}

type brace uint8

const (
	block       brace = iota // statements, after which a statement begins
	object                   // an object literal, which is a value
	valueOfBody              // the body of a function or class expression, which is a value
)

type bodyKind uint8

const (
	noBody bodyKind = iota
	declared
	expressed
)

func (g *grammar) inTemplate() bool { return len(g.open) > 0 && g.open[len(g.open)-1].mark == '`' }

// top returns the innermost open bracket. The outermost one is the script
// itself.
func (g *grammar) top() *bracket {
	if len(g.open) == 0 {
		g.open = append(g.open, bracket{mark: '{'})
		g.start = true
	}
	return &g.open[len(g.open)-1]
}

func (g *grammar) push(b bracket) { g.open = append(g.open, b) }

func (g *grammar) pop(mark byte) (b bracket, ok bool) {
	if n := len(g.open) - 1; n > 0 && g.open[n].mark == mark {
		b, ok = g.open[n], true
		g.open = g.open[:n]
	}
	return b, ok
}

// become sets whether the last token ends a value, and whether a statement may
// begin after it.
func (g *grammar) become(value, start bool) { g.value, g.start = value, start }

// take goes on to the next token.
func (g *grammar) take(t Token) {
	g.top()
	if t.Kind == Comment {
		g.newline = g.newline || t.Newline || strings.ContainsFunc(t.Text, isLineEnd)
		return
	}
	if t.Is("await") && g.before.Is("for") { // for await (…) is like for (…)
		return
	}
	newline := t.Newline || g.newline
	switch t.Kind {
	case Word:
		g.word(t)
	case Punctuator:
		g.punctuator(t, newline)
	case Template:
		g.template(t.Text)
	default:
		g.become(true, false)
	}
	g.before, g.newline = t, false
}

var (
	operators = setOf("await case const delete extends in instanceof let new return throw typeof var void yield") // a value follows
	starters  = setOf("do else finally try")                                                                      // a statement follows
	heads     = setOf("catch for if switch while with")                                                           // a head in parentheses follows, then a statement
)

func (g *grammar) word(t Token) {
	b := g.top()
	g.member = g.before.Is(".") || g.before.Is("?.")
	key := b.mark == '{' && b.kind == object && (g.before.Is("{") || g.before.Is(","))
	switch text := t.Text; {
	case key, g.member:
		g.become(true, false)
	case text == "function", text == "class":
		declares := g.start || g.value
		if g.before.Is("async") {
			declares = g.async
		}
		b.body = expressed
		if declares {
			b.body = declared
		}
		g.become(true, false)
	case text == "async":
		g.async = g.start || g.value
		g.become(true, false)
	case text == "of" && b.head == "for" && g.value, operators[text]:
		g.become(false, false)
	case text == "default" && g.before.Is("export"):
		g.become(false, false)
	case starters[text]:
		g.become(false, true)
	default:
		g.become(true, false)
	}
}

func (g *grammar) punctuator(t Token, newline bool) {
	switch t.Text {
	case "(":
		g.push(bracket{mark: '(', head: g.head()})
		g.become(false, false)
	case "[":
		g.push(bracket{mark: '['})
		g.become(false, false)
	case "{":
		g.brace(newline)
	case ")":
		b, _ := g.pop('(')
		head := heads[b.head]
		g.become(!head, head)
	case "]":
		g.pop('[')
		g.become(true, false)
	case "}":
		b, ok := g.pop('{')
		value := ok && b.kind != block
		g.become(value, !value)
	case ";", "=>":
		g.become(false, true)
	case "?":
		g.top().questions++
		g.become(false, false)
	case ":":
		g.colon()
	case "++", "--":
		g.become(g.value && !newline, false)
	default:
		g.become(false, false)
	}
}

// head returns the word before a parenthesis, if the parenthesis is the head of
// a statement.
func (g *grammar) head() string {
	if g.before.Kind == Word && !g.member {
		return g.before.Text
	}
	return ""
}

// brace opens a block, an object or a body.
func (g *grammar) brace(newline bool) {
	b := g.top()
	kind := object
	switch {
	case b.body != noBody && g.value:
		if kind = block; b.body == expressed {
			kind = valueOfBody
		}
		b.body = noBody
	case g.start, g.value, newline && g.before.Is("return"):
		kind = block
	}
	g.push(bracket{mark: '{', kind: kind})
	g.become(false, kind != object)
}

// colon ends a conditional, a key, or a label.
func (g *grammar) colon() {
	b := g.top()
	label := b.questions == 0 && b.mark == '{' && b.kind != object
	b.questions = max(b.questions-1, 0)
	g.become(false, label)
}

// template reads a piece of a template: `a${ begins code, and } ends it.
func (g *grammar) template(piece string) {
	if piece[0] == '}' {
		g.pop('`')
	}
	inside := strings.HasSuffix(piece, "${")
	if inside {
		g.push(bracket{mark: '`'})
	}
	g.become(!inside, false)
}
