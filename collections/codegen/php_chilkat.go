package codegen

import (
	"fmt"
	"strings"
)

// phpChilkat writes PHP for the Chilkat extension. Unlike Chilkat's own
// generator it fills in or asks for every variable, header names too, sends
// form values as they are, and checks the status.
func phpChilkat(c *call) string {
	var b strings.Builder
	e := phpSyntax.expr
	c.phpHead(&b)
	b.WriteString("// The Chilkat PHP extension (version 11 or newer) must be loaded and unlocked.\ninclude('chilkat.php');\n")
	if len(c.params) > 0 {
		b.WriteString(phpEnv)
	}
	b.WriteString("\n$http = new CkHttp();\n")
	for _, f := range c.oneOfEach() {
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
		if p.file {
			fmt.Fprintf(b, "$form->AddFileForUpload(%s, %s);\n", e(p.name), e(p.value))
		} else {
			fmt.Fprintf(b, "$form->AddParam(%s, %s);\n", e(p.name), e(p.value))
		}
	}
	fmt.Fprintf(b, "$success = $http->HttpReq(%s, $form, $response);\n", url)
}
