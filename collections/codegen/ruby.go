package codegen

import (
	"fmt"
	"strings"
)

var rubySyntax = syntax{
	quote:     rubyQuote,
	ref:       func(p *param) string { return "ENV.fetch(" + rubyQuote(p.env) + ")" },
	join:      joined("+"),
	urlencode: func(s string) string { return "URI.encode_www_form_component(" + s + ")" },
	base64:    func(s string) string { return "[" + s + `].pack("m0")` },
}

func ruby(c *call) string {
	var b strings.Builder
	e := rubySyntax.expr
	c.head(&b, "#")
	fmt.Fprintf(&b, "require \"net/http\"\n\nuri = URI(%s)\n", e(c.url))
	hasBody := "true"
	if c.body.kind == "" {
		hasBody = "false"
	}
	fmt.Fprintf(&b, "request = Net::HTTPGenericRequest.new(%s, %s, %v, uri)\n", rubyQuote(c.method), hasBody, c.method != "HEAD")
	seen := map[string]bool{}
	for _, f := range c.headers {
		verb := "request[%s] = %s\n"
		if name := strings.ToLower(f.name.String()); seen[name] {
			verb = "request.add_field(%s, %s)\n"
		} else {
			seen[name] = true
		}
		fmt.Fprintf(&b, verb, e(f.name), e(f.value))
	}
	switch c.body.kind {
	case "text":
		b.WriteString("request.body = " + e(c.body.text) + "\n")
	case "form":
		b.WriteString("request.body = " + e(c.formText()) + "\n")
	case "file":
		b.WriteString("request.body = File.binread(" + e(c.body.file) + ")\n")
	case "multipart":
		b.WriteString("request.set_form([\n")
		for _, p := range c.body.parts {
			value := e(p.value)
			if p.file {
				value = "File.open(" + value + ", \"rb\")"
			}
			options := ""
			if p.contentType != "" {
				options = ", { content_type: " + rubyQuote(p.contentType) + " }"
			}
			fmt.Fprintf(&b, "  [%s, %s%s],\n", e(p.name), value, options)
		}
		b.WriteString("], \"multipart/form-data\")\n")
	}
	b.WriteString(`
response = Net::HTTP.start(uri.host, uri.port, use_ssl: uri.scheme == "https") do |http|
  http.request(request)
end
print response.body
abort "the server answered #{response.code} #{response.message}" if response.code.to_i >= 400
`)
	return b.String()
}
