package collections

import (
	"bytes"
	"strings"

	"github.com/tidwall/gjson"
)

// A place is where a node or script is in the file as written.
type place struct {
	line, col int     // 0 when unknown
	lines     []int   // those of a script's lines, when exec is an array
	written   []Place // in other files: of an item, or of a script's lines
}

// A canonicaliser rewrites liberal documents into strict v2.1 form: every
// item an object, headers arrays of objects, scripts arrays of lines. It
// neither drops nor reorders items or members.
type canonicaliser struct {
	out     bytes.Buffer
	places  []place    // of the collection and its items, in document order
	scripts []place    // of the scripts, in document order
	text    *lineIndex // of the document; nil: places are not known
	open    []member   // of the objects that are being rewritten, the outermost first
}

// A member is one of an object's; raw is its key as written.
type member struct {
	key, raw string
	value    gjson.Result
}

// canonical returns the strict form of doc and the places in it, which are
// found by text, the document's own; nil when they are elsewhere.
func canonical(doc gjson.Result, text *lineIndex) ([]byte, *canonicaliser) {
	c := &canonicaliser{text: text}
	c.out.Grow(len(doc.Raw) + len(doc.Raw)/16) // of a large document, no buffers that double are left behind
	c.entity(doc)
	c.open, c.text = nil, nil
	return c.out.Bytes(), c
}

// place is where a value begins.
func (c *canonicaliser) place(r gjson.Result) place {
	var p place
	if c.text != nil && r.Index > 0 {
		p.line, p.col = c.text.position(r.Index)
	}
	return p
}

// object rewrites an object member by member; rewrite returns false for
// members it leaves as they are. Of duplicate keys only the last counts, and
// only that one is rewritten.
func (c *canonicaliser) object(r gjson.Result, rewrite func(key string, v gjson.Result) bool) {
	from := len(c.open)
	last := map[string]int{}
	r.ForEach(func(k, v gjson.Result) bool {
		last[k.String()] = len(c.open)
		c.open = append(c.open, member{k.String(), k.Raw, v})
		return true
	})
	to := len(c.open)
	c.out.WriteByte('{')
	for i := from; i < to; i++ {
		if i > from {
			c.out.WriteByte(',')
		}
		m := c.open[i]
		c.out.WriteString(m.raw)
		c.out.WriteByte(':')
		if last[m.key] != i || !rewrite(m.key, m.value) {
			c.out.WriteString(m.value.Raw)
		}
	}
	c.out.WriteByte('}')
	c.open = c.open[:from]
}

func (c *canonicaliser) array(list []gjson.Result, each func(v gjson.Result)) {
	c.out.WriteByte('[')
	for i, v := range list {
		if i > 0 {
			c.out.WriteByte(',')
		}
		each(v)
	}
	c.out.WriteByte(']')
}

// entity is a collection, folder or request item.
func (c *canonicaliser) entity(r gjson.Result) {
	c.places = append(c.places, c.place(r))
	if !r.IsObject() {
		c.out.WriteString(`{"name":""}`)
		return
	}
	c.object(r, func(key string, v gjson.Result) bool {
		switch key {
		case "item":
			if !v.IsArray() {
				return false
			}
			c.array(indexed(v), c.entity)
		case "event":
			c.events(v)
		case "request":
			c.request(v)
		case "auth":
			c.auth(v)
		case "response":
			c.responses(v)
		default:
			return false
		}
		return true
	})
}

// responses are saved examples.
func (c *canonicaliser) responses(r gjson.Result) {
	if !r.IsArray() {
		c.out.WriteString("[]")
		return
	}
	c.array(r.Array(), func(v gjson.Result) {
		if !v.IsObject() {
			c.out.WriteString("{}")
			return
		}
		c.object(v, func(key string, v gjson.Result) bool {
			switch {
			case key == "originalRequest" && v.Type != gjson.Null:
				c.request(v)
			case key == "header":
				c.header(v)
			default:
				return false
			}
			return true
		})
	})
}

