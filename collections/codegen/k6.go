package codegen

import (
	"fmt"
	"strings"
)

var k6Syntax = syntax{
	quote:     jsonQuote,
	ref:       func(p *param) string { return "env(" + jsonQuote(p.env) + ")" },
	join:      joined("+"),
	urlencode: func(s string) string { return "encodeURIComponent(" + s + ")" },
	base64:    func(s string) string { return "encoding.b64encode(" + s + ")" },
}

// k6Bytes returns the bytes of a segment as an ArrayBuffer.
func k6Bytes(s segment) string {
	switch {
	case s.file != nil:
		return "open(" + k6Syntax.expr(s.file) + `, "b")`
	case s.base64 != "":
		return "encoding.b64decode(" + jsonQuote(s.base64) + ")"
	}
	return "encoding.b64decode(encoding.b64encode(" + k6Syntax.expr(s.text) + "))"
}

func (c *call) k6Body() string {
	list := c.segments()
	if len(list) == 0 {
		return "null"
	}
	if len(list) == 1 && list[0].isText() {
		return k6Syntax.expr(list[0].text)
	}
	var parts []string
	for _, s := range list {
		parts = append(parts, k6Bytes(s))
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return "joined([\n  " + strings.Join(parts, ",\n  ") + ",\n])"
}

const k6Joined = `// joined puts bytes one after the other.
function joined(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    all.set(new Uint8Array(part), at);
    at += part.byteLength;
  }
  return all.buffer;
}

`

const k6Env = `function env(name) {
  if (__ENV[name] === undefined) throw new Error(name + " is not set");
  return __ENV[name];
}

`

func k6(c *call) string {
	c.strictURL("k6", inAuthority)
	c.joinsHeaders("k6")
	c.utf8Headers("k6")
	var b strings.Builder
	c.head(&b, "//")
	body := c.k6Body()
	b.WriteString("// k6 run script.js\nimport http from \"k6/http\";\nimport exec from \"k6/execution\";\n")
	if strings.Contains(body+c.k6Headers(c.headers), "encoding.b64") {
		b.WriteString("import encoding from \"k6/encoding\";\n")
	}
	b.WriteByte('\n')
	if c.insecure {
		b.WriteString("export const options = { insecureSkipTLSVerify: true };\n\n")
	}
	if strings.HasPrefix(body, "joined(") {
		b.WriteString(k6Joined)
	}
	if len(c.params) > 0 {
		b.WriteString(k6Env)
	}
	fmt.Fprintf(&b, "const address = %s;\nconst data = %s;\n", k6Syntax.expr(c.url), body)
	if !c.redirects.follow || c.asRun(goRedirects) {
		c.k6Once(&b)
	} else {
		c.k6Loop(&b)
	}
	b.WriteString(`  if (response.error_code && response.status === 0) exec.test.abort(response.error);
  console.log(response.body);
  if (response.status >= 400) exec.test.abort("the server answered " + response.status_text);
}
`)
	return b.String()
}

// k6Headers returns an object of headers, which has each name once.
func (c *call) k6Headers(list []field) string {
	var b strings.Builder
	b.WriteString("{\n")
	for _, f := range oneOfEach(list) {
		name := k6Syntax.expr(f.name)
		if _, ok := f.name.plain(); !ok {
			name = "[" + name + "]"
		}
		fmt.Fprintf(&b, "  %s: %s,\n", name, k6Syntax.expr(f.value))
	}
	if b.Len() == 2 {
		return "{}"
	}
	return b.String() + "}"
}

func (c *call) k6Once(b *strings.Builder) {
	redirects := ""
	if !c.redirects.follow {
		redirects = ", redirects: 0"
	}
	fmt.Fprintf(b, "const headers = %s;\n\nexport default function () {\n  const response = http.request(%s, address, data, { headers%s });\n", c.k6Headers(c.headers), jsonQuote(c.method), redirects)
}

// k6Loop writes a script that follows redirects itself.
func (c *call) k6Loop(b *strings.Builder) {
	g := c.groups(c.headers)
	fmt.Fprintf(b, "const headers = %s;\nconst secrets = %s;\nconst content = %s;\n\n", c.k6Headers(g.plain), c.k6Headers(g.secret), c.k6Headers(g.content))
	fmt.Fprintf(b, `// origin is the server of an address.
function origin(url) {
  return /^[^:]*:\/\/[^/?#]*/.exec(url)[0];
}

export default function () {
  let [url, method, body, hasSecrets] = [address, %s, data, true];
  let response;
  // After 307 and 308 as before, after others by GET without the body. Secrets and
  // body stay with their server.
  for (let hops = 1; ; hops++) {
    const sent = Object.assign({}, headers, hasSecrets ? secrets : {}, body === null ? {} : content);
    response = http.request(method, url, body, { headers: sent, redirects: 0 });
    const location = response.headers["Location"];
    if (response.status < 300 || response.status > 399 || !location) break;
    if (hops > %d) throw new Error("too many redirects");
    const target = /^[a-z]+:\/\//i.test(location) ? location : location.startsWith("//") ? url.split("//")[0] + location
      : location.startsWith("/") ? origin(url) + location : url.split(/[?#]/)[0].replace(/[^/]*$/, "") + location;
`, jsonQuote(c.method), c.redirects.most)
	if !c.redirects.keepMethod {
		b.WriteString("    if (response.status !== 307 && response.status !== 308) {\n      method = method === \"HEAD\" ? \"HEAD\" : \"GET\";\n      body = null;\n    }\n")
	}
	if !c.redirects.keepAuth {
		b.WriteString("    if (origin(target) !== origin(url)) {\n      hasSecrets = false;\n      body = null;\n    }\n")
	}
	b.WriteString("    url = target;\n  }\n")
}
