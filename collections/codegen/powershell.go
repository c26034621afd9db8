package codegen

import (
	"fmt"
	"slices"
	"strings"
)

var powerSyntax = syntax{
	quote:     powerText,
	ref:       func(p *param) string { return "(Env " + powerQuote(p.env) + ")" },
	join:      func(parts []string) string { return "(" + strings.Join(parts, " + ") + ")" },
	urlencode: func(s string) string { return "[uri]::EscapeDataString(" + s + ")" },
	base64: func(s string) string {
		return "[Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes(" + s + "))"
	},
}

// standardMethods are the methods that Invoke-WebRequest knows; others are
// custom methods.
var standardMethods = []string{"GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "OPTIONS", "MERGE", "PATCH"}

func powerBytes(s segment) string {
	switch {
	case s.file != nil:
		return "[IO.File]::ReadAllBytes((Resolve-Path -LiteralPath " + powerSyntax.expr(s.file) + ").ProviderPath)"
	case s.base64 != "":
		return "[Convert]::FromBase64String(" + powerQuote(s.base64) + ")"
	}
	return "[Text.Encoding]::UTF8.GetBytes(" + powerSyntax.expr(s.text) + ")"
}

func (c *call) powerBody(b *strings.Builder) string {
	list := c.segments()
	if len(list) == 1 {
		return powerBytes(list[0])
	}
	b.WriteString("$body = [IO.MemoryStream]::new()\n")
	for _, s := range list {
		b.WriteString("$bytes = " + powerBytes(s) + "\n$body.Write($bytes, 0, $bytes.Length)\n")
	}
	return "$body.ToArray()"
}

func powershell(c *call) string {
	c.strictURL("PowerShell", inAuthority)
	c.joinsHeaders("PowerShell")
	if _, ok := c.header("Content-Type"); !ok && c.body.kind != "" {
		c.note("PowerShell adds a Content-Type")
	}
	stay := !c.redirects.follow || c.notFollowed("PowerShell", dotnetRedirects)
	var b strings.Builder
	e := powerSyntax.expr
	c.head(&b, "#")
	b.WriteString("# PowerShell 7 or newer.\n$ErrorActionPreference = 'Stop'\n")
	if len(c.params) > 0 {
		b.WriteString(`function Env($name) {
    $value = [Environment]::GetEnvironmentVariable($name)
    if ($null -eq $value) { throw "$name is not set" }
    $value
}
`)
	}
	body := ""
	if c.body.kind != "" {
		body = c.powerBody(&b)
	}
	method := "Method"
	if !slices.Contains(standardMethods, c.method) {
		method = "CustomMethod"
	}
	fmt.Fprintf(&b, "$call = @{\n    Uri = %s\n    %s = %s\n    Headers = @{\n", e(c.url), method, powerQuote(c.method))
	contentType := ""
	for _, f := range oneOfEach(c.headers) {
		if n, ok := f.name.plain(); ok && strings.EqualFold(n, "Content-Type") {
			contentType = e(f.value)
			continue
		}
		fmt.Fprintf(&b, "        %s = %s\n", e(f.name), e(f.value))
	}
	b.WriteString("    }\n    SkipHeaderValidation = $true\n    SkipHttpErrorCheck = $true\n")
	if stay {
		b.WriteString("    MaximumRedirection = 0\n    ErrorAction = 'SilentlyContinue' # a redirect would be an error\n")
	}
	if c.insecure {
		b.WriteString("    SkipCertificateCheck = $true\n")
	}
	if contentType != "" {
		b.WriteString("    ContentType = " + contentType + "\n")
	}
	if body != "" {
		b.WriteString("    Body = " + body + "\n")
	}
	b.WriteString(`}
$answer = Invoke-WebRequest @call
$answer.Content
if ($answer.StatusCode -ge 400) {
    [Console]::Error.WriteLine("the server answered $($answer.StatusCode)")
    exit 1
}
`)
	return b.String()
}