// indexed are the elements of an array with their offsets in the file.
func indexed(r gjson.Result) []gjson.Result {
	var out []gjson.Result
	r.ForEach(func(_, v gjson.Result) bool {
		out = append(out, v)
		return true
	})
	return out
}

// events is an array; one event alone may be written without it.
func (c *canonicaliser) events(r gjson.Result) {
	list := []gjson.Result{r}
	if r.IsArray() {
		list = indexed(r)
	} else if !r.IsObject() {
		list = nil
	}
	c.array(list, func(v gjson.Result) {
		if !v.IsObject() {
			c.out.WriteString(v.Raw)
			return
		}
		c.object(v, func(key string, v gjson.Result) bool {
			if key != "script" {
				return false
			}
			c.script(v)
			return true
		})
	})
}

// script is {exec: [lines]}; it may be written as the lines or one text.
func (c *canonicaliser) script(r gjson.Result) {
	switch {
	case r.Type == gjson.String || r.IsArray():
		c.out.WriteString(`{"type":"text/javascript","exec":`)
		c.exec(r)
		c.out.WriteByte('}')
	case r.IsObject():
		seen := false
		c.object(r, func(key string, v gjson.Result) bool {
			if key != "exec" {
				return false
			}
			seen = true
			c.exec(v)
			return true
		})
		if !seen {
			c.scripts = append(c.scripts, c.place(r))
		}
	default:
		c.scripts = append(c.scripts, c.place(r))
		c.out.WriteString(r.Raw)
	}
}

func (c *canonicaliser) exec(r gjson.Result) {
	p := c.place(r)
	defer func() { c.scripts = append(c.scripts, p) }()
	if r.IsArray() {
		list := indexed(r)
		for _, v := range list {
			p.lines = append(p.lines, c.place(v).line)
		}
		c.array(list, func(v gjson.Result) { c.out.Write(quoteJSON(text(v))) })
		return
	}
	lines := strings.Split(strings.ReplaceAll(text(r), "\r\n", "\n"), "\n")
	c.out.WriteByte('[')
	for i, l := range lines {
		if i > 0 {
			c.out.WriteByte(',')
		}
		c.out.Write(quoteJSON(l))
	}
	c.out.WriteByte(']')
}

// request is an object; a text alone is a URL to GET.
func (c *canonicaliser) request(r gjson.Result) {
	if r.Type == gjson.String {
		c.out.WriteString(`{"method":"GET","url":`)
		c.url(r)
		c.out.WriteByte('}')
		return
	}
	if !r.IsObject() {
		c.out.WriteString(`{"method":"GET"}`)
		return
	}
	c.object(r, func(key string, v gjson.Result) bool {
		switch key {
		case "url":
			c.url(v)
		case "header":
			c.header(v)
		case "auth":
			c.auth(v)
		case "body":
			c.body(v)
		default:
			return false
		}
		return true
	})
}

// url is an object of parts.
func (c *canonicaliser) url(r gjson.Result) {
	switch {
	case r.Type == gjson.String:
		c.out.Write(ParseURL(r.Str).canonical(r.Str, ""))
	case r.IsObject():
		if !parted(r) {
			raw := text(lookup(r, "raw"))
			c.out.Write(ParseURL(raw).canonical(raw, variables(r)))
			return
		}
		c.object(r, c.urlMember)
	default:
		c.out.WriteString(r.Raw)
	}
}

// parted reports whether a URL object has parts besides its raw text.
func parted(r gjson.Result) bool {
	return lookup(r, "host").Exists() || lookup(r, "path").Exists() || lookup(r, "query").Exists() ||
		!lookup(r, "raw").Exists()
}

func variables(r gjson.Result) string { return lookup(r, "variable").Raw }

