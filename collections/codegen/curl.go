package codegen

import (
	"strings"
)

// shell quotes for POSIX shells: single quotes take everything but
// themselves.
func shell(s string) string {
	s = strings.ReplaceAll(s, "\x00", "")
	if s == "" {
		return "''"
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

var shellSyntax = syntax{
	quote: shell,
	ref:   func(p *param) string { return `"$` + p.env + `"` },
	join:  func(parts []string) string { return strings.Join(parts, "") },
	base64: func(s string) string {
		return `"$(printf %s ` + s + ` | base64 | tr -d '\n')"`
	},
	// Only URLs need it here, where no tool encodes for us.
	urlencode: func(s string) string {
		return `"$(printf %s ` + s + ` | od -An -v -tx1 | tr -d '\n' | tr ' ' %)"`
	},
}

// shellHead is a script's beginning: it ends there when a parameter is not set.
func (c *call) shellHead(b *strings.Builder) {
	b.WriteString("#!/bin/sh\n")
	c.head(b, "#")
	for _, p := range c.params {
		b.WriteString(`: "${` + p.env + `:?is not set}"` + "\n")
	}
}

func curl(c *call) string {
	var b strings.Builder
	e := shellSyntax.expr
	c.shellHead(&b)
	b.WriteString("curl --silent --show-error --fail-with-body --location --globoff --path-as-is")
	add := func(flag, value string) {
		b.WriteString(" \\\n  " + flag)
		if value != "" {
			b.WriteString(" " + value)
		}
	}
	if c.method == "HEAD" {
		add("--head", "")
	} else {
		add("--request", shell(c.method))
	}
	for _, f := range c.headers {
		add("--header", e(headerLine(f)))
	}
	c.curlAuth(add)
	c.curlBody(add)
	add("--url", e(c.url))
	b.WriteByte('\n')
	return b.String()
}

// headerLine is "Name: value"; curl takes "Name;" for an empty one and drops
// "Name:".
func headerLine(f field) text {
	if s, ok := f.value.plain(); ok && s == "" {
		return append(f.name[:len(f.name):len(f.name)], piece{literal: ";"})
	}
	return merged(append(append(f.name[:len(f.name):len(f.name)], piece{literal: ": "}), f.value...))
}

var curlSchemes = []string{"digest", "ntlm", "awsv4"}

// curlAuth adds the schemes curl has itself.
func (c *call) curlAuth(add func(flag, value string)) {
	if c.auth.Type == "" {
		return
	}
	e := shellSyntax.expr
	user := append(append(text{}, c.authFor["username"]...), piece{literal: ":"})
	user = append(user, c.authFor["password"]...)
	switch c.auth.Type {
	case "digest", "ntlm":
		add("--"+c.auth.Type, "")
		add("--user", e(user))
	case "awsv4":
		scope := text{{literal: "aws:amz:"}}
		scope = append(append(append(scope, c.authFor["region"]...), piece{literal: ":"}), c.authFor["service"]...)
		add("--aws-sigv4", e(scope))
		add("--user", e(append(append(append(text{}, c.authFor["accessKey"]...), piece{literal: ":"}), c.authFor["secretKey"]...)))
	}
}

func (c *call) curlBody(add func(flag, value string)) {
	e := shellSyntax.expr
	switch c.body.kind {
	case "text":
		add("--data-raw", e(c.body.text))
	case "form":
		for _, f := range c.body.form {
			name := text{{literal: escapeForm(f.name.String()) + "="}}
			if _, ok := f.name.plain(); !ok {
				name = append(encoded(f.name), piece{literal: "="})
			}
			add("--data-urlencode", e(append(name, f.value...)))
		}
	case "multipart":
		for _, p := range c.body.parts {
			add("--form", e(append(append(text{}, p.name...), append(text{{literal: "="}}, formValue(p)...)...)))
		}
	case "file":
		add("--data-binary", e(append(text{{literal: "@"}}, c.body.file...)))
	}
}

// formValue is a part in curl's own little language: quoted, so that ";" and
// "," do not end it.
func formValue(p formPart) text {
	var out text
	if p.file {
		out = append(out, piece{literal: "@"})
	}
	out = append(out, piece{literal: `"`})
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	for _, v := range p.value {
		v.literal = escape.Replace(v.literal)
		out = append(out, v)
	}
	out = append(out, piece{literal: `"`})
	if p.contentType != "" {
		out = append(out, piece{literal: ";type=" + p.contentType})
	}
	return merged(out)
}
