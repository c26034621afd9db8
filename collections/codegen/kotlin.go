package codegen

import (
	"fmt"
	"strings"
)

var kotlinSyntax = syntax{
	quote:     kotlinText,
	ref:       func(p *param) string { return "env(" + kotlinQuote(p.env) + ")" },
	join:      joined("+"),
	urlencode: func(s string) string { return "URLEncoder.encode(" + s + ", \"UTF-8\")" },
	base64: func(s string) string {
		return "Base64.getEncoder().encodeToString((" + s + ").toByteArray())"
	},
}

// kotlinText joins a long text from several constants, as javaText does.
func kotlinText(s string) string {
	list := chunks(s)
	if len(list) == 1 {
		return kotlinQuote(s)
	}
	for i := range list {
		list[i] = kotlinQuote(list[i])
	}
	return "listOf(" + strings.Join(list, ", ") + ").joinToString(\"\")"
}

func kotlinBytes(s segment) string {
	switch {
	case s.file != nil:
		return "File(" + kotlinSyntax.expr(s.file) + ").readBytes()"
	case s.base64 != "":
		return "Base64.getDecoder().decode(" + kotlinText(s.base64) + ")"
	}
	return "(" + kotlinSyntax.expr(s.text) + ").toByteArray()"
}

// kotlinBody returns the body for OkHttp, which needs one for POST and similar
// methods.
func (c *call) kotlinBody() string {
	var parts []string
	for _, s := range c.segments() {
		parts = append(parts, kotlinBytes(s))
	}
	if len(parts) == 0 {
		return "null"
	}
	return "(" + strings.Join(parts, " +\n        ") + ").toRequestBody()"
}

// okRedirects is how OkHttp follows redirects. It removes only the
// Authorization header for other servers.
var okRedirects = client{drops: []string{"authorization"}}

func kotlin(c *call) string {
	c.strictURL("OkHttp", inAuthority)
	c.utf8Headers("OkHttp")
	if c.body.kind != "" && (c.method == "GET" || c.method == "HEAD") {
		c.note("OkHttp refuses the body of %s: it is not sent", c.method)
		c.body = body{}
		c.drop("Content-Type")
	}
	if c.insecure {
		c.note("the server's certificate is verified")
	}
	var main strings.Builder
	follow := c.redirects.follow && c.asRun(okRedirects)
	main.WriteString("    val client = OkHttpClient.Builder()")
	if !follow {
		main.WriteString(".followRedirects(false).followSslRedirects(false)")
	}
	main.WriteString(".build()\n")
	if follow || !c.redirects.follow {
		c.kotlinOnce(&main)
	} else {
		c.kotlinLoop(&main)
	}
	var b strings.Builder
	c.head(&b, "//")
	b.WriteString("// OkHttp 4 or newer: implementation(\"com.squareup.okhttp3:okhttp:4.12.0\")\n")
	code := main.String()
	for _, i := range [][2]string{{"java.io.File", "File("}, {"java.net.URLEncoder", "URLEncoder."}, {"java.util.Base64", "Base64."}} {
		if strings.Contains(code, i[1]) {
			b.WriteString("import " + i[0] + "\n")
		}
	}
	b.WriteString("import kotlin.system.exitProcess\n")
	if strings.Contains(code, "toHttpUrl()") {
		b.WriteString("import okhttp3.HttpUrl.Companion.toHttpUrl\n")
	}
	b.WriteString("import okhttp3.Headers\nimport okhttp3.OkHttpClient\nimport okhttp3.Request\nimport okhttp3.RequestBody.Companion.toRequestBody\n\n")
	if len(c.params) > 0 {
		b.WriteString("fun env(name: String): String = System.getenv(name) ?: throw IllegalStateException(name + \" is not set\")\n\n")
	}
	b.WriteString("fun main() {\n" + code + `    print(response.body?.string() ?: "")
    if (response.code >= 400) {
        System.err.println("the server answered ${response.code} ${response.message}")
        exitProcess(1)
    }
    exitProcess(0) // connections that wait would hold it up
}
`)
	return b.String()
}

// needsBody are the methods for which OkHttp needs a body.
func needsBody(method string) bool {
	switch method {
	case "POST", "PUT", "PATCH", "PROPPATCH", "REPORT":
		return true
	}
	return false
}

// kotlinHeader adds a header. A value beyond ASCII needs another method of
// OkHttp.
func kotlinHeader(f field) string {
	add := "addUnsafeNonAscii"
	if s, ok := f.value.plain(); ok && ascii(s) {
		add = "add"
	}
	return fmt.Sprintf("headers.%s(%s, %s)\n", add, kotlinSyntax.expr(f.name), kotlinSyntax.expr(f.value))
}

func (c *call) kotlinOnce(b *strings.Builder) {
	body := c.kotlinBody()
	if c.body.kind == "" && needsBody(c.method) {
		body = "ByteArray(0).toRequestBody()"
	}
	b.WriteString("    val headers = Headers.Builder()\n")
	for _, f := range c.headers {
		b.WriteString("    " + kotlinHeader(f))
	}
	fmt.Fprintf(b, "    val body = %s\n    val request = Request.Builder().url(%s).method(%s, body).headers(headers.build()).build()\n    val response = client.newCall(request).execute()\n",
		body, kotlinSyntax.expr(c.url), kotlinQuote(c.method))
}

// kotlinLoop writes a program that follows redirects itself.
func (c *call) kotlinLoop(b *strings.Builder) {
	g := c.groups(c.headers)
	fmt.Fprintf(b, "    var url = (%s).toHttpUrl()\n    var method = %s\n    val body = %s\n    var hasBody = true\n    var hasSecrets = true\n    var hops = 0\n", kotlinSyntax.expr(c.url), kotlinQuote(c.method), c.kotlinBody())
	b.WriteString("    // After 307 and 308 as before, after others by GET without the body. Secrets and\n    // body stay with their server.\n    var response: okhttp3.Response\n    while (true) {\n        val headers = Headers.Builder()\n")
	for _, f := range g.plain {
		b.WriteString("        " + kotlinHeader(f))
	}
	for _, list := range []struct {
		when   string
		fields []field
	}{{"hasSecrets", g.secret}, {"hasBody", g.content}} {
		if len(list.fields) > 0 {
			b.WriteString("        if (" + list.when + ") {\n")
			for _, f := range list.fields {
				b.WriteString("            " + kotlinHeader(f))
			}
			b.WriteString("        }\n")
		}
	}
	fmt.Fprintf(b, `        val sent = if (hasBody && body != null) body else if (method in listOf("POST", "PUT", "PATCH", "PROPPATCH", "REPORT")) ByteArray(0).toRequestBody() else null
        response = client.newCall(Request.Builder().url(url).method(method, sent).headers(headers.build()).build()).execute()
        val location = response.header("Location")
        if (response.code / 100 != 3 || location == null) break
        hops++
        check(hops <= %d) { "too many redirects" }
        val target = url.resolve(location) ?: break
`, c.redirects.most)
	if !c.redirects.keepMethod {
		b.WriteString("        if (response.code != 307 && response.code != 308) {\n            if (method != \"HEAD\") method = \"GET\"\n            hasBody = false\n        }\n")
	}
	if !c.redirects.keepAuth {
		b.WriteString("        if (target.scheme != url.scheme || target.host != url.host || target.port != url.port) {\n            hasSecrets = false\n            hasBody = false\n        }\n")
	}
	b.WriteString("        response.close()\n        url = target\n    }\n")
}
