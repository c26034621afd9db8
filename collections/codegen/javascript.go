package codegen

import (
	"fmt"
	"slices"
	"strings"
)

var jsSyntax = syntax{
	quote:     jsonQuote,
	ref:       func(p *param) string { return "env(" + jsonQuote(p.env) + ")" },
	join:      joined("+"),
	urlencode: func(s string) string { return "encodeURIComponent(" + s + ")" },
	base64:    func(s string) string { return "Buffer.from(" + s + `).toString("base64")` },
}

func jsBytes(s segment) string {
	switch {
	case s.file != nil:
		return "await readFile(" + jsSyntax.expr(s.file) + ")"
	case s.base64 != "":
		return "Buffer.from(" + jsonQuote(s.base64) + `, "base64")`
	}
	return "Buffer.from(" + jsSyntax.expr(s.text) + ")"
}

// jsBody returns the body: a string or bytes. After a redirect Node's fetch
// loses a Buffer, but not a Blob.
func (c *call) jsBody() string {
	list := c.segments()
	if len(list) == 0 {
		return "null"
	}
	if _, hasType := c.header("Content-Type"); len(list) == 1 && list[0].isText() && hasType && !c.beyondFetch() {
		return jsSyntax.expr(list[0].text) // without a type, fetch would add one
	}
	var parts []string
	for _, s := range list {
		if s.isText() && !c.beyondFetch() {
			parts = append(parts, jsSyntax.expr(s.text))
		} else {
			parts = append(parts, jsBytes(s))
		}
	}
	open, end := "new Blob([", "])"
	if c.beyondFetch() {
		open, end = "Buffer.concat([", "])"
	}
	if len(parts) == 1 {
		return open + parts[0] + end
	}
	return open + "\n    " + strings.Join(parts, ",\n    ") + ",\n  " + end
}

// fetchRedirects is how fetch follows redirects.
var fetchRedirects = client{methods: safeMethods, drops: credentials}

