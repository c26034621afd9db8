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

func python(c *call) string {
	var main strings.Builder
	e := pythonSyntax.expr
	data := "None"
	switch c.body.kind {
	case "text":
		data = "(" + e(c.body.text) + ").encode()"
	case "form":
		data = "(" + e(c.formText()) + ").encode()"
	case "file":
		fmt.Fprintf(&main, "with open(%s, \"rb\") as file:\n    data = file.read()\n", e(c.body.file))
		data = "data"
	case "multipart":
		pythonParts(&main, c)
		data = "data"
	}
	fmt.Fprintf(&main, "request = urllib.request.Request(%s, method=%s, data=%s)\n", e(c.url), jsonQuote(c.method), data)
	for _, f := range c.oneOfEach() {
		fmt.Fprintf(&main, "request.add_header(%s, %s)\n", e(f.name), pythonBytes(f.value))
	}
	if c.body.kind == "multipart" {
		main.WriteString("request.add_header(\"Content-Type\", \"multipart/form-data; boundary=\" + boundary)\n")
	}
	var b strings.Builder
	b.WriteString("#!/usr/bin/env python3\n")
	c.head(&b, "#")
	code := main.String()
	for _, module := range []string{"base64", "os", "sys", "urllib.error", "urllib.request", "uuid"} {
		if strings.HasPrefix(module, "urllib") || module == "sys" || strings.Contains(code, module+".") {
			b.WriteString("import " + module + "\n")
		}
	}
	if strings.Contains(code, "quote(") {
		b.WriteString("from urllib.parse import quote\n")
	}
	b.WriteString("\n" + code + pythonTail)
	return b.String()
}

const pythonTail = `try:
    with urllib.request.urlopen(request) as response:
        sys.stdout.buffer.write(response.read())
except urllib.error.HTTPError as error:
    sys.stdout.buffer.write(error.read())
    sys.exit(f"the server answered {error.code} {error.reason}")
except urllib.error.URLError as error:
    sys.exit(str(error.reason))
`

// pythonBytes is a header's value: Python sends Latin-1, servers read UTF-8.
func pythonBytes(t text) string {
	e := pythonSyntax.expr(t)
	if s, ok := t.plain(); ok && ascii(s) {
		return e
	}
	return "(" + e + ").encode().decode(\"latin-1\")"
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7f })
}

// oneOfEach joins headers of one name, for clients that keep only one.
func (c *call) oneOfEach() []field {
	var out []field
next:
	for _, f := range c.headers {
		for i := range out {
			if strings.EqualFold(out[i].name.String(), f.name.String()) {
				out[i].value = merged(append(append(out[i].value[:len(out[i].value):len(out[i].value)], piece{literal: ", "}), f.value...))
				continue next
			}
		}
		out = append(out, f)
	}
	return out
}

func pythonParts(b *strings.Builder, c *call) {
	e := pythonSyntax.expr
	b.WriteString("boundary = uuid.uuid4().hex\ndata = b\"\"\n")
	for _, p := range c.body.parts {
		head := "\"--\" + boundary + \"\\r\\nContent-Disposition: form-data; name=\\\"\" + " + e(p.name) + ` + "\"`
		if p.file {
			head += `; filename=\"" + ` + e(base(p.value)) + ` + "\"`
		}
		if p.contentType != "" {
			head += `\r\nContent-Type: " + ` + jsonQuote(p.contentType) + ` + "`
		}
		head += `\r\n\r\n"`
		fmt.Fprintf(b, "data += (%s).encode()\n", head)
		if p.file {
			fmt.Fprintf(b, "with open(%s, \"rb\") as file:\n    data += file.read() + b\"\\r\\n\"\n", e(p.value))
		} else {
			fmt.Fprintf(b, "data += (%s).encode() + b\"\\r\\n\"\n", e(p.value))
		}
	}
	b.WriteString("data += (\"--\" + boundary + \"--\\r\\n\").encode()\n")
}
