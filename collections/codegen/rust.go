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

func rustBytes(s segment) string {
	switch {
	case s.file != nil:
		return "std::fs::read(" + rustSyntax.expr(s.file) + ")?"
	case s.base64 != "":
		return "base64::engine::general_purpose::STANDARD.decode(" + rustQuote(s.base64) + ")?"
	}
	return "String::from(" + rustSyntax.expr(s.text) + ").into_bytes()"
}

func (c *call) rustBody() string {
	var parts []string
	for _, s := range c.segments() {
		parts = append(parts, rustBytes(s))
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return "[\n        " + strings.Join(parts, ",\n        ") + ",\n    ]\n    .concat()"
}

// reqwestRedirects is how reqwest follows redirects.
var reqwestRedirects = client{drops: credentials}

func rust(c *call) string {
	c.strictURL("Rust", inAuthority)
	c.utf8Headers("Rust")
	var main strings.Builder
	follow := c.redirects.follow && c.asRun(reqwestRedirects)
	builder := "reqwest::blocking::Client::new()"
	if !follow || c.insecure {
		builder = "reqwest::blocking::Client::builder()"
		if !follow {
			builder += ".redirect(reqwest::redirect::Policy::none())"
		}
		if c.insecure {
			builder += ".danger_accept_invalid_certs(true)"
		}
		builder += ".build()?"
	}
	main.WriteString("    let client = " + builder + ";\n")
	if follow || !c.redirects.follow {
		c.rustOnce(&main)
	} else {
		c.rustLoop(&main)
	}
	code := main.String()
	var b strings.Builder
	c.head(&b, "//")
	b.WriteString("// Cargo.toml: reqwest = { version = \"0.12\", features = [\"blocking\"] }\n")
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
	b.WriteString("fn main() -> Result<(), Box<dyn Error>> {\n" + code + `    let status = response.status();
    print!("{}", response.text()?);
    if status.as_u16() >= 400 {
        return Err(format!("the server answered {status}").into());
    }
    Ok(())
}
`)
	return b.String()
}

func (c *call) rustOnce(b *strings.Builder) {
	if c.body.kind != "" {
		b.WriteString("    let body = " + c.rustBody() + ";\n")
	}
	fmt.Fprintf(b, "    let response = client\n        .request(reqwest::Method::from_bytes(b%s)?, %s)\n", rustQuote(c.method), rustSyntax.expr(c.url))
	for _, f := range c.headers {
		fmt.Fprintf(b, "        .header(%s, %s)\n", rustSyntax.expr(f.name), rustSyntax.expr(f.value))
	}
	if c.body.kind != "" {
		b.WriteString("        .body(body)\n")
	}
	b.WriteString("        .send()?;\n")
}

// rustLoop writes a program that follows redirects itself.
func (c *call) rustLoop(b *strings.Builder) {
	g := c.groups(c.headers)
	fmt.Fprintf(b, "    let mut url = reqwest::Url::parse(%s)?;\n    let mut method = reqwest::Method::from_bytes(b%s)?;\n", borrowed(rustSyntax.expr(c.url)), rustQuote(c.method))
	if c.body.kind != "" {
		b.WriteString("    let body = " + c.rustBody() + ";\n")
	}
	b.WriteString("    let (mut has_body, mut has_secrets) = (true, true);\n    let mut hops = 0;\n")
	b.WriteString("    // After 307 and 308 as before, after others by GET without the body. Secrets and\n    // body stay with their server.\n    let response = loop {\n        let mut request = client.request(method.clone(), url.clone());\n")
	for _, f := range g.plain {
		fmt.Fprintf(b, "        request = request.header(%s, %s);\n", rustSyntax.expr(f.name), rustSyntax.expr(f.value))
	}
	b.WriteString("        if has_secrets {\n")
	for _, f := range g.secret {
		fmt.Fprintf(b, "            request = request.header(%s, %s);\n", rustSyntax.expr(f.name), rustSyntax.expr(f.value))
	}
	b.WriteString("        }\n        if has_body {\n")
	for _, f := range g.content {
		fmt.Fprintf(b, "            request = request.header(%s, %s);\n", rustSyntax.expr(f.name), rustSyntax.expr(f.value))
	}
	if c.body.kind != "" {
		b.WriteString("            request = request.body(body.clone());\n")
	}
	fmt.Fprintf(b, `        }
        let response = request.send()?;
        let status = response.status().as_u16();
        let location = match response.headers().get("location") {
            Some(location) if status / 100 == 3 => location.to_str()?.to_string(),
            _ => break response,
        };
        hops += 1;
        if hops > %d {
            return Err("too many redirects".into());
        }
        let target = url.join(&location)?;
`, c.redirects.most)
	if !c.redirects.keepMethod {
		b.WriteString("        if status != 307 && status != 308 {\n            if method != reqwest::Method::HEAD {\n                method = reqwest::Method::GET;\n            }\n            has_body = false;\n        }\n")
	}
	if !c.redirects.keepAuth {
		b.WriteString("        if target.origin() != url.origin() {\n            has_secrets = false;\n            has_body = false;\n        }\n")
	}
	b.WriteString("        url = target;\n    };\n")
}

// borrowed returns a text as an expression of type &str.
func borrowed(expr string) string {
	if strings.HasPrefix(expr, `"`) {
		return expr
	}
	return "&" + expr
}
