package codegen

import (
	"fmt"
	"go/format"
	"slices"
	"strconv"
	"strings"
)

var goSyntax = syntax{
	quote:     strconv.Quote,
	ref:       func(p *param) string { return "env(" + strconv.Quote(p.env) + ")" },
	join:      joined("+"),
	urlencode: func(s string) string { return "url.QueryEscape(" + s + ")" },
	latin1:    strconv.Quote,
	base64:    func(s string) string { return "base64.StdEncoding.EncodeToString([]byte(" + s + "))" },
}

// goRedirects is how net/http follows redirects.
var goRedirects = client{drops: credentials[:2]}

func golang(c *call) string {
	var main strings.Builder
	e := goSyntax.expr
	reader := c.goBody(&main)
	opaque := c.goURL()
	fmt.Fprintf(&main, "req, err := http.NewRequest(%s, %s, %s)\nif err != nil {\nlog.Fatal(err)\n}\n", strconv.Quote(c.method), e(c.url), reader)
	if opaque != "" {
		fmt.Fprintf(&main, "req.URL.Opaque = %s // as it is\n", strconv.Quote(opaque))
	}
	for _, f := range c.headers {
		if n, ok := f.name.plain(); ok && strings.EqualFold(n, "Host") {
			fmt.Fprintf(&main, "req.Host = %s\n", e(f.value))
			continue
		}
		fmt.Fprintf(&main, "req.Header.Add(%s, %s)\n", e(f.name), goSyntax.header(f, f.value))
	}
	c.goClient(&main)
	main.WriteString(goTail)
	var b strings.Builder
	c.head(&b, "//")
	b.WriteString("package main\n\nimport (\n")
	for _, i := range goImports(main.String(), len(c.params) > 0) {
		b.WriteString(strconv.Quote(i) + "\n")
	}
	b.WriteString(")\n\nfunc main() {\n" + main.String())
	if len(c.params) > 0 {
		b.WriteString(goEnv)
	}
	src, err := format.Source([]byte(b.String()))
	if err != nil {
		return b.String()
	}
	return string(src)
}

// goImports returns the packages that a program uses.
func goImports(code string, env bool) []string {
	list := []string{"fmt", "io", "log", "net/http", "os"}
	for pkg, mark := range map[string]string{"encoding/base64": "base64.Std", "net/url": "url.Query", "strings": "strings.New", "bytes": "bytes.",
		"errors": "errors.New", "crypto/tls": "tls.Config"} {
		if strings.Contains(code, mark) {
			list = append(list, pkg)
		}
	}
	slices.Sort(list)
	return list
}

// goURL removes a path that net/url would refuse or rewrite from the address,
// and returns it. An opaque URL sends it as it is.
func (c *call) goURL() (opaque string) {
	s, ok := c.url.plain()
	if !ok {
		c.strictURL("Go", inAuthority)
		return ""
	}
	address, query, hasQuery := strings.Cut(s, "?")
	scheme, rest, _ := strings.Cut(address, "://")
	host, pathname, hasPath := strings.Cut(rest, "/")
	if !hasPath || strictEncode(pathname) == pathname {
		return ""
	}
	s = scheme + "://" + host + "/"
	if hasQuery {
		s += "?" + query
	}
	c.url = text{{literal: s}}
	return "/" + pathname
}

// goBody writes the code that makes the body, and returns the expression of its
// reader.
func (c *call) goBody(b *strings.Builder) string {
	list := c.segments()
	if len(list) == 0 {
		return "nil"
	}
	if len(list) == 1 && list[0].isText() {
		return "strings.NewReader(" + goSyntax.expr(list[0].text) + ")"
	}
	if len(list) > 1 {
		b.WriteString("var body bytes.Buffer\n")
	}
	for i, s := range list {
		name, load := fmt.Sprintf("file%d", i), ""
		switch {
		case s.file != nil:
			load = fmt.Sprintf("os.ReadFile(%s)", goSyntax.expr(s.file))
		case s.base64 != "":
			load = fmt.Sprintf("base64.StdEncoding.DecodeString(%s)", strconv.Quote(s.base64))
		default:
			fmt.Fprintf(b, "body.WriteString(%s)\n", goSyntax.expr(s.text))
			continue
		}
		fmt.Fprintf(b, "%s, err := %s\nif err != nil {\nlog.Fatal(err)\n}\n", name, load)
		if len(list) == 1 {
			return "bytes.NewReader(" + name + ")"
		}
		fmt.Fprintf(b, "body.Write(%s)\n", name)
	}
	return "&body"
}

// goClient returns the default client, or one that follows redirects as a run
// does.
func (c *call) goClient(b *strings.Builder) {
	if c.redirects.follow && c.asRun(goRedirects) && !c.insecure {
		b.WriteString("client := http.DefaultClient\n")
		return
	}
	b.WriteString("client := &http.Client{}\n")
	if c.insecure {
		b.WriteString("transport := http.DefaultTransport.(*http.Transport).Clone()\ntransport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true}\nclient.Transport = transport\n")
	}
	switch {
	case !c.redirects.follow:
		b.WriteString("client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }\n")
	case !c.asRun(goRedirects):
		c.goRedirect(b)
	}
}

func (c *call) goRedirect(b *strings.Builder) {
	fmt.Fprintf(b, "client.CheckRedirect = func(next *http.Request, via []*http.Request) error {\nif len(via) > %d {\nreturn errors.New(\"too many redirects\")\n}\n", c.redirects.most)
	if c.redirects.keepMethod {
		b.WriteString("next.Method, next.ContentLength = req.Method, req.ContentLength\nnext.Header.Set(\"Content-Type\", req.Header.Get(\"Content-Type\"))\n" +
			"if req.GetBody != nil {\nnext.Body, _ = req.GetBody()\nnext.GetBody = req.GetBody\n}\n")
	}
	if c.redirects.keepAuth {
		for _, f := range c.headers {
			if f.secret {
				fmt.Fprintf(b, "next.Header.Set(%s, %s)\n", goSyntax.expr(f.name), goSyntax.header(f, f.value))
			}
		}
	} else {
		b.WriteString("if next.URL.Scheme != req.URL.Scheme || next.URL.Host != req.URL.Host { // secrets and body stay with their server\n")
		for _, f := range c.headers {
			if f.secret {
				fmt.Fprintf(b, "next.Header.Del(%s)\n", goSyntax.expr(f.name))
			}
		}
		b.WriteString("next.Header.Del(\"Content-Type\")\nnext.Body, next.GetBody, next.ContentLength = nil, nil, 0\n}\n")
	}
	b.WriteString("return nil\n}\n")
}

const goTail = `resp, err := client.Do(req)
if err != nil {
log.Fatal(err)
}
defer resp.Body.Close()
if _, err := io.Copy(os.Stdout, resp.Body); err != nil {
log.Fatal(err)
}
if resp.StatusCode >= 400 {
fmt.Fprintln(os.Stderr, "the server answered", resp.Status)
os.Exit(1)
}
}
`

const goEnv = `
// env is a parameter from the environment.
func env(name string) string {
value, ok := os.LookupEnv(name)
if !ok {
log.Fatalf("%s is not set", name)
}
return value
}
`
