package codegen

import (
	"strings"
)

// httpieKey escapes what separates a name from its value.
var httpieKey = strings.NewReplacer(":", `\:`, "=", `\=`, "@", `\@`, ";", `\;`)

func escapedKey(t text) text {
	out := make(text, len(t))
	for i, p := range t {
		p.literal = httpieKey.Replace(p.literal)
		out[i] = p
	}
	return out
}

// escapedValue guards a value's first character, which would make the
// separator another one (":=", "=@"). A backslash escapes nothing else.
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

func httpie(c *call) string {
	var b strings.Builder
	e := shellSyntax.expr
	c.shellHead(&b)
	b.WriteString("http --check-status --ignore-stdin --follow --body")
	line := func(s string) { b.WriteString(" \\\n  " + s) }
	switch c.body.kind {
	case "text":
		line("--raw " + e(c.body.text))
	case "form":
		line("--raw " + e(c.formText()))
	case "multipart":
		line("--multipart")
	}
	line(shell(c.method) + " " + e(c.url))
	for _, f := range c.headers {
		if s, ok := f.value.plain(); ok && s == "" {
			line(e(append(escapedKey(f.name), piece{literal: ";"})))
			continue
		}
		line(e(append(append(escapedKey(f.name), piece{literal: ":"}), escapedValue(f.value)...)))
	}
	for _, p := range c.body.parts {
		separator := "="
		if p.file {
			separator = "@"
		}
		t := append(append(escapedKey(p.name), piece{literal: separator}), escapedValue(p.value)...)
		if p.file && p.contentType != "" {
			t = append(t, piece{literal: ";type=" + p.contentType})
		}
		line(e(t))
	}
	if c.body.kind == "file" {
		line(e(append(text{{literal: "@"}}, c.body.file...)))
	}
	b.WriteByte('\n')
	return b.String()
}
