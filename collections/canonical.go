package collections

import (
	"bytes"
	"iter"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// A place is the position of a node or a script in its file.
type place struct {
	line, col int     // 0 when unknown
	lines     []int   // of each line of a script, when exec is an array
	written   []Place // places in other files: one of an item, or one for each line of a script
}

// A canonicaliser rewrites liberal documents into strict v2.1 form: every
// item an object, headers arrays of objects, scripts arrays of lines. It
// neither drops nor reorders items or members. The collection, its folders and
// its items are read in one pass; what they have besides items is small.
type canonicaliser struct {
	src     string     // the document
	base    int        // the offset of src in its file
	text    *lineIndex // of the file; nil when places are unknown
	out     bytes.Buffer
	parts   []part  // the collection and its items, in document order
	scripts []place // of the scripts, in document order
	open    object  // the members of the objects that are being rewritten, the outermost object first
}

// A part is the collection, a folder or a request, with its position in the
// strict text.
type part struct {
	place    place
	from, to int
	members  [len(partMembers)]span
	items    int // the number of its items
	script   int // the index of its first script's place
}

// A span is a range of the strict text. The zero value is empty.
type span struct{ from, to int }

// partMembers are the members from which the tree is built.
var partMembers = [...]string{"id", "_postman_id", "name", "auth", "protocolProfileBehavior", "event", "item"}

// canonical rewrites doc. text is used to find positions in the file; it is nil
// when the document is not the file.
func canonical(doc gjson.Result, text *lineIndex) *canonicaliser {
	c := newCanonicaliser(doc, text)
	c.entity(0)
	c.finish()
	return c
}

func newCanonicaliser(doc gjson.Result, text *lineIndex) *canonicaliser {
	c := &canonicaliser{src: doc.Raw, base: doc.Index, text: text}
	c.out.Grow(len(doc.Raw) + len(doc.Raw)/16) // so that a large document does not leave behind buffers that were doubled
	c.parts = make([]part, 0, 1+len(doc.Raw)/1024)
	return c
}

// finish releases the memory of what was read.
func (c *canonicaliser) finish() { c.src, c.open, c.text = "", nil, nil }

// canonicalItem rewrites a document that is a single item, and wraps it in a
// collection with the given name, which is JSON.
func canonicalItem(doc gjson.Result, text *lineIndex, name string) *canonicaliser {
	c := newCanonicaliser(doc, text)
	c.parts = append(c.parts, part{place: c.placeAt(0), items: 1})
	c.out.WriteString(`{"info":{"name":` + name + `,"schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[`)
	c.entity(0)
	c.out.WriteString(`]}`)
	c.parts[0].to = c.out.Len()
	c.finish()
	return c
}

// place returns the place where a value begins.
func (c *canonicaliser) place(r gjson.Result) place { return c.placeAt(r.Index - c.base) }

func (c *canonicaliser) placeAt(at int) place {
	var p place
	if c.text != nil && c.base+at > 0 {
		p.line, p.col = c.text.position(c.base + at)
	}
	return p
}

// entity rewrites the collection, folder or request that begins at an offset.
// It returns the offset of its end.
func (c *canonicaliser) entity(at int) int {
	own := len(c.parts)
	c.parts = append(c.parts, part{place: c.placeAt(at), from: c.out.Len()})
	if c.src[at] != '{' {
		c.out.WriteString(`{"name":""}`)
		at = valueEnd(c.src, at)
	} else {
		at = c.entityMembers(own, at)
	}
	c.parts[own].to = c.out.Len()
	return at
}

// entityMembers rewrites the members of a collection, folder or request.
func (c *canonicaliser) entityMembers(own, at int) int {
	c.out.WriteByte('{')
	at, more := nextToken(c.src, at+1)
	for first := true; more; first = false {
		if !first {
			c.out.WriteByte(',')
		}
		key := valueOf(c.src[at:stringEnd(c.src, at)])
		c.out.WriteString(key.Raw)
		c.out.WriteByte(':')
		from := c.out.Len()
		at = c.entityMember(own, key.Str, afterColon(c.src, at+len(key.Raw)))
		if i := slices.Index(partMembers[:], key.Str); i >= 0 {
			c.parts[own].members[i] = span{from, c.out.Len()}
		}
		at, more = nextToken(c.src, at)
	}
	c.out.WriteByte('}')
	return at + 1
}

// entityMember rewrites the value of a member, and returns the offset of its
// end. When a key occurs more than once, its last value counts.
func (c *canonicaliser) entityMember(own int, key string, at int) int {
	if key == "item" {
		c.parts = c.parts[:own+1]
		if c.parts[own].items = 0; c.src[at] == '[' {
			return c.items(own, at)
		}
	}
	rewrite := func(r gjson.Result) { c.out.WriteString(r.Raw) }
	switch key {
	case "event":
		c.parts[own].script = len(c.scripts)
		rewrite = c.events
	case "request":
		rewrite = c.request
	case "auth":
		rewrite = c.auth
	case "response":
		rewrite = c.responses
	}
	r, end := valueAt(gjson.Result{Raw: c.src, Index: c.base}, at)
	rewrite(r)
	return end
}

// items rewrites the items of a part.
func (c *canonicaliser) items(own, at int) int {
	c.out.WriteByte('[')
	at, more := nextToken(c.src, at+1)
	for ; more; at, more = nextToken(c.src, at) {
		if c.parts[own].items > 0 {
			c.out.WriteByte(',')
		}
		at = c.entity(at)
		c.parts[own].items++
	}
	c.out.WriteByte(']')
	return at + 1
}

// object rewrites an object member by member. rewrite returns false for members
// that stay as they are. When a key occurs more than once, only its last value
// counts, and only that one is rewritten.
func (c *canonicaliser) object(r gjson.Result, rewrite func(key string, v gjson.Result) bool) {
	from := len(c.open)
	c.open = appendMembers(c.open, r)
	last := lastOfEach(c.open[from:])
	c.out.WriteByte('{')
	for i := range len(c.open) - from {
		if i > 0 {
			c.out.WriteByte(',')
		}
		m := c.open[from+i]
		c.out.WriteString(m.raw)
		c.out.WriteByte(':')
		if !last(i) || !rewrite(m.key, m.value) {
			c.out.WriteString(m.value.Raw)
		}
	}
	c.out.WriteByte('}')
	c.open = c.open[:from]
}

// fewMembers is the largest number of members that are compared one by one.
const fewMembers = 16

// lastOfEach returns a function that reports, for the index of a member,
// whether it is the last one with its key.
func lastOfEach(list object) func(i int) bool {
	if len(list) <= fewMembers {
		return func(i int) bool {
			return !slices.ContainsFunc(list[i+1:], func(m property) bool { return m.key == list[i].key })
		}
	}
	last := make(map[string]int, len(list))
	for i, m := range list {
		last[m.key] = i
	}
	return func(i int) bool { return last[list[i].key] == i }
}

func (c *canonicaliser) array(list iter.Seq[gjson.Result], each func(v gjson.Result)) {
	c.out.WriteByte('[')
	first := true
	for v := range list {
		if !first {
			c.out.WriteByte(',')
		}
		first = false
		each(v)
	}
	c.out.WriteByte(']')
}

// responses rewrites saved examples.
func (c *canonicaliser) responses(r gjson.Result) {
	if !r.IsArray() {
		c.out.WriteString("[]")
		return
	}
	c.array(elements(r), func(v gjson.Result) {
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

// events rewrites an array of events. A single event may be written without the
// array.
func (c *canonicaliser) events(r gjson.Result) {
	list := elements(r)
	if r.IsObject() {
		list = slices.Values([]gjson.Result{r})
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

// script rewrites a script to {exec: [lines]}. It may be written as a list of
// lines or as one string.
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
		c.array(elements(r), func(v gjson.Result) {
			p.lines = append(p.lines, c.place(v).line)
			writeText(&c.out, text(v))
		})
		return
	}
	lines := strings.Split(strings.ReplaceAll(text(r), "\r\n", "\n"), "\n")
	c.out.WriteByte('[')
	for i, l := range lines {
		if i > 0 {
			c.out.WriteByte(',')
		}
		writeText(&c.out, l)
	}
	c.out.WriteByte(']')
}

// request rewrites a request to an object. A string is the URL of a GET
// request.
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

// url rewrites a URL to an object of its parts.
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

// parted reports whether a URL object has more than its raw text.
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
		c.array(elements(v), func(v gjson.Result) {
			if v.IsObject() {
				v = lookup(v, "value")
			}
			writeText(&c.out, text(v))
		})
	case key == "query" && v.Type == gjson.String:
		c.out.Write(queryJSON(parseQuery(v.Str)))
	case key == "query" && v.IsObject():
		c.pairs(v)
	case key == "port" && v.Type != gjson.String && v.Type != gjson.Null:
		writeText(&c.out, text(v))
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
		writeText(&c.out, s)
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

// header rewrites headers to a list of objects. They may also be written as a
// list of lines, as one string of lines, or as a map.
func (c *canonicaliser) header(r gjson.Result) {
	switch {
	case r.IsArray():
		c.array(elements(r), func(v gjson.Result) {
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
				continue // Postman's parser ignores it
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
	writeText(&c.out, strings.TrimSpace(key))
	c.out.WriteString(`,"value":`)
	writeText(&c.out, strings.TrimSpace(val))
	c.out.WriteByte('}')
}

// auth rewrites the parameters of an auth to a list of keys and values.
func (c *canonicaliser) auth(r gjson.Result) {
	if !r.IsObject() {
		c.out.WriteString(map[bool]string{true: "{}", false: "null"}[truthy(r)]) // {} has no effect, but reports show it
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

// body rewrites a body to an object. A string is a raw body.
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
