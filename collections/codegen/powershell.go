package codegen

import (
	"fmt"
	"slices"
	"strings"
)

var powerSyntax = syntax{
	quote:     powerQuote,
	ref:       func(p *param) string { return "(Env " + powerQuote(p.env) + ")" },
	join:      func(parts []string) string { return "(" + strings.Join(parts, " + ") + ")" },
	urlencode: func(s string) string { return "[uri]::EscapeDataString(" + s + ")" },
	base64: func(s string) string {
		return "[Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes(" + s + "))"
	},
}

// standardMethods are those Invoke-WebRequest names; others are custom.
var standardMethods = []string{"GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "OPTIONS", "MERGE", "PATCH"}

func powershell(c *call) string {
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
	method := "Method"
	if !slices.Contains(standardMethods, c.method) {
		method = "CustomMethod"
	}
	fmt.Fprintf(&b, "$call = @{\n    Uri = %s\n    %s = %s\n    Headers = @{\n", e(c.url), method, powerQuote(c.method))
	contentType := ""
	for _, f := range c.oneOfEach() {
		if n, ok := f.name.plain(); ok && strings.EqualFold(n, "Content-Type") {
			contentType = e(f.value)
			continue
		}
		fmt.Fprintf(&b, "        %s = %s\n", e(f.name), e(f.value))
	}
	b.WriteString("    }\n    SkipHeaderValidation = $true\n    SkipHttpErrorCheck = $true\n")
	if contentType != "" {
		b.WriteString("    ContentType = " + contentType + "\n")
	}
	switch c.body.kind {
	case "text":
		fmt.Fprintf(&b, "    Body = [Text.Encoding]::UTF8.GetBytes(%s)\n", e(c.body.text))
	case "form":
		fmt.Fprintf(&b, "    Body = [Text.Encoding]::UTF8.GetBytes(%s)\n", e(c.formText()))
	case "file":
		fmt.Fprintf(&b, "    InFile = %s\n", e(c.body.file))
	case "multipart":
		b.WriteString("    Form = @{\n")
		for _, f := range powerParts(c.body.parts) {
			fmt.Fprintf(&b, "        %s = @(%s)\n", f[0], f[1])
		}
		b.WriteString("    }\n")
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

// powerParts groups parts by name: a hashtable has each once.
func powerParts(parts []formPart) [][2]string {
	var out [][2]string
	for _, p := range parts {
		name, value := powerSyntax.expr(p.name), powerSyntax.expr(p.value)
		if p.file {
			value = "(Get-Item -LiteralPath " + value + ")"
		}
		at := slices.IndexFunc(out, func(f [2]string) bool { return strings.EqualFold(f[0], name) })
		if at < 0 {
			out = append(out, [2]string{name, value})
		} else {
			out[at][1] += ", " + value
		}
	}
	return out
}
