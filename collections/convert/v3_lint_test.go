package convert

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// TestCheckV3: what Postman's CLI 1.34.0 reports as an error (FMT014, FMT015,
// FMT017, FMT018) is found, and what it takes is not.
func TestCheckV3(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"all of it", "url: h\nmethod: FOO\nheaders: [{key: a, value: b, description: c, disabled: true}]\nqueryParams: {a: null}\npathVariables: {a: b}\nbody: {type: none}\nauth: {type: inherit}\nscripts: [{type: x, code: y, language: text/javascript, packages: {a: {id: b}}}]\nsettings: {foo: 1, maxRedirects: 3}\nexamples: ./x\norder: -1.5\nunknown: 1\n", ""},
		{"nothing", "", ""},
		{"a number for a text", "url: 5\n", "a.request.yaml:2: url: want a text, not a number; put it in quotes"},
		{"null for a text", "method: null\n", "a.request.yaml:2: method: want a text, not null"},
		{"a number among headers", "headers: {a: 5}\n", "a.request.yaml:2: headers.a: want a text, not a number; put it in quotes"},
		{"headers as one text", "headers: 'A: b'\n", "a.request.yaml:2: headers: want a map of texts or a list of {key, value, description, disabled}, not a text"},
		{"a header's type", "headers: [{key: a, value: b, type: text}]\n", "a.request.yaml:2: headers[0].type: there is no such key here"},
		{"a header without value", "headers: [{key: a}]\n", "a.request.yaml:2: headers[0].value: missing"},
		{"a parameter without value", "queryParams: [{key: a}, {key: null, value: b}]\n", ""},
		{"an unknown body", "body: {type: yaml, content: x}\n", "a.request.yaml:2: body.type: want one of none, text, json, xml, html, javascript, urlencoded, formdata, file"},
		{"a body of GraphQL", "body: {type: graphql, content: {query: x}}\n", "a.request.yaml:2: body.type: want one of none, text, json, xml, html, javascript, urlencoded, formdata, file"},
		{"a body of v2.1", "body: {mode: raw, raw: x}\n", "a.request.yaml:2: body: this is a body of v2.1; want type and content"},
		{"JSON that is no text", "body: {type: json, content: {a: 1}}\n", "a.request.yaml:2: body.content: want a text, not a map"},
		{"a form that is a text", "body: {type: urlencoded, content: a=b}\n", "a.request.yaml:2: body.content: want a map of texts or a list of {key, value, description, disabled}, not a text"},
		{"a part without type", "body: {type: formdata, content: [{key: a, value: b}]}\n", "a.request.yaml:2: body.content[0].type: missing"},
		{"a file part", "body: {type: formdata, content: [{type: file, key: a, src: [x, y]}, {type: file, key: b}]}\n", "a.request.yaml:2: body.content[1].src: missing"},
		{"a file", "body: {type: file, content: a.txt}\n", "a.request.yaml:2: body.content: want a map, not a text"},
		{"several auths", "auth: [{type: basic}]\n", "a.request.yaml:2: auth: want a map, not a list"},
		{"an unknown auth", "auth: {type: foo}\n", "a.request.yaml:2: auth.type: want one of noauth, inherit, basic, bearer, apikey, digest, oauth1, oauth2, jwt, awsv4, hawk, ntlm, asap, edgegrid, azure"},
		{"a script of another language", "scripts: [{type: x, code: y, language: text/python}]\n", "a.request.yaml:2: scripts[0].language: want one of text/javascript"},
		{"scripts that are no list", "scripts: {type: x, code: y}\n", "a.request.yaml:2: scripts: want a list, not a map"},
		{"a script's own key", "scripts: [{type: x, code: y, disabled: true}]\n", "a.request.yaml:2: scripts[0].disabled: there is no such key here"},
		{"settings", "settings: {strictSSL: 'true', protocolVersion: http3}\n", "a.request.yaml:2: settings.strictSSL: want true or false, not a text\na.request.yaml:2: settings.protocolVersion: want one of auto, http1, http2"},
		{"a header nobody adds", "settings: {disabledSystemHeaders: [foo]}\n", "a.request.yaml:2: settings.disabledSystemHeaders[0]: want one of cache-control, postman-token, content-type, content-length, accept-encoding, user-agent, connection, accept, host"},
		{"order in quotes", "order: '1'\n", "a.request.yaml:2: order: want a number, not a text"},
		{"a key twice", "url: a\nurl: b\n", "a.request.yaml:3: url: the key is there twice"},
		{"a bare template", "url: {{x}}y\n", "a.request.yaml:2: not valid YAML: a value that starts with {{ needs quotes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			checkV3(t, "a.request.yaml", "$kind: http-request\n"+tt.in, tt.want)
		})
	}
	for _, tt := range []struct{ name, file, in, want string }{
		{"no kind", "a.request.yaml", "url: h\n", "a.request.yaml:1: $kind: missing; a request has $kind: http-request"},
		{"an unknown kind", "a.request.yaml", "$kind: http-foo\n", `a.request.yaml:1: $kind: "http-foo" is no kind of request`},
		{"GraphQL", "a.request.yaml", "$kind: graphql-request\nquery: 5\nvariables: {a: 1}\n", "a.request.yaml:2: query: want a text, not a number; put it in quotes\na.request.yaml:3: variables: want a text, not a map"},
		{"gRPC", "a.request.yaml", "$kind: grpc-request\nmessage: x\n", "a.request.yaml:2: message: want a map, not a text"},
		{"variables", ".resources/definition.yaml", "$kind: collection\nvariables: [{key: a, value: 5}, {key: s, value: v, secret: true}]\n", ".resources/definition.yaml:2: variables[0].value: want a text, not a number; put it in quotes"},
		{"a scope's auths", "F/.resources/definition.yaml", "$kind: collection\nauth: [{id: '', type: noauth, name: No Auth}, {type: basic}]\n", "F/.resources/definition.yaml:2: auth[1].id: missing\nF/.resources/definition.yaml:2: auth[1].name: missing"},
		{"another file", "notes.yaml", "x: [", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			checkV3(t, tt.file, tt.in, tt.want)
		})
	}
}

func checkV3(t *testing.T, file, in, want string) {
	t.Helper()
	got := ""
	for i, n := range CheckV3(".", fstest.MapFS{file: {Data: []byte(in)}}) {
		if i > 0 {
			got += "\n"
		}
		got += n.String()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestToV3Fits: what is written fits the schema.
func TestToV3Fits(t *testing.T) {
	t.Parallel()
	files, _, err := ToV3(parsed(t, everything), "out")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range CheckV3("out", filesFS(files)) {
		t.Error(n)
	}
}
