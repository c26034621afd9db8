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
	latin1: func(bytes string) string {
		return `"` + hexEscaped(bytes, strings.NewReplacer(`\`, `\\`, `"`, `\"`, `#`, `\#`).Replace) + `".b`
	},
}

func rubyBytes(s segment) string {
	switch {
	case s.file != nil:
		return "File.binread(" + rubySyntax.expr(s.file) + ")"
	case s.base64 != "":
		return rubyQuote(s.base64) + `.unpack1("m")`
	}
	return "(" + rubySyntax.expr(s.text) + ").b"
}

func (c *call) rubyBody() string {
	list := c.segments()
	var parts []string
	for _, s := range list {
		parts = append(parts, rubyBytes(s))
	}
	switch {
	case len(parts) == 0:
		return "nil"
	case len(parts) == 1 && list[0].isText():
		return rubySyntax.expr(list[0].text)
	case len(parts) == 1:
		return parts[0]
	}
	return "[\n  " + strings.Join(parts, ",\n  ") + "\n].join"
}

func ruby(c *call) string {
	c.strictURL("Ruby", inQuery)
	c.joinsHeaders("Ruby")
	if _, ok := c.header("Content-Type"); !ok && c.body.kind != "" {
		c.note("Ruby's client adds a Content-Type")
	}
	var b strings.Builder
	e := rubySyntax.expr
	c.head(&b, "#")
	g := c.groups(c.headers)
	fmt.Fprintf(&b, "require \"net/http\"\n\nuri = URI(%s)\nmethod = %s\nbody = %s\n", e(c.url), rubyQuote(c.method), c.rubyBody())
	rubyHeaders(&b, "headers", g.plain)
	rubyHeaders(&b, "secrets", g.secret)
	rubyHeaders(&b, "content", g.content)
	verify := ""
	if c.insecure {
		verify = ", verify_mode: OpenSSL::SSL::VERIFY_NONE"
	}
	send := `request = Net::HTTPGenericRequest.new(method, !body.nil?, method != "HEAD", uri)
list = headers + secrets + content
list.each { |name, _| request.delete(name) }
list.each { |name, value| request.add_field(name, value) }
request.body = body unless body.nil?
response = Net::HTTP.start(uri.host, uri.port, use_ssl: uri.scheme == "https"` + verify + `) { |http| http.request(request) }
`
	if c.redirects.follow {
		c.rubyLoop(&b, send)
	} else {
		b.WriteString(send)
	}
	b.WriteString(`print response.body
abort "the server answered #{response.code} #{response.message}" if response.code.to_i >= 400
`)
	return b.String()
}

// rubyLoop writes a program that follows redirects itself, because net/http
// follows none.
func (c *call) rubyLoop(b *strings.Builder, send string) {
	b.WriteString("hops = 0\nbegin\n  " + strings.ReplaceAll(strings.TrimSuffix(send, "\n"), "\n", "\n  ") + "\n")
	fmt.Fprintf(b, "  location = response.code.start_with?(\"3\") ? response[\"Location\"] : nil\n  if location\n    hops += 1\n    abort \"too many redirects\" if hops > %d\n    target = uri + location\n", c.redirects.most)
	if !c.redirects.keepMethod {
		b.WriteString("    # After 307 and 308 as before, after others by GET without the body.\n    unless %w[307 308].include?(response.code)\n      method = \"GET\" unless method == \"HEAD\"\n      body, content = nil, []\n    end\n")
	}
	if !c.redirects.keepAuth {
		b.WriteString("    # Secrets and body stay with their server.\n    body, content, secrets = nil, [], [] if [target.scheme, target.host, target.port] != [uri.scheme, uri.host, uri.port]\n")
	}
	b.WriteString("    uri = target\n  end\nend while location\n")
}

func rubyHeaders(b *strings.Builder, name string, list []field) {
	if len(list) == 0 {
		b.WriteString(name + " = []\n")
		return
	}
	b.WriteString(name + " = [\n")
	for _, f := range list {
		fmt.Fprintf(b, "  [%s, %s],\n", rubySyntax.expr(f.name), rubySyntax.header(f, f.value))
	}
	b.WriteString("]\n")
}
