package plain

// A link is a word of a chain and its arguments. Behind one that changes the
// subject from the response to a value, other words follow.
type link struct {
	word      word
	arguments []expression
	ofValue   bool
}

// chain is an assertion of the first of some values, behind its first dot.
func (p *parser) chain(of []expression, read func(name string) link) statement {
	var links []link
	for more := true; more && !p.failed; more = p.took(".") {
		name := p.next().Text
		if chains[name] && !p.sees("(") {
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

// valueLink is a word of pm.expect.
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

// matches is a word that is given a regular expression.
func matches(found matcher) word {
	return func(r *run, a *assertion, arguments []value) bool {
		s := r.mustText(a.subject).text
		return !r.stuck && found(r, s) != a.not
	}
}

// responseLink is a word of pm.response.to.
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
