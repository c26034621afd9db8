package plain

// A link is a word of a chain with its arguments. ofValue means that the word
// changes the subject from the response to a value, so words for values follow.
type link struct {
	word      word
	arguments []expression
	ofValue   bool
}

// chain parses an assertion about the first value of the list of, after its
// first dot. read parses one word.
func (p *parser) chain(of []expression, read func(name string) link) statement {
	var links []link
	chainable := false // the word before is a method that is not called: its length is a function's
	for more := true; more && !p.failed; more = p.took(".") {
		name := p.next().Text
		if chainable && name == "length" {
			p.fail()
		}
		called := p.sees("(")
		if chainable = !called && methods[name] != nil; chains[name] && !called {
			continue
		}
		l := read(name)
		if l.word == nil {
			p.fail()
		}
		if links = append(links, l); l.ofValue {
			read = p.valueLink
		}
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

// valueLink parses a word of a chain that begins with pm.expect.
func (p *parser) valueLink(name string) (l link) {
	if !p.took("(") {
		return link{word: properties[name]}
	}
	if name == "match" || name == "matches" {
		l.word = matches(p.matcher())
		p.took(",")
		l.arguments = p.list(")")
		return l
	}
	if l.arguments = p.list(")"); len(l.arguments) > 0 {
		l.word = methods[name]
	}
	return l
}

// matches returns a word that matches a regular expression.
func matches(found matcher) word {
	return func(r *run, a *assertion, arguments []value) bool {
		s := r.mustText(a.subject).text
		return !r.stuck && found(r, s) != a.not
	}
}

// responseLink parses a word of a chain that begins with pm.response.to.
func (p *parser) responseLink(name string) (l link) {
	var check responseWord
	switch called := p.took("("); {
	case !called && name == "not":
		return link{word: properties[name]}
	case !called && name == "responseTime":
		return link{word: timeOf, ofValue: true}
	case !called:
		check = responseProperties[name]
	default:
		if l.arguments = p.list(")"); len(l.arguments) > 0 || name == "jsonBody" {
			check = responseMethods[name]
		}
	}
	if check != nil {
		l.word = onResponse(check)
	}
	return l
}
