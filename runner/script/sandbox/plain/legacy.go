package plain

import (
	"fmt"

	"postie/runner/script"
)

// postmanSets are the functions of Postman's legacy API that change something.
var postmanSets = map[string]func(r *run, arguments []value){
	"setEnvironmentVariable":   setsText(environment),
	"setGlobalVariable":        setsText(globals),
	"clearEnvironmentVariable": func(r *run, arguments []value) { r.unset(environment, arguments[0]) },
	"clearGlobalVariable":      func(r *run, arguments []value) { r.unset(globals, arguments[0]) },
	"setNextRequest":           func(r *run, arguments []value) { r.setNext(arguments[0]) },
}

// setsText sets a variable to the text of a value. Zero, null and undefined are
// stored as they are.
func setsText(l layer) func(r *run, arguments []value) {
	return func(r *run, arguments []value) {
		v := arguments[1]
		if v.truthy() || v.kind == boolean {
			v = value{kind: text, text: r.shown(v)}
		}
		r.set(l, arguments[0], v)
	}
}

// postmanSet parses a call of a function in postmanSets.
func (p *parser) postmanSet() statement {
	p.want("postman", ".")
	name := p.next().Text
	p.want("(")
	arguments := p.list(")")
	wanted := 1
	if name == "setEnvironmentVariable" || name == "setGlobalVariable" {
		wanted = 2
	}
	if len(arguments) != wanted {
		p.fail()
	}
	return func(r *run) {
		r.notePostman()
		if given := r.evaluate(arguments); !r.stuck {
			postmanSets[name](r, given)
		}
	}
}

func (r *run) notePostman() { r.note("postman.setNextRequest", "pm.execution.setNextRequest()") }

// postmanGets are the functions of the legacy API that read something.
var postmanGets = map[string]func(r *run, name value) value{
	"getEnvironmentVariable": func(r *run, name value) value { return r.read(environment, name) },
	"getGlobalVariable":      func(r *run, name value) value { return r.read(globals, name) },
	"getResponseHeader": func(r *run, name value) value {
		found, ok := fieldOf(r.response(), r.mustText(name))
		if !ok {
			return value{}
		}
		return value{kind: text, text: found}
	},
}

// postmanGet parses a call of a function in postmanGets, after "postman".
func (p *parser) postmanGet() expression {
	p.want(".")
	find := postmanGets[p.next().Text]
	p.want("(")
	arguments := p.list(")")
	if find == nil || len(arguments) != 1 {
		p.fail()
		return nil
	}
	return func(r *run) value {
		r.notePostman()
		return find(r, arguments[0](r))
	}
}

// An entry is one of tests["name"], with a value that is truthy.
type entry struct {
	name  string
	value value
}

// entry parses tests["name"] = passed, after the bracket.
func (p *parser) entry() statement {
	name := p.expression()
	p.want("]", "=")
	passed := p.expression()
	return func(r *run) {
		n, v := name(r), passed(r)
		r.note("tests", "pm.test()")
		if n.kind != text || numeric(n.text) || n.text == "__proto__" || !v.truthy() {
			r.giveUp()
		}
		for i := range r.entries {
			if r.work(1); r.entries[i].name == n.text {
				r.entries[i].value = v
				return
			}
		}
		r.entries = append(r.entries, entry{n.text, v})
	}
}

// passed parses a read of tests["name"], after "tests".
func (p *parser) passed() expression {
	p.want("[")
	name := p.expression()
	p.want("]")
	return func(r *run) value {
		n := r.mustText(name(r)).text
		r.note("tests", "pm.test()")
		for _, e := range r.entries {
			if r.work(1); e.name == n {
				return e.value
			}
		}
		if inherited[n] {
			return r.giveUp()
		}
		return value{}
	}
}

// reportEntries reports the entries of tests[…] after the tests.
func (r *run) reportEntries() {
	for _, e := range r.entries {
		r.effects.Reports = append(r.effects.Reports, Report{Test: &script.Assertion{Name: e.name, Index: r.tests}})
		r.tests++
	}
}

// note records the use of a deprecated name and warns of it, once for each name.
func (r *run) note(name, instead string) {
	for _, before := range r.effects.Legacy {
		if before == name {
			return
		}
	}
	r.effects.Legacy = append(r.effects.Legacy, name)
	warning := fmt.Sprintf(`Using "%s" is deprecated. Use "%s" instead.`, name, instead)
	r.print("deprecated", []value{{kind: text, text: warning}})
}

// legacy parses a global of Postman's legacy API.
func (p *parser) legacy(name string) expression {
	switch name {
	case "responseBody":
		return func(r *run) value { return value{kind: text, text: r.bodyText()} }
	case "responseTime":
		return func(r *run) value { return facts["responseTime"](r.response()) }
	case "request":
		p.want(".", "name")
		return func(r *run) value {
			r.note("request", "pm.request")
			return itemName(r.facts.Context)
		}
	case "tests":
		return p.passed()
	case "responseCode":
		p.want(".")
		member := p.next()
		if !member.Is("code") && !member.Is("name") {
			p.fail()
		}
		return func(r *run) value {
			r.response()
			if r.note("responseCode", "pm.response.code"); member.Is("code") {
				return facts["code"](r.response())
			}
			return value{kind: text, text: r.reason()}
		}
	}
	p.fail()
	return nil
}
