package codegen

import (
	"fmt"
	"slices"
	"strings"
)

// shell quotes a text for POSIX shells. Between single quotes every character
// but the single quote stands for itself.
func shell(s string) string {
	s = strings.ReplaceAll(s, "\x00", "")
	if s == "" {
		return "''"
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

var shellSyntax = syntax{
	quote: shell,
	ref:   func(p *param) string { return `"$` + p.env + `"` },
	join:  func(parts []string) string { return strings.Join(parts, "") },
	base64: func(s string) string {
		return `"$(printf %s ` + s + ` | base64 | tr -d '\n')"`
	},
	latin1: func(bytes string) string { return `"$(printf ` + shell(octal(bytes)) + `)"` },
	// only URLs need encoding here, where no tool does it
	urlencode: func(s string) string {
		return `"$(printf %s ` + s + ` | od -An -v -tx1 | tr -d '\n' | tr ' ' %)"`
	},
}

// octal returns a printf format that writes bytes.
func octal(bytes string) string {
	var b strings.Builder
	for i := range len(bytes) {
		switch c := bytes[i]; {
		case c == '%':
			b.WriteString("%%")
		case c == '\\' || c >= 0x80:
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// A script is a shell program while it is built. Texts that are too long for an
// argument go to temporary files. printf writes them, because it is built into
// the shell and has no such limit.
type script struct {
	setup strings.Builder // commands before the call
	files int
}

// maxArgument is the size in bytes of the longest argument of a program; Linux
// allows 128 KB.
const maxArgument = 32 << 10

// file returns the name of a temporary file with a text.
func (s *script) file(write string) string {
	if s.files == 0 {
		s.setup.WriteString("files=$(mktemp -d) && trap 'rm -rf \"$files\"' EXIT || exit\n")
	}
	s.files++
	name := fmt.Sprintf(`"$files"/%d`, s.files)
	s.setup.WriteString(write + " > " + name + "\n")
	return name
}

// long returns a file for a text that is too long for an argument, or that
// contains a zero byte, which an argument cannot have.
func (s *script) long(t text) (name string, ok bool) {
	size, zero := 0, false
	for _, p := range t {
		size += len(p.literal)
		zero = zero || strings.Contains(p.literal, "\x00")
	}
	if !zero && size <= maxArgument {
		return "", false
	}
	var args []string
	for _, p := range merged(t) {
		if strings.Contains(p.literal, "\x00") {
			escaped := strings.NewReplacer(`\`, `\\`, "\x00", `\0`).Replace(p.literal)
			args = append(args, `; printf %b `+shell(escaped))
			continue
		}
		args = append(args, "; printf %s "+shellSyntax.expr(text{p}))
	}
	return s.file("{ " + strings.TrimPrefix(strings.Join(args, ""), "; ") + "; }"), true
}

// bytes returns a file with bytes that are not text.
func (s *script) bytes(base64 string) string {
	return s.file("printf %s " + shell(base64) + " | base64 -d")
}

// shellHead returns the beginning of a script, which ends the script when a
// parameter is not set.
func (c *call) shellHead(b *strings.Builder) {
	b.WriteString("#!/bin/sh\n")
	c.head(b, "#")
	for _, p := range c.params {
		b.WriteString(`: "${` + p.env + `:?is not set}"` + "\n")
	}
}

// curlRedirects is how curl follows redirects. Without --request it goes on
// with GET after a POST; a method that is named stays the same for all
// requests.
var curlRedirects = client{methods: safeMethods, drops: []string{"authorization", "cookie"}}

func curl(c *call) string {
	if c.method == "HEAD" && c.body.kind != "" {
		c.note("curl sends HEAD without a body")
		c.body = body{}
		c.drop("Content-Type")
	}
	s := &script{}
	follow := c.redirects.follow && c.asRun(curlRedirects)
	var call string
	if c.redirects.follow && !follow {
		call = c.curlLoop(s)
	} else {
		call = c.curlOnce(s, follow)
	}
	var b strings.Builder
	c.shellHead(&b)
	b.WriteString(s.setup.String() + call)
	return b.String()
}

// curlFlags are the options of every call.
func (c *call) curlFlags() string {
	flags := "curl --silent --show-error"
	if c.insecure {
		flags += " --insecure"
	}
	return flags
}

// curlOnce writes one call of curl.
func (c *call) curlOnce(s *script, follow bool) string {
	options := []string{"--globoff --path-as-is"}
	if follow {
		options[0] = "--location " + options[0]
	}
	bare := ""
	switch {
	case c.method == "HEAD":
		options = append(options, "--head")
	case c.method == "GET" && c.body.kind == "":
	case c.method == "POST" && c.body.kind == "":
		bare = "--data ''"
	case c.method != "POST":
		options = append(options, "--request "+shell(c.method))
	}
	options = append(options, c.curlHeaders(c.headers)...)
	if _, hasType := c.header("Content-Type"); !hasType && (bare != "" || slices.Contains([]string{"text", "bytes", "form", "file"}, c.body.kind)) {
		options = append(options, "--header 'Content-Type:'") // without the option curl would add a type
	}
	options = append(options, c.curlAuth()...)
	options = append(options, c.curlBody(s)...)
	if bare != "" {
		options = append(options, bare)
	}
	options = append(options, "--url "+shellSyntax.expr(c.url))
	return c.curlFlags() + " --fail-with-body " + strings.Join(options, " \\\n  ") + "\n"
}

// curlHeaders returns the options for headers. curl generates the Content-Type
// of a multipart body itself.
func (c *call) curlHeaders(list []field) (options []string) {
	for _, f := range list {
		if c.body.kind != "multipart" || !strings.EqualFold(f.name.String(), "Content-Type") {
			options = append(options, "--header "+shellSyntax.header(f, headerLine(f)))
		}
	}
	return options
}

// headerLine returns "Name: value". For curl, "Name;" is a header without a
// value, and "Name:" removes one.
func headerLine(f field) text {
	if s, ok := f.value.plain(); ok && s == "" {
		return append(f.name[:len(f.name):len(f.name)], piece{literal: ";"})
	}
	return merged(append(append(f.name[:len(f.name):len(f.name)], piece{literal: ": "}), f.value...))
}

// curlLoop writes a script that follows redirects itself, where curl would keep
// the method or send a secret to another server.
func (c *call) curlLoop(s *script) string {
	g := c.groups(c.headers)
	options := func(list []string) string { return strings.Join(list, " ") }
	method, first := `--request "$method"`, c.method
	if c.method == "HEAD" {
		method = "--head"
	}
	body := append(c.curlHeaders(g.content), c.curlBody(s)...)
	if len(g.content) == 0 && c.body.kind != "" && c.body.kind != "multipart" {
		body = append(body, "--header 'Content-Type:'")
	}
	var b strings.Builder
	b.WriteString("answer=$(mktemp) && trap 'rm -rf \"$answer\"")
	if s.files > 0 {
		b.WriteString(` "$files"`)
	}
	b.WriteString("' EXIT || exit\n\n")
	b.WriteString("# send prints the status of the answer, and where it leads.\nsend() {\n  set -- " + method + "\n")
	if list := c.curlHeaders(g.plain); len(list) > 0 {
		b.WriteString(`  set -- "$@" ` + options(list) + "\n")
	}
	if list := append(c.curlHeaders(g.secret), c.curlAuth()...); len(list) > 0 {
		b.WriteString(`  [ -n "$left" ] || set -- "$@" ` + options(list) + "\n")
	}
	if len(body) > 0 {
		b.WriteString(`  [ -n "$bare" ] || set -- "$@" ` + options(body) + "\n")
	}
	b.WriteString("  " + c.curlFlags() + ` --globoff --path-as-is "$@" --output "$answer" --write-out '%{response_code} %{redirect_url}' --url "$url"` + "\n}\n\n")
	b.WriteString("# A redirect is followed here: after 307 and 308 as before, after others by GET\n# without the body. Secrets and body stay with their server.\n")
	b.WriteString(`origin() { printf %s "$1" | sed 's|^\([^:]*://[^/?#]*\).*|\1|'; }` + "\n")
	b.WriteString("method=" + shell(first) + " url=" + shellSyntax.expr(c.url) + " left='' bare='' hops=0\n")
	b.WriteString("while result=$(send) || exit; next=${result#* }; [ -n \"$next\" ]; do\n")
	fmt.Fprintf(&b, "  hops=$((hops + 1))\n  [ $hops -le %d ] || { echo 'too many redirects' >&2; exit 1; }\n", c.redirects.most)
	if !c.redirects.keepMethod {
		b.WriteString("  case $result in 307*|308*) ;; *) method=GET bare=yes ;; esac\n")
	}
	if !c.redirects.keepAuth {
		b.WriteString("  [ \"$(origin \"$next\")\" = \"$(origin \"$url\")\" ] || left=yes bare=yes\n")
	}
	b.WriteString("  url=$next\ndone\n")
	b.WriteString("cat \"$answer\"\n")
	b.WriteString("[ \"${result%% *}\" -lt 400 ] || { echo \"the server answered ${result%% *}\" >&2; exit 22; }\n")
	return b.String()
}

var curlSchemes = []string{"digest", "ntlm", "awsv4"}

// curlAuth returns the options for the schemes that curl supports.
func (c *call) curlAuth() []string {
	e := shellSyntax.expr
	pair := func(a, b string) text {
		return slices.Concat(c.authFor[a], text{{literal: ":"}}, c.authFor[b])
	}
	switch c.auth.Type {
	case "digest", "ntlm":
		user := pair("username", "password")
		if domain := c.authFor["domain"]; c.auth.Type == "ntlm" && len(domain) > 0 {
			user = slices.Concat(domain, text{{literal: `\`}}, user)
		}
		return []string{"--" + c.auth.Type, "--user " + e(user)}
	case "awsv4":
		scope := slices.Concat(text{{literal: "aws:amz:"}}, pair("region", "service"))
		return []string{"--aws-sigv4 " + e(scope), "--user " + e(pair("accessKey", "secretKey"))}
	}
	return nil
}

// curlBody returns the options for the body.
func (c *call) curlBody(s *script) (options []string) {
	e := shellSyntax.expr
	switch c.body.kind {
	case "text":
		if file, ok := s.long(c.body.text); ok {
			return []string{"--data-binary @" + file}
		}
		return []string{"--data-raw " + e(c.body.text)}
	case "bytes":
		return []string{"--data-binary @" + s.bytes(c.body.base64)}
	case "form":
		return c.curlForm(s)
	case "multipart":
		for _, p := range c.body.parts {
			options = append(options, "--form "+c.curlPart(s, p))
		}
	case "file":
		options = append(options, "--data-binary "+e(append(text{{literal: "@"}}, c.body.file...)))
	}
	return options
}

// curlForm returns the options for a form. curl writes a blank as "+", where a
// run writes %20, and drops the "=" of a field without a name. Such fields are
// encoded here.
func (c *call) curlForm(s *script) (options []string) {
	if file, ok := s.long(c.formText()); ok {
		return []string{"--data-binary @" + file}
	}
	for _, f := range c.body.form {
		value, plain := f.value.plain()
		name, named := f.name.plain()
		if plain && named && strings.Contains(value, " ") || !named || name == "" {
			pair := slices.Concat(encoded(f.name), text{{literal: "="}}, encoded(f.value))
			options = append(options, "--data-raw "+shellSyntax.expr(merged(pair)))
			continue
		}
		options = append(options, "--data-urlencode "+shellSyntax.expr(merged(append(text{{literal: escapeForm(name) + "="}}, f.value...))))
	}
	return options
}

// curlPart returns a part in curl's syntax: in quotes, so that ";" and "," do
// not end it.
func (c *call) curlPart(s *script, p formPart) string {
	e := shellSyntax.expr
	name := append(slices.Clone(p.name), piece{literal: "="})
	var tail text
	if p.contentType != "" {
		tail = append(tail, piece{literal: ";type=" + p.contentType})
	}
	if p.filename != nil && (!p.file || p.filename.String() != baseName(p.value.String())) {
		tail = slices.Concat(tail, text{{literal: ";filename="}}, formQuoted(*p.filename))
	}
	switch file, long := s.long(p.value); {
	case p.base64:
		if p.filename == nil {
			c.note("curl names the file of the part %q", p.name.String())
		}
		return e(append(name, piece{literal: "@"})) + s.bytes(p.value.String()) + e(tail)
	case p.file:
		return e(merged(slices.Concat(name, text{{literal: "@"}}, formQuoted(p.value), tail)))
	case long:
		return e(append(name, piece{literal: "<"})) + file + e(tail)
	}
	return e(merged(slices.Concat(name, formQuoted(p.value), tail)))
}

// formQuoted returns a text between curl's double quotes.
func formQuoted(t text) text {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	out := text{{literal: `"`}}
	for _, v := range t {
		v.literal = escape.Replace(v.literal)
		out = append(out, v)
	}
	return append(out, piece{literal: `"`})
}