func (c *canonicaliser) urlMember(key string, v gjson.Result) bool {
	switch {
	case key == "host" && v.Type == gjson.String:
		c.strings(splitHost(v.Str))
	case key == "path" && v.Type == gjson.String:
		c.strings(strings.Split(strings.TrimPrefix(v.Str, "/"), "/"))
	case key == "host" && v.IsArray(), key == "path" && v.IsArray():
		c.array(v.Array(), func(v gjson.Result) {
			if v.IsObject() {
				v = lookup(v, "value")
			}
			c.out.Write(quoteJSON(text(v)))
		})
	case key == "query" && v.Type == gjson.String:
		c.out.Write(queryJSON(parseQuery(v.Str)))
	case key == "query" && v.IsObject():
		c.pairs(v)
	case key == "port" && v.Type != gjson.String && v.Type != gjson.Null:
		c.out.Write(quoteJSON(text(v)))
	default:
		return false
	}
	return true
}

func (c *canonicaliser) strings(list []string) {
	c.out.WriteByte('[')
	for i, s := range list {
		if i > 0 {
			c.out.WriteByte(',')
		}
		c.out.Write(quoteJSON(s))
	}
	c.out.WriteByte(']')
}

// pairs writes a map as a list of keys and values.
func (c *canonicaliser) pairs(r gjson.Result) {
	c.out.WriteByte('[')
	first := true
	r.ForEach(func(k, v gjson.Result) bool {
		if !first {
			c.out.WriteByte(',')
		}
		first = false
		c.out.WriteString(`{"key":` + k.Raw + `,"value":` + v.Raw + `}`)
		return true
	})
	c.out.WriteByte(']')
}

// header is a list of objects; lines, one text of lines and a map are taken
// too.
func (c *canonicaliser) header(r gjson.Result) {
	switch {
	case r.IsArray():
		c.array(r.Array(), func(v gjson.Result) {
			if v.Type == gjson.String {
				c.headerLine(v.Str)
				return
			}
			c.out.WriteString(v.Raw)
		})
	case r.Type == gjson.String:
		c.out.WriteByte('[')
		first := true
		for line := range strings.SplitSeq(strings.ReplaceAll(r.Str, "\r\n", "\n"), "\n") {
			if key, _, ok := strings.Cut(line, ":"); !ok || key == "" || strings.ContainsAny(key, " \t") {
				continue // no header, to Postman's parser
			}
			if !first {
				c.out.WriteByte(',')
			}
			first = false
			c.headerLine(line)
		}
		c.out.WriteByte(']')
	case r.IsObject():
		c.pairs(r)
	default:
		c.out.WriteString(`[]`)
	}
}

func (c *canonicaliser) headerLine(line string) {
	key, val, _ := strings.Cut(line, ":")
	c.out.WriteString(`{"key":`)
	c.out.Write(quoteJSON(strings.TrimSpace(key)))
	c.out.WriteString(`,"value":`)
	c.out.Write(quoteJSON(strings.TrimSpace(val)))
	c.out.WriteByte('}')
}

// auth has its parameters as a list of keys and values.
func (c *canonicaliser) auth(r gjson.Result) {
	if !r.IsObject() {
		c.out.WriteString(map[bool]string{true: "{}", false: "null"}[truthy(r)]) // {} says nothing, and is reported
		return
	}
	kind := text(lookup(r, "type"))
	c.object(r, func(key string, v gjson.Result) bool {
		if key != kind || !v.IsObject() {
			return false
		}
		c.pairs(v)
		return true
	})
}

// body is an object; a text alone is a raw body.
func (c *canonicaliser) body(r gjson.Result) {
	if r.Type == gjson.String {
		c.out.WriteString(`{"mode":"raw","raw":` + r.Raw + `}`)
		return
	}
	if !r.IsObject() {
		c.out.WriteString(`null`)
		return
	}
	c.object(r, func(key string, v gjson.Result) bool {
		switch {
		case key == "file" && v.Type == gjson.String:
			c.out.WriteString(`{"src":` + v.Raw + `}`)
		case key == "urlencoded" && v.Type == gjson.String:
			c.out.Write(queryJSON(parseQuery(v.Str)))
		case (key == "urlencoded" || key == "formdata") && v.IsObject():
			c.pairs(v)
		default:
			return false
		}
		return true
	})
}
