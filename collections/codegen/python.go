package codegen

import (
	"fmt"
	"strings"
)

var pythonSyntax = syntax{
	quote:     jsonQuote,
	ref:       func(p *param) string { return "os.environ[" + jsonQuote(p.env) + "]" },
	join:      joined("+"),
	urlencode: func(s string) string { return "quote(" + s + `, safe="")` },
	base64:    func(s string) string { return "base64.b64encode((" + s + ").encode()).decode()" },
}

// pythonBytes returns the bytes of a segment.
func pythonBytes(s segment) string {
	switch {
	case s.file != nil:
		return "open(" + pythonSyntax.expr(s.file) + `, "rb").read()`
	case s.base64 != "":
		return "base64.b64decode(" + jsonQuote(s.base64) + ")"
	}
	return "(" + pythonSyntax.expr(s.text) + ").encode()"
}

func pythonBody(list []segment) string {
	var parts []string
	for _, s := range list {
		parts = append(parts, pythonBytes(s))
	}
	switch len(parts) {
	case 0:
		return "None"
	case 1:
		return parts[0]
	}
	return "b\"\".join([\n    " + strings.Join(parts, ",\n    ") + ",\n])"
}

// pythonRedirects is how urllib follows redirects: it makes GET of HEAD,
// refuses 307 for a POST, and sends credentials to any server.
var pythonRedirects = client{methods: []string{"GET"}}

func python(c *call) string {
	c.joinsHeaders("Python")
	if _, ok := c.header("Content-Type"); !ok && c.body.kind != "" {
		c.note("Python's client adds a Content-Type")
	}
	var main strings.Builder
	e := pythonSyntax.expr
	switch {
	case c.redirects.follow && c.asRun(pythonRedirects):
		fmt.Fprintf(&main, "request = urllib.request.Request(%s, method=%s, data=%s)\n", e(c.url), jsonQuote(c.method), pythonBody(c.segments()))
		for _, f := range oneOfEach(c.headers) {
			fmt.Fprintf(&main, "request.add_header(%s, %s)\n", e(f.name), pythonValue(f))
		}
		fmt.Fprintf(&main, pythonAnswer, "urllib.request.urlopen(request"+c.pythonContext()+")")
	default:
		c.pythonLoop(&main)
	}
	var b strings.Builder
	b.WriteString("#!/usr/bin/env python3\n")
	c.head(&b, "#")
	code := main.String()
	for _, module := range []string{"base64", "os", "ssl", "sys", "urllib.error", "urllib.request"} {
		if strings.HasPrefix(module, "urllib") || module == "sys" || strings.Contains(code, module+".") {
			b.WriteString("import " + module + "\n")
		}
	}
	var names []string
	for _, name := range []string{"quote", "urljoin", "urlsplit"} {
		if strings.Contains(code, name+"(") {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		b.WriteString("from urllib.parse import " + strings.Join(names, ", ") + "\n")
	}
	b.WriteString("\n" + code)
	return b.String()
}

// pythonContext returns the argument that turns off the verification of
// certificates.
func (c *call) pythonContext() string {
	if c.insecure {
		return ", context=ssl._create_unverified_context()"
	}
	return ""
}

const pythonAnswer = `try:
    with %s as response:
        sys.stdout.buffer.write(response.read())
except urllib.error.HTTPError as error:
    sys.stdout.buffer.write(error.read())
    sys.exit(f"the server answered {error.code} {error.reason}")
except urllib.error.URLError as error:
    sys.exit(str(error.reason))
`

// pythonLoop writes a program that follows redirects itself, or none.
func (c *call) pythonLoop(b *strings.Builder) {
	handlers := "NoRedirects"
	if c.insecure {
		handlers += ", urllib.request.HTTPSHandler(context=ssl._create_unverified_context())"
	}
	b.WriteString(`class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def send():
    request = urllib.request.Request(url, method=method, data=data, headers={**headers, **secrets, **content})
    try:
        return urllib.request.build_opener(` + handlers + `).open(request)
    except urllib.error.HTTPError as error:
        return error
    except urllib.error.URLError as error:
        sys.exit(str(error.reason))


`)
	g := c.groups(oneOfEach(c.headers))
	fmt.Fprintf(b, "url = %s\nmethod = %s\ndata = %s\n", pythonSyntax.expr(c.url), jsonQuote(c.method), pythonBody(c.segments()))
	pythonHeaders(b, "headers", g.plain)
	pythonHeaders(b, "secrets", g.secret)
	pythonHeaders(b, "content", g.content)
	b.WriteString("response = send()\n")
	if c.redirects.follow {
		b.WriteString("# After 307 and 308 as before, after others by GET without the body. Secrets and\n# body stay with their server.\n")
		fmt.Fprintf(b, "hops = 0\nwhile response.status // 100 == 3 and response.headers[\"Location\"]:\n    hops += 1\n    if hops > %d:\n        sys.exit(\"too many redirects\")\n", c.redirects.most)
		b.WriteString("    target = urljoin(url, response.headers[\"Location\"])\n")
		if !c.redirects.keepMethod {
			b.WriteString("    if response.status not in (307, 308):\n        method, data, content = \"HEAD\" if method == \"HEAD\" else \"GET\", None, {}\n")
		}
		if !c.redirects.keepAuth {
			b.WriteString("    if urlsplit(target)[:2] != urlsplit(url)[:2]:\n        secrets, data, content = {}, None, {}\n")
		}
		b.WriteString("    url = target\n    response = send()\n")
	}
	b.WriteString(`sys.stdout.buffer.write(response.read())
if response.status >= 400:
    sys.exit(f"the server answered {response.status} {response.reason}")
`)
}

func pythonHeaders(b *strings.Builder, name string, list []field) {
	if len(list) == 0 {
		b.WriteString(name + " = {}\n")
		return
	}
	b.WriteString(name + " = {\n")
	for _, f := range list {
		fmt.Fprintf(b, "    %s: %s,\n", pythonSyntax.expr(f.name), pythonValue(f))
	}
	b.WriteString("}\n")
}

// pythonValue returns a header's value. The client sends it in Latin-1, as a
// run does unless there is a text body.
func pythonValue(f field) string {
	e := pythonSyntax.expr(f.value)
	if s, ok := f.value.plain(); f.latin1 || ok && ascii(s) {
		return e
	}
	return "(" + e + ").encode().decode(\"latin-1\")"
}
