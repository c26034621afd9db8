package codegen

import (
	"fmt"
	"strings"
)

var javaSyntax = syntax{
	quote:     javaQuote,
	ref:       func(p *param) string { return "env(" + javaQuote(p.env) + ")" },
	join:      joined("+"),
	urlencode: func(s string) string { return "URLEncoder.encode(" + s + ", StandardCharsets.UTF_8)" },
	base64: func(s string) string {
		return "Base64.getEncoder().encodeToString((" + s + ").getBytes(StandardCharsets.UTF_8))"
	},
}

func java(c *call) string {
	var b strings.Builder
	e := javaSyntax.expr
	c.head(&b, "//")
	b.WriteString(`// Java 11 or newer: java Main.java
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

public class Main {
    public static void main(String[] args) throws Exception {
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "connection,expect,host,upgrade");
`)
	publisher := "HttpRequest.BodyPublishers.noBody()"
	switch c.body.kind {
	case "text":
		publisher = "HttpRequest.BodyPublishers.ofString(" + e(c.body.text) + ")"
	case "form":
		publisher = "HttpRequest.BodyPublishers.ofString(" + e(c.formText()) + ")"
	case "file":
		publisher = "HttpRequest.BodyPublishers.ofFile(Path.of(" + e(c.body.file) + "))"
	case "multipart":
		publisher = "HttpRequest.BodyPublishers.ofByteArray(form.toByteArray())"
		javaParts(&b, c)
	}
	fmt.Fprintf(&b, "        HttpRequest request = HttpRequest.newBuilder(URI.create(%s))\n            .method(%s, %s)\n", e(c.url), javaQuote(c.method), publisher)
	for _, f := range c.headers {
		fmt.Fprintf(&b, "            .header(%s, %s)\n", e(f.name), e(f.value))
	}
	if c.body.kind == "multipart" {
		b.WriteString("            .header(\"Content-Type\", \"multipart/form-data; boundary=\" + boundary)\n")
	}
	b.WriteString(`            .build();
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NORMAL).build();
        HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        System.out.write(response.body());
        System.out.flush();
        if (response.statusCode() >= 400) {
            System.err.println("the server answered " + response.statusCode());
            System.exit(1);
        }
    }
`)
	if len(c.params) > 0 {
		b.WriteString(`
    static String env(String name) {
        String value = System.getenv(name);
        if (value == null) throw new IllegalStateException(name + " is not set");
        return value;
    }
`)
	}
	b.WriteString("}\n")
	return b.String()
}

func javaParts(b *strings.Builder, c *call) {
	e := javaSyntax.expr
	b.WriteString("        String boundary = java.util.UUID.randomUUID().toString();\n        ByteArrayOutputStream form = new ByteArrayOutputStream();\n")
	write := func(s string) {
		b.WriteString("        form.write((" + s + ").getBytes(StandardCharsets.UTF_8));\n")
	}
	for _, p := range c.body.parts {
		head := `"--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + ` + e(p.name) + ` + "\"`
		if p.file {
			head += `; filename=\"" + ` + e(base(p.value)) + ` + "\"`
		}
		if p.contentType != "" {
			head += `\r\nContent-Type: " + ` + javaQuote(p.contentType) + ` + "`
		}
		write(head + `\r\n\r\n"`)
		if p.file {
			b.WriteString("        form.write(Files.readAllBytes(Path.of(" + e(p.value) + ")));\n")
			write(`"\r\n"`)
		} else {
			write(e(p.value) + ` + "\r\n"`)
		}
	}
	write(`"--" + boundary + "--\r\n"`)
}
