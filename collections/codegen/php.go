package codegen

import (
	"fmt"
	"strings"
)

var phpSyntax = syntax{
	quote:     singleQuote,
	ref:       func(p *param) string { return "env(" + singleQuote(p.env) + ")" },
	join:      joined("."),
	urlencode: func(s string) string { return "rawurlencode(" + s + ")" },
	base64:    func(s string) string { return "base64_encode(" + s + ")" },
}

const phpEnv = `
function env(string $name): string
{
    $value = getenv($name);
    if ($value === false) {
        fwrite(STDERR, "$name is not set\n");
        exit(1);
    }
    return $value;
}
`

// phpHead opens a program; a comment must not hold what closes it.
func (c *call) phpHead(b *strings.Builder) {
	var head strings.Builder
	c.head(&head, "//")
	b.WriteString("<?php\n" + strings.ReplaceAll(head.String(), "?>", "? >"))
}

func php(c *call) string {
	var b strings.Builder
	e := phpSyntax.expr
	c.phpHead(&b)
	if len(c.params) > 0 {
		b.WriteString(phpEnv)
	}
	fmt.Fprintf(&b, "\n$curl = curl_init(%s);\ncurl_setopt_array($curl, [\n", e(c.url))
	fmt.Fprintf(&b, "    CURLOPT_CUSTOMREQUEST => %s,\n    CURLOPT_RETURNTRANSFER => true,\n    CURLOPT_FOLLOWLOCATION => true,\n", singleQuote(c.method))
	if c.method == "HEAD" {
		b.WriteString("    CURLOPT_NOBODY => true,\n")
	}
	b.WriteString("    CURLOPT_HTTPHEADER => [\n")
	for _, f := range c.headers {
		fmt.Fprintf(&b, "        %s,\n", e(headerLine(f)))
	}
	b.WriteString("    ],\n")
	switch c.body.kind {
	case "text":
		fmt.Fprintf(&b, "    CURLOPT_POSTFIELDS => %s,\n", e(c.body.text))
	case "form":
		fmt.Fprintf(&b, "    CURLOPT_POSTFIELDS => %s,\n", e(c.formText()))
	case "file":
		fmt.Fprintf(&b, "    CURLOPT_POSTFIELDS => file_get_contents(%s),\n", e(c.body.file))
	case "multipart":
		b.WriteString("    CURLOPT_POSTFIELDS => [\n")
		for _, p := range c.body.parts {
			value := e(p.value)
			if p.file {
				value = "new CURLFile(" + value + ", " + singleQuote(p.contentType) + ", " + e(base(p.value)) + ")"
			}
			fmt.Fprintf(&b, "        %s => %s,\n", e(p.name), value)
		}
		b.WriteString("    ],\n")
	}
	b.WriteString(`]);
$answer = curl_exec($curl);
if ($answer === false) {
    fwrite(STDERR, curl_error($curl) . "\n");
    exit(1);
}
echo $answer;
$status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
if ($status >= 400) {
    fwrite(STDERR, "the server answered $status\n");
    exit(1);
}
`)
	return b.String()
}
