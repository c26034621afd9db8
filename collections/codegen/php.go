package codegen

import (
	"fmt"
	"strings"
)

var phpSyntax = syntax{
	quote:     phpText,
	ref:       func(p *param) string { return "env(" + singleQuote(p.env) + ")" },
	join:      joined("."),
	urlencode: func(s string) string { return "rawurlencode(" + s + ")" },
	base64:    func(s string) string { return "base64_encode(" + s + ")" },
	latin1: func(bytes string) string {
		return `"` + hexEscaped(bytes, strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`).Replace) + `"`
	},
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

// phpHead begins a program. Its comments must not contain the end tag of PHP.
func (c *call) phpHead(b *strings.Builder) {
	var head strings.Builder
	c.head(&head, "//")
	b.WriteString("<?php\n" + strings.ReplaceAll(head.String(), "?>", "? >"))
}

func phpBytes(s segment) string {
	switch {
	case s.file != nil:
		return "file_get_contents(" + phpSyntax.expr(s.file) + ")"
	case s.base64 != "":
		return "base64_decode(" + singleQuote(s.base64) + ")"
	}
	return phpSyntax.expr(s.text)
}

func (c *call) phpBody() string {
	var parts []string
	for _, s := range c.segments() {
		parts = append(parts, phpBytes(s))
	}
	if len(parts) == 0 {
		return "null"
	}
	return strings.Join(parts, "\n    . ")
}

func php(c *call) string {
	if c.method == "HEAD" && c.body.kind != "" {
		c.note("PHP's curl sends HEAD without a body")
		c.body = body{}
		c.drop("Content-Type")
	}
	var b strings.Builder
	c.phpHead(&b)
	if len(c.params) > 0 {
		b.WriteString(phpEnv)
	}
	if c.redirects.follow && !c.asRun(curlRedirects) {
		c.phpLoop(&b)
	} else {
		c.phpOnce(&b)
	}
	b.WriteString(`echo $answer;
$status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
if ($status >= 400) {
    fwrite(STDERR, "the server answered $status\n");
    exit(1);
}
`)
	return b.String()
}

func phpHeaders(list []field) string {
	var b strings.Builder
	for _, f := range list {
		fmt.Fprintf(&b, "        %s,\n", phpSyntax.header(f, headerLine(f)))
	}
	return b.String()
}

// phpOptions are the options of every call.
func (c *call) phpOptions() string {
	s := "    CURLOPT_RETURNTRANSFER => true,\n    CURLOPT_PATH_AS_IS => true,\n"
	if c.insecure {
		s += "    CURLOPT_SSL_VERIFYPEER => false,\n    CURLOPT_SSL_VERIFYHOST => 0,\n"
	}
	return s
}

// phpOnce writes one call. Without CURLOPT_CUSTOMREQUEST curl goes on with GET
// after a POST.
func (c *call) phpOnce(b *strings.Builder) {
	fmt.Fprintf(b, "\n$curl = curl_init(%s);\ncurl_setopt_array($curl, [\n", phpSyntax.expr(c.url))
	switch {
	case c.method == "HEAD":
		b.WriteString("    CURLOPT_NOBODY => true,\n")
	case c.method == "POST":
		b.WriteString("    CURLOPT_POST => true,\n")
	case c.method != "GET" || c.body.kind != "":
		fmt.Fprintf(b, "    CURLOPT_CUSTOMREQUEST => %s,\n", singleQuote(c.method))
	}
	b.WriteString(c.phpOptions())
	if c.redirects.follow {
		b.WriteString("    CURLOPT_FOLLOWLOCATION => true,\n")
	}
	headers := phpHeaders(c.headers)
	if _, hasType := c.header("Content-Type"); !hasType && (c.body.kind != "" || c.method == "POST") {
		headers += "        'Content-Type:',\n" // without the option curl would add a type
	}
	b.WriteString("    CURLOPT_HTTPHEADER => [\n" + headers + "    ],\n")
	switch {
	case c.body.kind != "":
		b.WriteString("    CURLOPT_POSTFIELDS => " + c.phpBody() + ",\n")
	case c.method == "POST":
		b.WriteString("    CURLOPT_POSTFIELDS => '',\n")
	}
	b.WriteString("]);\n$answer = curl_exec($curl);\n" + phpFailed)
}

const phpFailed = `if ($answer === false) {
    fwrite(STDERR, curl_error($curl) . "\n");
    exit(1);
}
`

// phpLoop writes a program that follows redirects itself.
func (c *call) phpLoop(b *strings.Builder) {
	g := c.groups(c.headers)
	list := func(fields []field) string {
		if len(fields) == 0 {
			return "[]"
		}
		return "[\n" + phpHeaders(fields) + "]"
	}
	content := list(g.content)
	if len(g.content) == 0 && c.body.kind != "" {
		content = "['Content-Type:']" // without the option curl would add a type
	}
	fmt.Fprintf(b, "\n$url = %s;\n$method = %s;\n$body = %s;\n", phpSyntax.expr(c.url), singleQuote(c.method), c.phpBody())
	fmt.Fprintf(b, "$headers = %s;\n$secrets = %s;\n$content = %s;\n", list(g.plain), list(g.secret), content)
	fmt.Fprintf(b, `// After 307 and 308 as before, after others by GET without the body. Secrets and
// body stay with their server.
for ($hops = 0;; $hops++) {
    if ($hops > %d) {
        fwrite(STDERR, "too many redirects\n");
        exit(1);
    }
    $curl = curl_init($url);
    curl_setopt_array($curl, [
    CURLOPT_CUSTOMREQUEST => $method,
%s    CURLOPT_HTTPHEADER => array_merge($headers, $secrets, $content),
    ]);
    if ($method === 'HEAD') {
        curl_setopt($curl, CURLOPT_NOBODY, true);
    } elseif ($body !== null) {
        curl_setopt($curl, CURLOPT_POSTFIELDS, $body);
    }
    $answer = curl_exec($curl);
`, c.redirects.most, c.phpOptions())
	b.WriteString("    " + strings.ReplaceAll(strings.TrimSuffix(phpFailed, "\n"), "\n", "\n    ") + "\n")
	b.WriteString("    $target = curl_getinfo($curl, CURLINFO_REDIRECT_URL);\n    if (!$target) {\n        break;\n    }\n")
	if !c.redirects.keepMethod {
		b.WriteString("    if (!in_array(curl_getinfo($curl, CURLINFO_RESPONSE_CODE), [307, 308], true)) {\n        $method = $method === 'HEAD' ? 'HEAD' : 'GET';\n        [$body, $content] = [null, []];\n    }\n")
	}
	if !c.redirects.keepAuth {
		b.WriteString("    $origin = fn ($u) => [parse_url($u, PHP_URL_SCHEME), parse_url($u, PHP_URL_HOST), parse_url($u, PHP_URL_PORT)];\n    if ($origin($target) !== $origin($url)) {\n        [$body, $content, $secrets] = [null, [], []];\n    }\n")
	}
	b.WriteString("    $url = $target;\n}\n")
}
