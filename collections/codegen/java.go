package codegen

import (
	"fmt"
	"strings"
)

var javaSyntax = syntax{
	quote:     javaText,
	ref:       func(p *param) string { return "env(" + javaQuote(p.env) + ")" },
	join:      joined("+"),
	urlencode: func(s string) string { return "URLEncoder.encode(" + s + ", StandardCharsets.UTF_8)" },
	base64: func(s string) string {
		return "Base64.getEncoder().encodeToString((" + s + ").getBytes(StandardCharsets.UTF_8))"
	},
}

// javaText joins a long text from several constants, because a constant has at
// most 65,535 bytes.
func javaText(s string) string {
	list := chunks(s)
	if len(list) == 1 {
		return javaQuote(s)
	}
	for i := range list {
		list[i] = javaQuote(list[i])
	}
	return "String.join(\"\", " + strings.Join(list, ", ") + ")"
}

// maxConstant is the largest constant in characters, so that it is valid even
// when each takes three bytes.
const maxConstant = 16 << 10

// chunks cuts a text between characters.
func chunks(s string) (list []string) {
	for len(s) > maxConstant {
		end := maxConstant
		for end > maxConstant-4 && s[end]&0xc0 == 0x80 {
			end--
		}
		list, s = append(list, s[:end]), s[end:]
	}
	return append(list, s)
}

func javaBytes(s segment) string {
	switch {
	case s.file != nil:
		return "Files.readAllBytes(Path.of(" + javaSyntax.expr(s.file) + "))"
	case s.base64 != "":
		return "Base64.getDecoder().decode(" + javaText(s.base64) + ")"
	}
	return "(" + javaSyntax.expr(s.text) + ").getBytes(StandardCharsets.UTF_8)"
}

// javaRedirects is how java.net.http follows redirects: it makes GET of HEAD
// after 303, and sends credentials to any server.
var javaRedirects = client{methods: []string{"GET", "POST"}}

func java(c *call) string {
	c.strictURL("Java", inPath)
	c.refusesUnicode("Java's client")
	if c.insecure {
		c.note("the server's certificate is verified")
	}
	var b strings.Builder
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
	publisher := c.javaBody(&b)
	if c.redirects.follow && c.asRun(javaRedirects) || !c.redirects.follow {
		c.javaOnce(&b, publisher)
	} else {
		c.javaLoop(&b, publisher)
	}
	b.WriteString(`        System.out.write(response.body());
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

// javaBody writes the code that makes the body, and returns the expression of
// its publisher.
func (c *call) javaBody(b *strings.Builder) string {
	list := c.segments()
	switch {
	case len(list) == 0:
		return "HttpRequest.BodyPublishers.noBody()"
	case len(list) == 1 && list[0].isText():
		return "HttpRequest.BodyPublishers.ofString(" + javaSyntax.expr(list[0].text) + ")"
	case len(list) == 1:
		return "HttpRequest.BodyPublishers.ofByteArray(" + javaBytes(list[0]) + ")"
	}
	b.WriteString("        ByteArrayOutputStream content = new ByteArrayOutputStream();\n")
	for _, s := range list {
		b.WriteString("        content.write(" + javaBytes(s) + ");\n")
	}
	return "HttpRequest.BodyPublishers.ofByteArray(content.toByteArray())"
}

func javaHeaders(b *strings.Builder, indent string, list []field) {
	for _, f := range list {
		fmt.Fprintf(b, "%s.header(%s, %s)", indent, javaSyntax.expr(f.name), javaSyntax.expr(f.value))
	}
}

// javaOnce writes one call, in which the client follows redirects or not.
func (c *call) javaOnce(b *strings.Builder, publisher string) {
	fmt.Fprintf(b, "        HttpRequest request = HttpRequest.newBuilder(URI.create(%s))\n            .method(%s, %s)", javaSyntax.expr(c.url), javaQuote(c.method), publisher)
	javaHeaders(b, "\n            ", c.headers)
	follow := ""
	if c.redirects.follow {
		follow = ".followRedirects(HttpClient.Redirect.NORMAL)"
	}
	b.WriteString("\n            .build();\n        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)" + follow + `.build();
        HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
`)
}

// javaLoop writes a program that follows redirects itself.
func (c *call) javaLoop(b *strings.Builder, publisher string) {
	g := c.groups(c.headers)
	fmt.Fprintf(b, "        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();\n        URI uri = URI.create(%s);\n        String method = %s;\n        HttpRequest.BodyPublisher body = %s;\n",
		javaSyntax.expr(c.url), javaQuote(c.method), publisher)
	b.WriteString(`        boolean hasBody = true, hasSecrets = true;
        HttpResponse<byte[]> response;
        // After 307 and 308 as before, after others by GET without the body. Secrets
        // and body stay with their server.
        for (int hops = 1; ; hops++) {
            HttpRequest.Builder request = HttpRequest.newBuilder(uri).method(method, hasBody ? body : HttpRequest.BodyPublishers.noBody())`)
	javaHeaders(b, "\n                ", g.plain)
	b.WriteString(";\n")
	for _, list := range []struct {
		when   string
		fields []field
	}{{"hasSecrets", g.secret}, {"hasBody", g.content}} {
		if len(list.fields) > 0 {
			b.WriteString("            if (" + list.when + ") request")
			javaHeaders(b, "", list.fields)
			b.WriteString(";\n")
		}
	}
	fmt.Fprintf(b, `            response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            String location = response.headers().firstValue("Location").orElse("");
            int status = response.statusCode();
            if (status / 100 != 3 || location.isEmpty()) break;
            if (hops > %d) throw new IllegalStateException("too many redirects");
            URI target = uri.resolve(location);
`, c.redirects.most)
	if !c.redirects.keepMethod {
		b.WriteString("            if (status != 307 && status != 308) {\n                method = method.equals(\"HEAD\") ? \"HEAD\" : \"GET\";\n                hasBody = false;\n            }\n")
	}
	if !c.redirects.keepAuth {
		b.WriteString("            if (!target.getScheme().equals(uri.getScheme()) || !target.getAuthority().equals(uri.getAuthority())) hasSecrets = hasBody = false;\n")
	}
	b.WriteString("            uri = target;\n        }\n")
}
