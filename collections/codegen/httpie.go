package codegen

import (
	"slices"
	"strings"
)

// httpieKey escapes characters that separate a name from its value.
var httpieKey = strings.NewReplacer(":", `\:`, "=", `\=`, "@", `\@`, ";", `\;`)

func escapedKey(t text) text {
	out := make(text, len(t))
	for i, p := range t {
		p.literal = httpieKey.Replace(p.literal)
		out[i] = p
	}
	return out
}

// escapedValue escapes the first character of a value that would turn the
// separator into another one (":=", "=@"). Elsewhere a backslash is an ordinary
// character.
func escapedValue(t text) text {
	out := append(text{}, t...)
	for i, p := range out {
		s := p.literal
		if i == 0 && s != "" && strings.ContainsRune("=@:", rune(s[0])) {
			s = `\` + s
		}
		out[i].literal = s
	}
	return out
}

// httpieRedirects is how the requests library follows redirects: it keeps PUT
// and similar methods after 301, and removes the Authorization header for other
// servers.
var httpieRedirects = client{methods: safeMethods, drops: []string{"authorization"}}

func httpie(c *call) string {
	c.strictURL("HTTPie", inQuery)
	c.utf8Headers("HTTPie")
	if _, ok := c.header("Content-Type"); !ok && c.body.kind != "" {
		c.note("HTTPie adds a Content-Type")
	}
	s := &script{}
	lines := c.httpieBody(s)
	flags, end := "http --check-status --ignore-stdin", "\n"
	if c.redirects.follow && !c.notFollowed("HTTPie", httpieRedirects) {
		flags += " --follow"
	} else {
		end = " || [ $? = 3 ] # a redirect is no failure\n"
	}
	if c.insecure {
		flags += " --verify=no"
	}
	lines = append(lines, shell(c.method)+" "+shellSyntax.expr(c.url))
	for _, f := range c.headers {
		if c.body.kind != "multipart" || !strings.EqualFold(f.name.String(), "Content-Type") {
			lines = append(lines, httpieHeader(f))
		}
	}
	for _, p := range c.body.parts {
		lines = append(lines, c.httpiePart(s, p))
	}
	var b strings.Builder
	c.shellHead(&b)
	b.WriteString(s.setup.String())
	if len(lines) > 0 && strings.HasPrefix(lines[0], "< ") { // the body is read from there
		b.WriteString(strings.Replace(flags, " --ignore-stdin", "", 1) + " --body " + strings.Join(lines[1:], " \\\n  ") + " \\\n  " + lines[0] + end)
		return b.String()
	}
	b.WriteString(flags + " --body \\\n  " + strings.Join(lines, " \\\n  ") + end)
	return b.String()
}

// httpieBody returns the options for the body. An option that begins with "< "
// is the program's standard input.
func (c *call) httpieBody(s *script) []string {
	raw := func(t text) []string {
		if file, ok := s.long(t); ok {
			return []string{"< " + file}
		}
		return []string{"--raw " + shellSyntax.expr(t)}
	}
	switch c.body.kind {
	case "text":
		return raw(c.body.text)
	case "form":
		return raw(c.formText())
	case "bytes":
		return []string{"< " + s.bytes(c.body.base64)}
	case "file":
		return []string{"< " + shellSyntax.expr(c.body.file)}
	case "multipart":
		return []string{"--multipart"}
	}
	return nil
}

func httpieHeader(f field) string {
	if s, ok := f.value.plain(); ok && s == "" {
		return shellSyntax.expr(append(escapedKey(f.name), piece{literal: ";"}))
	}
	return shellSyntax.expr(slices.Concat(escapedKey(f.name), text{{literal: ":"}}, escapedValue(f.value)))
}

// httpiePart returns a part of a form.
func (c *call) httpiePart(s *script, p formPart) string {
	e := shellSyntax.expr
	name := escapedKey(p.name)
	if p.filename != nil && p.filename.String() != baseName(p.value.String()) {
		c.note("HTTPie names a part's file as it is called")
	}
	if p.file || p.base64 {
		file := e(escapedValue(p.value))
		if p.base64 {
			file = s.bytes(p.value.String())
		}
		tail := ""
		if p.contentType != "" {
			tail = e(text{{literal: ";type=" + p.contentType}})
		}
		return e(append(name, piece{literal: "@"})) + file + tail
	}
	if p.contentType != "" {
		c.note("HTTPie sends the text of a part without a Content-Type")
	}
	if file, ok := s.long(p.value); ok {
		return e(append(name, piece{literal: "=@"})) + file
	}
	return e(slices.Concat(name, text{{literal: "="}}, escapedValue(p.value)))
}
