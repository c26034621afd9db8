package codegen

import (
	"fmt"
	"strings"
)

var jsSyntax = syntax{
	quote:     jsonQuote,
	ref:       func(p *param) string { return "env(" + jsonQuote(p.env) + ")" },
	join:      joined("+"),
	urlencode: func(s string) string { return "encodeURIComponent(" + s + ")" },
	base64:    func(s string) string { return "Buffer.from(" + s + `).toString("base64")` },
}

func javascript(c *call) string {
	var b strings.Builder
	e := jsSyntax.expr
	c.head(&b, "//")
	b.WriteString("// Node.js 20 or newer.\n")
	if c.body.kind == "file" || c.body.kind == "multipart" {
		b.WriteString("const { readFile } = require(\"node:fs/promises\");\n\n")
	}
	if len(c.params) > 0 {
		b.WriteString(jsEnv)
	}
	b.WriteString("async function main() {\n")
	body := ""
	switch c.body.kind {
	case "text":
		body = e(c.body.text)
	case "form":
		body = e(c.formText())
	case "file":
		body = "await readFile(" + e(c.body.file) + ")"
	case "multipart":
		body = "form"
		jsParts(&b, c)
	}
	fmt.Fprintf(&b, "  const response = await fetch(%s, {\n    method: %s,\n    headers: [\n", e(c.url), jsonQuote(c.method))
	for _, f := range c.headers {
		fmt.Fprintf(&b, "      [%s, %s],\n", e(f.name), jsBytes(f.value))
	}
	b.WriteString("    ],\n")
	if body != "" {
		b.WriteString("    body: " + body + ",\n")
	}
	b.WriteString("  });\n" + jsTail)
	return b.String()
}

// jsBytes is a header's value: fetch takes bytes as characters.
func jsBytes(t text) string {
	e := jsSyntax.expr(t)
	if s, ok := t.plain(); ok && ascii(s) {
		return e
	}
	return "Buffer.from(" + e + `).toString("latin1")`
}

const jsEnv = `function env(name) {
  if (process.env[name] === undefined) throw new Error(name + " is not set");
  return process.env[name];
}

`

const jsTail = `  process.stdout.write(await response.text());
  if (response.status >= 400) throw new Error("the server answered " + response.status + " " + response.statusText);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
`

func jsParts(b *strings.Builder, c *call) {
	e := jsSyntax.expr
	b.WriteString("  const form = new FormData();\n")
	for _, p := range c.body.parts {
		if p.file {
			fmt.Fprintf(b, "  form.append(%s, new Blob([await readFile(%s)]%s), %s);\n", e(p.name), e(p.value), blobType(p), e(base(p.value)))
		} else {
			fmt.Fprintf(b, "  form.append(%s, %s);\n", e(p.name), e(p.value))
		}
	}
}

func blobType(p formPart) string {
	if p.contentType == "" {
		return ""
	}
	return ", { type: " + jsonQuote(p.contentType) + " }"
}
