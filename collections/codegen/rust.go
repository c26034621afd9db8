package codegen

import (
	"fmt"
	"strings"
)

var rustSyntax = syntax{
	quote: rustQuote,
	ref:   func(p *param) string { return "env(" + rustQuote(p.env) + ")?" },
	join: func(parts []string) string {
		return "format!(\"" + strings.Repeat("{}", len(parts)) + "\", " + strings.Join(parts, ", ") + ")"
	},
	urlencode: func(s string) string { return "urlencoding::encode(&" + s + ")" },
	base64:    func(s string) string { return "base64::engine::general_purpose::STANDARD.encode(" + s + ")" },
}

func rust(c *call) string {
	var main strings.Builder
	e := rustSyntax.expr
	if c.body.kind == "multipart" {
		main.WriteString("    let form = reqwest::blocking::multipart::Form::new()")
		for _, p := range c.body.parts {
			if p.file {
				fmt.Fprintf(&main, "\n        .file(%s, %s)?", e(p.name), e(p.value))
			} else {
				fmt.Fprintf(&main, "\n        .text(%s, %s)", e(p.name), e(p.value))
			}
		}
		main.WriteString(";\n")
	}
	fmt.Fprintf(&main, "    let response = reqwest::blocking::Client::new()\n        .request(reqwest::Method::from_bytes(b%s)?, %s)\n", rustQuote(c.method), e(c.url))
	for _, f := range c.headers {
		fmt.Fprintf(&main, "        .header(%s, %s)\n", e(f.name), e(f.value))
	}
	switch c.body.kind {
	case "text":
		main.WriteString("        .body(" + e(c.body.text) + ")\n")
	case "form":
		main.WriteString("        .body(" + e(c.formText()) + ")\n")
	case "file":
		main.WriteString("        .body(std::fs::File::open(" + e(c.body.file) + ")?)\n")
	case "multipart":
		main.WriteString("        .multipart(form)\n")
	}
	code := main.String()
	var b strings.Builder
	c.head(&b, "//")
	b.WriteString("// Cargo.toml: reqwest = { version = \"0.12\", features = [\"blocking\", \"multipart\"] }\n")
	if strings.Contains(code, "urlencoding::") {
		b.WriteString("// and urlencoding = \"2\"\n")
	}
	if strings.Contains(code, "base64::") {
		b.WriteString("// and base64 = \"0.22\"\nuse base64::Engine;\n")
	}
	b.WriteString("use std::error::Error;\n\n")
	if len(c.params) > 0 {
		b.WriteString("fn env(name: &str) -> Result<String, Box<dyn Error>> {\n    std::env::var(name).map_err(|_| format!(\"{name} is not set\").into())\n}\n\n")
	}
	b.WriteString("fn main() -> Result<(), Box<dyn Error>> {\n" + code + `        .send()?;
    let status = response.status();
    print!("{}", response.text()?);
    if status.as_u16() >= 400 {
        return Err(format!("the server answered {status}").into());
    }
    Ok(())
}
`)
	return b.String()
}
