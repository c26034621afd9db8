package plain

import (
	"time"

	"postie/runner/script"
)

// response returns pm.response. It gives up when the request was not answered.
func (r *run) response() *script.Response {
	if f := r.facts.Response; f != nil && f.Code != 0 {
		return f
	}
	r.giveUp()
	return &script.Response{}
}

// reason returns the reason phrase of the response. HTTP/2 has none: then the
// machine knows a replacement.
func (r *run) reason() string {
	phrase := r.response().Status
	if phrase == "" {
		r.giveUp()
	}
	return phrase
}

// bodyText returns the body of the response.
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

// bodyJSON returns the JSON value of the response's body.
func (r *run) bodyJSON() value {
	if r.body == nil {
		v := r.parsed(r.bodyText())
		r.body = &v
	}
	return *r.body
}

// pm parses a value of the API, after "pm.".
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

// request parses a property of the request, after "pm.request.".
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

// sentText returns the raw body of the request.
func (r *run) sentText() value {
	body := r.member(r.sent(), "body")
	raw, _ := body.own("raw")
	if mode, _ := body.own("mode"); mode.text != "raw" || raw.text == "" {
		return r.giveUp()
	}
	return raw
}

// sent returns the request in the format of collections.
func (r *run) sent() value { return r.parsed(string(r.facts.Request)) }

// info parses a member of pm.info, after the dot.
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

// itemName returns undefined for an item without a name.
func itemName(c *script.Context) value {
	if c.ItemName == "" {
		return value{}
	}
	return value{kind: text, text: c.ItemName}
}

// response parses a value of the response, after "pm.response.".
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

// facts are the properties of the response.
var facts = map[string]func(*script.Response) value{
	"code": func(got *script.Response) value { return value{kind: number, number: float64(got.Code)} },
	"responseTime": func(got *script.Response) value {
		return value{kind: number, number: float64(got.Time) / float64(time.Millisecond)}
	},
	"responseSize": func(got *script.Response) value { return value{kind: number, number: float64(len(got.Body))} },
}

// field parses a header's name, after the parenthesis, and reads that header.
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
