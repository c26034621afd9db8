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
	base64:    func(s string) string { return "base64.StdEncoding.EncodeToString([]byte(" + s + "))" },
}

func golang(c *call) string {
	var main strings.Builder
	e := goSyntax.expr
	imports := []string{"fmt", "io", "log", "net/http", "os"}
	reader := "nil"
	switch c.body.kind {
	case "text", "form":
		t := c.body.text
		if c.body.kind == "form" {
			t = c.formText()
		}
		imports = append(imports, "strings")
		reader = "strings.NewReader(" + e(t) + ")"
	case "file":
		fmt.Fprintf(&main, "file, err := os.Open(%s)\nif err != nil {\nlog.Fatal(err)\n}\ndefer file.Close()\n", e(c.body.file))
		reader = "file"
	case "multipart":
		imports = append(imports, "bytes", "mime/multipart")
		goParts(&main, c)
		reader = "&form"
	}
	fmt.Fprintf(&main, "req, err := http.NewRequest(%s, %s, %s)\nif err != nil {\nlog.Fatal(err)\n}\n", strconv.Quote(c.method), e(c.url), reader)
	for _, f := range c.headers {
		if n, ok := f.name.plain(); ok && strings.EqualFold(n, "Host") {
			fmt.Fprintf(&main, "req.Host = %s\n", e(f.value))
			continue
		}
		fmt.Fprintf(&main, "req.Header.Add(%s, %s)\n", e(f.name), e(f.value))
	}
	if c.body.kind == "multipart" {
		main.WriteString("req.Header.Set(\"Content-Type\", parts.FormDataContentType())\n")
	}
	for pkg, mark := range map[string]string{"encoding/base64": "base64.Std", "net/url": "url.Query"} {
		if strings.Contains(main.String(), mark) {
			imports = append(imports, pkg)
		}
	}
	slices.Sort(imports)
	var b strings.Builder
	c.head(&b, "//")
	b.WriteString("package main\n\nimport (\n")
	for _, i := range imports {
		b.WriteString(strconv.Quote(i) + "\n")
	}
	b.WriteString(")\n\nfunc main() {\n" + main.String() + goTail)
	if len(c.params) > 0 {
		b.WriteString(goEnv)
	}
	src, err := format.Source([]byte(b.String()))
	if err != nil {
		return b.String()
	}
	return string(src)
}

const goTail = `resp, err := http.DefaultClient.Do(req)
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

func goParts(b *strings.Builder, c *call) {
	e := goSyntax.expr
	b.WriteString("var form bytes.Buffer\nparts := multipart.NewWriter(&form)\n")
	for i, p := range c.body.parts {
		switch {
		case p.file:
			fmt.Fprintf(b, "file%d, err := os.ReadFile(%s)\nif err != nil {\nlog.Fatal(err)\n}\n", i, e(p.value))
			fmt.Fprintf(b, "part%d, err := parts.CreateFormFile(%s, %s)\nif err != nil {\nlog.Fatal(err)\n}\n", i, e(p.name), e(base(p.value)))
			fmt.Fprintf(b, "part%d.Write(file%d)\n", i, i)
		default:
			fmt.Fprintf(b, "parts.WriteField(%s, %s)\n", e(p.name), e(p.value))
		}
	}
	b.WriteString("parts.Close()\n")
}

// base is a path's last element.
func base(t text) text {
	for i := len(t) - 1; i >= 0; i-- {
		if at := strings.LastIndexAny(t[i].literal, `/\`); at >= 0 {
			out := append(text{}, t[i:]...)
			out[0].literal = out[0].literal[at+1:]
			return out
		}
	}
	return t
}
