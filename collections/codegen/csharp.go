package codegen

import (
	"fmt"
	"strings"
)

var csharpSyntax = syntax{
	quote:     jsonQuote,
	ref:       func(p *param) string { return "Env(" + jsonQuote(p.env) + ")" },
	join:      joined("+"),
	urlencode: func(s string) string { return "Uri.EscapeDataString(" + s + ")" },
	base64: func(s string) string {
		return "Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(" + s + "))"
	},
}

func csharpBytes(s segment) string {
	switch {
	case s.file != nil:
		return "File.ReadAllBytes(" + csharpSyntax.expr(s.file) + ")"
	case s.base64 != "":
		return "Convert.FromBase64String(" + jsonQuote(s.base64) + ")"
	}
	return "System.Text.Encoding.UTF8.GetBytes(" + csharpSyntax.expr(s.text) + ")"
}

// dotnetRedirects is how HttpClient follows redirects.
var dotnetRedirects = client{methods: safeMethods, drops: []string{"authorization"}}

func csharp(c *call) string {
	c.strictURL(".NET", inAuthority)
	c.joinsHeaders(".NET")
	var b strings.Builder
	c.head(&b, "//")
	b.WriteString("// .NET 6 or newer, as a console program with implicit usings.\nusing System.Net.Http;\n\n")
	follow := c.redirects.follow && c.asRun(dotnetRedirects)
	var settings []string
	if !follow {
		settings = append(settings, "AllowAutoRedirect = false")
	}
	if c.insecure {
		settings = append(settings, "ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator")
	}
	handler := ""
	if len(settings) > 0 {
		handler = "new HttpClientHandler { " + strings.Join(settings, ", ") + " }"
	}
	b.WriteString("using var client = new HttpClient(" + handler + ");\n")
	c.csharpBody(&b)
	if follow || !c.redirects.follow {
		fmt.Fprintf(&b, "using var message = new HttpRequestMessage(new HttpMethod(%s), %s);\n", jsonQuote(c.method), csharpSyntax.expr(c.url))
		if c.body.kind != "" {
			b.WriteString("message.Content = new ByteArrayContent(body);\n")
		}
		csharpHeaders(&b, "", c.headers)
		b.WriteString("\nusing var answer = await client.SendAsync(message);\n")
	} else {
		c.csharpLoop(&b)
	}
	b.WriteString(`Console.WriteLine(await answer.Content.ReadAsStringAsync());
if ((int)answer.StatusCode >= 400)
{
    Console.Error.WriteLine($"the server answered {(int)answer.StatusCode} {answer.ReasonPhrase}");
    return 1;
}
return 0;
`)
	if len(c.params) > 0 {
		b.WriteString(`
static string Env(string name) =>
    Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException(name + " is not set");
`)
	}
	return b.String()
}

func (c *call) csharpBody(b *strings.Builder) {
	list := c.segments()
	switch len(list) {
	case 0:
	case 1:
		b.WriteString("var body = " + csharpBytes(list[0]) + ";\n")
	default:
		b.WriteString("var bytes = new MemoryStream();\n")
		for _, s := range list {
			b.WriteString("bytes.Write(" + csharpBytes(s) + ");\n")
		}
		b.WriteString("var body = bytes.ToArray();\n")
	}
}

// csharpHeaders writes headers. Headers of the content are in a list of their
// own.
func csharpHeaders(b *strings.Builder, indent string, list []field) {
	for _, f := range list {
		on := "message.Headers"
		if n, ok := f.name.plain(); ok && strings.HasPrefix(strings.ToLower(n), "content-") {
			b.WriteString(indent + "message.Content ??= new ByteArrayContent(Array.Empty<byte>());\n")
			on = "message.Content.Headers"
		}
		fmt.Fprintf(b, "%s%s.TryAddWithoutValidation(%s, %s);\n", indent, on, csharpSyntax.expr(f.name), csharpSyntax.expr(f.value))
	}
}

// csharpLoop writes a program that follows redirects itself.
func (c *call) csharpLoop(b *strings.Builder) {
	g := c.groups(c.headers)
	fmt.Fprintf(b, "var method = %s;\nvar url = new Uri(%s);\nbool hasBody = true, hasSecrets = true;\nHttpResponseMessage answer;\n", jsonQuote(c.method), csharpSyntax.expr(c.url))
	b.WriteString("// After 307 and 308 as before, after others by GET without the body. Secrets and\n// body stay with their server.\nfor (var hops = 1; ; hops++)\n{\n    using var message = new HttpRequestMessage(new HttpMethod(method), url);\n")
	if c.body.kind != "" {
		b.WriteString("    if (hasBody) message.Content = new ByteArrayContent(body);\n")
	}
	csharpHeaders(b, "    ", g.plain)
	for _, list := range []struct {
		when   string
		fields []field
	}{{"hasSecrets", g.secret}, {"hasBody", g.content}} {
		if len(list.fields) > 0 {
			b.WriteString("    if (" + list.when + ")\n    {\n")
			csharpHeaders(b, "        ", list.fields)
			b.WriteString("    }\n")
		}
	}
	fmt.Fprintf(b, `    answer = await client.SendAsync(message);
    var status = (int)answer.StatusCode;
    if (status / 100 != 3 || answer.Headers.Location == null) break;
    if (hops > %d) throw new InvalidOperationException("too many redirects");
    var target = new Uri(url, answer.Headers.Location);
`, c.redirects.most)
	if !c.redirects.keepMethod {
		b.WriteString("    if (status != 307 && status != 308)\n    {\n        if (method != \"HEAD\") method = \"GET\";\n        hasBody = false;\n    }\n")
	}
	if !c.redirects.keepAuth {
		b.WriteString("    if (target.GetLeftPart(UriPartial.Authority) != url.GetLeftPart(UriPartial.Authority)) hasSecrets = hasBody = false;\n")
	}
	b.WriteString("    url = target;\n}\n")
}
