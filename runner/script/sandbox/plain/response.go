package plain

import (
	"time"

	"postie/runner/script"
)

// response is pm.response of a request that was answered.
func (r *run) response() *script.Response {
	if f := r.facts.Response; f != nil && f.Code != 0 {
		return f
	}
	r.giveUp()
	return &script.Response{}
}

// reason is the response's reason phrase. HTTP/2 has none: the machine knows what
// stands for it.
func (r *run) reason() string {
	phrase := r.response().Status
	if phrase == "" {
		r.giveUp()
	}
	return phrase
}

// bodyText is the response's body.
func (r *run) bodyText() string {
	if r.response(); r.stuck {
		return ""
	}
	if r.text == nil {
		s := r.facts.Text()
		r.text = &s
	}
	return *r.text
}

// bodyJSON is the value of the response's body.
func (r *run) bodyJSON() value {
	if r.body == nil {
		v := r.parsed(r.bodyText())
		r.body = &v
	}
	return *r.body
}

// pm is a value of the API, behind "pm.".
func (p *parser) pm() expression {
	name := p.next().Text
	p.want(".")
	switch name {
	case "response":
		return p.response()
	case "info":
		return p.info()
	case "request":
		return p.request()
	}
	l, ok := scopes[name]
	method := p.next()
	p.want("(")
	arguments := p.list(")")
	if !ok || len(arguments) != 1 {
		p.fail()
		return nil
	}
	key := arguments[0]
	switch method.Text {
	case "get":
		return func(r *run) value { return r.read(l, key(r)) }
	case "has":
		return func(r *run) value {
			_, found := r.variable(l, r.mustText(key(r)).text)
			return truth(found)
		}
	case "replaceIn":
		return func(r *run) value { return r.filled(l, r.mustText(key(r)).text) }
	}
	p.fail()
	return nil
}

// request is a text of the request, behind "pm.request.".
func (p *parser) request() expression {
	switch {
	case p.took("method"):
		return func(r *run) value { return r.mustText(r.member(r.sent(), "method")) }
	case p.took("body", ".", "raw"):
		return (*run).sentText
	}
	p.fail()
	return nil
}

// sentText is the body of a request that has one of its own.
func (r *run) sentText() value {
	body := r.member(r.sent(), "body")
	raw, _ := body.own("raw")
	if mode, _ := body.own("mode"); mode.text != "raw" || raw.text == "" {
		return r.giveUp()
	}
	return raw
}

// sent is the request in the form of collections.
func (r *run) sent() value { return r.parsed(string(r.facts.Request)) }

// info is a member of pm.info, behind the dot.
func (p *parser) info() expression {
	read := map[string]func(c *script.Context) value{
		"iteration":      func(c *script.Context) value { return value{kind: number, number: float64(c.Iteration)} },
		"iterationCount": func(c *script.Context) value { return value{kind: number, number: float64(c.Iterations)} },
		"requestName":    itemName,
		"requestId":      func(c *script.Context) value { return value{kind: text, text: c.ItemID} },
	}[p.next().Text]
	if read == nil {
		p.fail()
		return nil
	}
	return func(r *run) value { return read(r.facts.Context) }
}

// itemName is undefined for an item without a name.
func itemName(c *script.Context) value {
	if c.ItemName == "" {
		return value{}
	}
	return value{kind: text, text: c.ItemName}
}

// response is a value of the response, behind "pm.response.".
func (p *parser) response() expression {
	switch {
	case p.took("json", "(", ")"):
		return (*run).bodyJSON
	case p.took("text", "(", ")"):
		return func(r *run) value { return value{kind: text, text: r.bodyText()} }
	case p.took("headers", ".", "get", "("):
		return p.field(func(found string, ok bool) value {
			if !ok {
				return value{}
			}
			return value{kind: text, text: found}
		})
	case p.took("headers", ".", "has", "("):
		return p.field(func(_ string, ok bool) value { return truth(ok) })
	}
	name := p.next().Text
	if name == "status" {
		return func(r *run) value { return value{kind: text, text: r.reason()} }
	}
	read := facts[name]
	if read == nil {
		p.fail()
		return nil
	}
	return func(r *run) value { return read(r.response()) }
}

// facts are the response's own values.
var facts = map[string]func(*script.Response) value{
	"code": func(got *script.Response) value { return value{kind: number, number: float64(got.Code)} },
	"responseTime": func(got *script.Response) value {
		return value{kind: number, number: float64(got.Time) / float64(time.Millisecond)}
	},
	"responseSize": func(got *script.Response) value { return value{kind: number, number: float64(len(got.Body))} },
}

// field is a header of the response, behind the parenthesis.
func (p *parser) field(read func(found string, ok bool) value) expression {
	arguments := p.list(")")
	if len(arguments) != 1 {
		p.fail()
		return nil
	}
	return func(r *run) value {
		name := arguments[0](r)
		if name.kind != text {
			return r.giveUp()
		}
		return read(fieldOf(r.response(), name))
	}
}