// fetchHeaders are headers that fetch does not send.
var fetchHeaders = []string{"connection", "expect", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer"}

// beyondFetch reports whether a call has something that fetch cannot send: a
// body of GET and HEAD, some headers, two headers of one name, or an unverified
// certificate.
func (c *call) beyondFetch() bool {
	return c.body.kind != "" && (c.method == "GET" || c.method == "HEAD") || c.insecure || len(oneOfEach(c.headers)) < len(c.headers) ||
		slices.ContainsFunc(c.headers, func(f field) bool { return slices.Contains(fetchHeaders, strings.ToLower(f.name.String())) })
}

func javascript(c *call) string {
	c.browserURL("JavaScript")
	var b strings.Builder
	c.head(&b, "//")
	b.WriteString("// Node.js 20 or newer.\n")
	if slices.ContainsFunc(c.segments(), func(s segment) bool { return s.file != nil }) {
		b.WriteString("const { readFile } = require(\"node:fs/promises\");\n")
	}
	if c.beyondFetch() {
		b.WriteString("const http = require(\"node:http\");\nconst https = require(\"node:https\");\n")
	}
	b.WriteByte('\n')
	if len(c.params) > 0 {
		b.WriteString(jsEnv)
	}
	switch {
	case c.beyondFetch():
		b.WriteString(c.jsExchange())
		c.jsLoop(&b, "exchange(url, method, [...headers, ...secrets, ...content], body)")
	case c.redirects.follow && !c.asRun(fetchRedirects):
		c.jsLoop(&b, "fetch(url, { method, headers: [...headers, ...secrets, ...content], body, redirect: \"manual\" })")
	default:
		c.jsFetch(&b)
	}
	b.WriteString(jsTail)
	return b.String()
}

// jsFetch writes one call of fetch.
func (c *call) jsFetch(b *strings.Builder) {
	fmt.Fprintf(b, "async function main() {\n  const response = await fetch(%s, {\n    method: %s,\n", jsSyntax.expr(c.url), jsonQuote(c.method))
	if !c.redirects.follow {
		b.WriteString("    redirect: \"manual\",\n")
	}
	b.WriteString("    headers: [\n")
	for _, f := range c.headers {
		fmt.Fprintf(b, "      [%s, %s],\n", jsSyntax.expr(f.name), jsValue(f))
	}
	b.WriteString("    ],\n")
	if c.body.kind != "" {
		b.WriteString("    body: " + c.jsBody() + ",\n")
	}
	b.WriteString("  });\n")
}

// jsLoop writes a program that follows redirects itself, or none.
func (c *call) jsLoop(b *strings.Builder, send string) {
	g := c.groups(c.headers)
	fmt.Fprintf(b, "async function main() {\n  let url = %s;\n  let method = %s;\n  let body = %s;\n", jsSyntax.expr(c.url), jsonQuote(c.method), c.jsBody())
	jsHeaders(b, "const headers", g.plain)
	jsHeaders(b, "let secrets", g.secret)
	jsHeaders(b, "let content", g.content)
	b.WriteString("  let response = await " + send + ";\n")
	if !c.redirects.follow {
		return
	}
	b.WriteString("  // After 307 and 308 as before, after others by GET without the body. Secrets and\n  // body stay with their server.\n")
	b.WriteString("  for (let hops = 1; response.status >= 300 && response.status < 400 && response.headers.get(\"location\"); hops++) {\n")
	fmt.Fprintf(b, "    if (hops > %d) throw new Error(\"too many redirects\");\n    const target = new URL(response.headers.get(\"location\"), url);\n", c.redirects.most)
	if !c.redirects.keepMethod {
		b.WriteString("    if (response.status !== 307 && response.status !== 308) {\n      if (method !== \"HEAD\") method = \"GET\";\n      body = null;\n      content = [];\n    }\n")
	}
	if !c.redirects.keepAuth {
		b.WriteString("    if (target.origin !== new URL(url).origin) {\n      body = null;\n      content = [];\n      secrets = [];\n    }\n")
	}
	b.WriteString("    url = target.href;\n    response = await " + send + ";\n  }\n")
}

func jsHeaders(b *strings.Builder, name string, list []field) {
	if len(list) == 0 {
		b.WriteString("  " + name + " = [];\n")
		return
	}
	b.WriteString("  " + name + " = [\n")
	for _, f := range list {
		fmt.Fprintf(b, "    [%s, %s],\n", jsSyntax.expr(f.name), jsValue(f))
	}
	b.WriteString("  ];\n")
}

const jsEnv = `function env(name) {
  if (process.env[name] === undefined) throw new Error(name + " is not set");
  return process.env[name];
}

`

// jsExchange writes a call that fetch cannot make.
func (c *call) jsExchange() string {
	options := "{ method }"
	if c.insecure {
		options = "{ method, rejectUnauthorized: false }"
	}
	return `// exchange sends what fetch does not.
function exchange(url, method, headers, body) {
  return new Promise((resolve, reject) => {
    const call = (url.startsWith("https:") ? https : http).request(url, ` + options + `, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => {
        const { statusCode: status, statusMessage: statusText, headers } = answer;
        resolve({ status, statusText, headers: { get: (name) => headers[name] }, text: async () => Buffer.concat(chunks).toString() });
      });
    });
    call.on("error", reject);
    for (const [name, value] of headers) {
      if (/^host$/i.test(name)) call.setHeader(name, value);
      else call.appendHeader(name, value);
    }
    if (body) call.setHeader("Content-Length", body.length);
    call.end(body);
  });
}

`
}

const jsTail = `  process.stdout.write(await response.text());
  if (response.status >= 400) throw new Error("the server answered " + response.status + " " + response.statusText);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
`

// jsValue returns a header's value. The client sends it in Latin-1, as a run
// does unless there is a text body.
func jsValue(f field) string {
	e := jsSyntax.expr(f.value)
	if s, ok := f.value.plain(); f.latin1 || ok && ascii(s) {
		return e
	}
	return "Buffer.from(" + e + `).toString("latin1")`
}
