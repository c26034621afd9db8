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

func csharp(c *call) string {
	var b strings.Builder
	e := csharpSyntax.expr
	c.head(&b, "//")
	b.WriteString("// .NET 6 or newer, as a console program with implicit usings.\nusing System.Net.Http;\n\n")
	fmt.Fprintf(&b, "using var client = new HttpClient();\nusing var message = new HttpRequestMessage(new HttpMethod(%s), %s);\n", jsonQuote(c.method), e(c.url))
	content := ""
	switch c.body.kind {
	case "text":
		content = "new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(" + e(c.body.text) + "))"
	case "form":
		content = "new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(" + e(c.formText()) + "))"
	case "file":
		content = "new ByteArrayContent(File.ReadAllBytes(" + e(c.body.file) + "))"
	case "multipart":
		content = "parts"
		csharpParts(&b, c)
	}
	if content != "" {
		b.WriteString("message.Content = " + content + ";\n")
	}
	for _, f := range c.headers {
		on := "message.Headers"
		if n, ok := f.name.plain(); ok && strings.HasPrefix(strings.ToLower(n), "content-") {
			if content == "" {
				b.WriteString("message.Content ??= new ByteArrayContent(Array.Empty<byte>());\n")
			}
			on = "message.Content.Headers"
		}
		fmt.Fprintf(&b, "%s.TryAddWithoutValidation(%s, %s);\n", on, e(f.name), e(f.value))
	}
	b.WriteString(`
using var answer = await client.SendAsync(message);
Console.WriteLine(await answer.Content.ReadAsStringAsync());
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

func csharpParts(b *strings.Builder, c *call) {
	e := csharpSyntax.expr
	b.WriteString("var parts = new MultipartFormDataContent();\n")
	for i, p := range c.body.parts {
		if p.file {
			fmt.Fprintf(b, "var part%d = new ByteArrayContent(File.ReadAllBytes(%s));\n", i, e(p.value))
		} else {
			fmt.Fprintf(b, "var part%d = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(%s));\n", i, e(p.value))
		}
		if p.contentType != "" {
			fmt.Fprintf(b, "part%d.Headers.TryAddWithoutValidation(\"Content-Type\", %s);\n", i, jsonQuote(p.contentType))
		}
		if p.file {
			fmt.Fprintf(b, "parts.Add(part%d, %s, %s);\n", i, e(p.name), e(base(p.value)))
		} else {
			fmt.Fprintf(b, "parts.Add(part%d, %s);\n", i, e(p.name))
		}
	}
}
