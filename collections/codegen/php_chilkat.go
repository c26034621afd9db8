package codegen

import (
	"fmt"
	"strings"
)

// phpChilkat writes PHP for the Chilkat extension. Unlike Chilkat's own
// generator it fills in or asks for every variable, also in header names, sends
// form values as they are, and checks the status.
func phpChilkat(c *call) string {
	stay := c.chilkatLimits()
	var b strings.Builder
	e := phpSyntax.expr
	c.phpHead(&b)
	b.WriteString("// The Chilkat PHP extension (version 11 or newer) must be loaded and unlocked.\ninclude('chilkat.php');\n")
	if len(c.params) > 0 {
		b.WriteString(phpEnv)
	}
	b.WriteString("\n$http = new CkHttp();\n")
	if stay {
		b.WriteString("$http->put_FollowRedirects(false);\n")
	}
	for _, f := range oneOfEach(c.headers) {
		if c.body.kind == "multipart" && strings.EqualFold(f.name.String(), "Content-Type") {
			continue // Chilkat generates the boundary
		}
		fmt.Fprintf(&b, "$http->SetRequestHeader(%s, %s);\n", e(f.name), e(f.value))
	}
	b.WriteString("$response = new CkHttpResponse();\n")
	url, verb := e(c.url), singleQuote(c.method)
	content := singleQuote("")
	if t, ok := c.header("Content-Type"); ok {
		content = e(t)
	}
	switch c.body.kind {
	case "":
		fmt.Fprintf(&b, "$success = $http->HttpNoBody(%s, %s, $response);\n", verb, url)
	case "text":
		fmt.Fprintf(&b, "$body = %s;\n$success = $http->HttpStr(%s, %s, $body, 'utf-8', %s, $response);\n", e(c.body.text), verb, url, content)
	case "file":
		fmt.Fprintf(&b, "$data = new CkBinData();\nif (!$data->LoadFile(%s)) {\n    fwrite(STDERR, \"the file cannot be read\\n\");\n    exit(1);\n}\n", e(c.body.file))
		fmt.Fprintf(&b, "$success = $http->HttpBd(%s, %s, $data, %s, $response);\n", verb, url, content)
	case "bytes":
		fmt.Fprintf(&b, "$data = new CkBinData();\n$data->AppendEncoded(%s, 'base64');\n", singleQuote(c.body.base64))
		fmt.Fprintf(&b, "$success = $http->HttpBd(%s, %s, $data, %s, $response);\n", verb, url, content)
	default:
		chilkatForm(&b, c, url, verb)
	}
	b.WriteString(`if (!$success) {
    fwrite(STDERR, $http->lastErrorText() . "\n");
    exit(1);
}
echo $response->bodyStr();
if ($response->get_StatusCode() >= 400) {
    fwrite(STDERR, 'the server answered ' . $response->get_StatusCode() . "\n");
    exit(1);
}
`)
	return b.String()
}

func chilkatForm(b *strings.Builder, c *call, url, verb string) {
	e := phpSyntax.expr
	content := "application/x-www-form-urlencoded"
	if c.body.kind == "multipart" {
		content = "multipart/form-data"
	}
	fmt.Fprintf(b, "$form = new CkHttpRequest();\n$form->put_HttpVerb(%s);\n$form->put_ContentType(%s);\n", verb, singleQuote(content))
	for _, f := range c.body.form {
		fmt.Fprintf(b, "$form->AddParam(%s, %s);\n", e(f.name), e(f.value))
	}
	for _, p := range c.body.parts {
		switch {
		case p.file && p.contentType != "":
			fmt.Fprintf(b, "$form->AddFileForUpload2(%s, %s, %s);\n", e(p.name), e(p.value), singleQuote(p.contentType))
		case p.file:
			fmt.Fprintf(b, "$form->AddFileForUpload(%s, %s);\n", e(p.name), e(p.value))
		default:
			fmt.Fprintf(b, "$form->AddParam(%s, %s);\n", e(p.name), e(p.value))
		}
	}
	fmt.Fprintf(b, "$success = $http->HttpReq(%s, $form, $response);\n", url)
}

// chilkatRedirects is how Chilkat follows redirects, as far as that is known.
var chilkatRedirects = client{methods: []string{"GET", "HEAD"}, drops: []string{"authorization"}}

// chilkatLimits notes what Chilkat does differently from a run, and reports
// whether it must follow no redirects.
func (c *call) chilkatLimits() (stay bool) {
	c.strictURL("Chilkat", inAuthority)
	c.joinsHeaders("Chilkat")
	for _, p := range c.body.parts {
		if !p.file && (p.contentType != "" || p.filename != nil || p.base64) {
			c.note("Chilkat sends the text of a part without a Content-Type and file name")
		}
	}
	if c.insecure {
		c.note("the server's certificate is verified")
	}
	return !c.redirects.follow || c.notFollowed("Chilkat", chilkatRedirects)
}
