package collections

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	postman "github.com/rbretecher/go-postman-collection"
)

const head = `{"info":{"name":"C","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},`

func parse(t *testing.T, src string) *Collection {
	t.Helper()
	c, err := Parse("c.json", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// firstRequest parses a collection of one item with the given request.
func firstRequest(t *testing.T, request string) *Request {
	t.Helper()
	c := parse(t, head+`"item":[{"name":"a","request":`+request+`}]}`)
	return c.Root().Children()[0].Request()
}

func TestParseErrorsSayWhere(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"empty", "", "c.json:1:1: the file is empty"},
		{"gzip", "\x1f\x8b\x08\x00", "c.json:1:1: this is compressed by gzip: unpack it"},
		{"a pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:aa\n", "c.json:1:1: this is a pointer of Git LFS in place of the file: git lfs pull gets it"},
		{"variables", "# of mine\n\nexport API_KEY=x\n", "c.json:1:1: these are variables as in a .env file, not JSON: pass them with --env-file"},
		{"a merge conflict", "{\n<<<<<<< HEAD\n\"info\":{}\n=======\n\"item\":[]\n>>>>>>> b\n}", "c.json:2:1: not valid JSON: a merge conflict is not resolved"},
		{"a merge conflict at the start", "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> b\n", "c.json:1:1: not valid JSON: a merge conflict is not resolved"},
		{"a merge conflict further down", "{\"info\":{},\n=======\n}", "c.json:2:1: not valid JSON: a merge conflict is not resolved"},
		{"html", "<!DOCTYPE html>", "c.json:1:1: this is HTML or XML, not JSON: export the collection from Postman, or use the raw file's address"},
		{"cut off", "{\n \"item\": [", "c.json:2:11: not valid JSON: the file ends too early; is it cut off?"},
		{"trailing comma", "{\n \"item\": [1,]}", "c.json:2:13: not valid JSON: trailing comma before ]"},
		{"comment", "{ // x\n}", "c.json:1:3: not valid JSON: comments are not allowed"},
		{"base64", strings.Repeat("eyJpbmZvIjp7", 8) + "Im5hbWUiOiJjIn0=\n", "c.json:1:1: not valid JSON: invalid character 'e' looking for beginning of value"},
		{"globals", `{"values":[],"_postman_variable_scope":"globals"}`, "c.json:1:1: these are globals, not a collection: pass them with -g"},
		{"environment", `{"values":[]}`, "c.json:1:1: this is an environment, not a collection: pass it with -e"},
		{"openapi", `{"openapi":"3.0.0"}`, "c.json:1:1: this is an OpenAPI description, not a collection: postie convert makes one of it"},
		{"openapi in YAML", "# ours\ninfo: {}\nopenapi: 3.0.0\n", "c.json:1:1: this is an OpenAPI description, not a collection: postie convert makes one of it"},
		{"swagger in YAML", "swagger: '2.0'\r\n", "c.json:1:1: this is an OpenAPI description, not a collection: postie convert makes one of it"},
		{"asyncapi", `{"asyncapi":"2.0.0","info":{}}`, "c.json:1:1: AsyncAPI is not read: it describes messages, a collection holds requests"},
		{"asyncapi in YAML", "asyncapi: 2.0.0\n", "c.json:1:1: AsyncAPI is not read: it describes messages, a collection holds requests"},
		{"RAML", "#%RAML 1.0\n", "c.json:1:1: RAML is not read: convert it to OpenAPI, of which postie convert makes a collection"},
		{"a request of v3", "$kind: http-request\n", "c.json:1:1: this is one file of a v3 collection: name the collection's folder"},
		{"curl", "curl http://h/\n", "c.json:1:1: these are curl commands, not a collection: postie convert makes one of them"},
		{"archive", "PK\x03\x04", "c.json:1:1: this is a ZIP archive: unpack it, and name a file that was in it"},
		{"Bruno", "meta {\n  name: x\n}", "c.json:1:1: this is a request of Bruno, which is not read: have Bruno export the collection as one of Postman"},
		{"Bruno's JSON", `{"name":"B","version":"1","items":[]}`, "c.json:1:1: this is a collection of Bruno, which is not read: have Bruno export it as one of Postman"},
		{"Insomnia", `{"_type":"export","resources":[]}`, "c.json:1:1: this is an export of Insomnia, which is not read: have Insomnia export HAR, of which postie convert makes a collection"},
		{"Insomnia in YAML", "type: collection.insomnia.rest/5.0\n", "c.json:1:1: this is an export of Insomnia, which is not read: have Insomnia export HAR, of which postie convert makes a collection"},
		{"HTTP file", "### first\n\n@host = h\nGET http://{{host}}/\n", "c.json:1:1: files of HTTP requests are not read: copy each as a curl command, of which postie convert makes a collection"},
		{"fetch", `fetch("http://h/")`, "c.json:1:1: calls of fetch are not read: copy the request as a curl command, of which postie convert makes a collection"},
		{"PowerShell", "$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession\n", "c.json:1:1: PowerShell's requests are not read: copy the request as a curl command, of which postie convert makes a collection"},
		{"Thunder Client", `{"clientName":"Thunder Client","requests":[]}`, "c.json:1:1: this is a collection of Thunder Client, which is not read: have it export one of Postman"},
		{"dump", `{"version":1,"collections":[]}`, "c.json:1:1: this is a dump of all of Postman's data: export the collection alone, or import the dump into Postman"},
		{"run log", `{"v":1,"event":"RunStarted"}`, "c.json:1:1: this is a run log, not a collection: postie report makes reports of it, and postie rerun sends it again"},
		{"run log of many lines", `{"v":1,"event":"RunStarted"}` + "\n" + `{"v":1,"event":"RunFinished"}`, "c.json:1:1: this is a run log, not a collection: postie report makes reports of it, and postie rerun sends it again"},
		{"OpenCollection", `{"opencollection":"1.0.0","info":{"name":"x"}}`, "c.json:1:1: this is a collection of Bruno, which is not read: have Bruno export it as one of Postman"},
		{"other text", "some text", "c.json:1:1: not valid JSON: invalid character 's' looking for beginning of value"},
		{"other JSON", `{"name":"x"}`, `c.json:1:1: this JSON is not a Postman collection: it has neither "info" nor "item"`},
		{"text", `"x"`, `c.json:1:1: this JSON is not a Postman collection: it has neither "info" nor "item"`},
		{"wrapped twice", `{"collection":{"collection":{}}}`, `c.json:1:1: this JSON is not a Postman collection: it has neither "info" nor "item"`},
		{"item is no list", `{"info":{},` + "\n" + `"item":{}}`, `c.json:2:8: not a Postman collection: "item" is not an array`},
		{"columns are characters", `{"é": x`, "c.json:1:7: not valid JSON: invalid character 'x' looking for beginning of value"},
		{"NUL bytes", strings.Repeat("\x00", 100), "c.json:1:1: not valid JSON: invalid character '\\x00' looking for beginning of value"},
		{"deep", strings.Repeat("[", 100000), "c.json:1:2001: nested deeper than 2000 levels"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("c.json", []byte(tt.in))
			var pe *ParseError
			if !errors.As(err, &pe) || pe.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestParseTakesLiberalForms(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, request, want string }{
		{"a text is a URL to GET", `"http://h/p?a=1#f"`,
			`{"url":{"protocol":"http","path":["p"],"hash":"f","host":["h"],"query":[{"key":"a","value":"1"}],"variable":[]},"method":"GET"}`},
		{"header as text", `{"url":"h","header":"A: 1\nB:2"}`,
			`{"url":{"host":["h"],"query":[],"variable":[]},"header":[{"key":"A","value":"1"},{"key":"B","value":"2"}],"method":"GET"}`},
		{"header as map", `{"url":"h","header":{"A":"1"},"method":"post"}`,
			`{"url":{"host":["h"],"query":[],"variable":[]},"header":[{"key":"A","value":"1"}],"method":"POST"}`},
		{"url with only raw", `{"url":{"raw":"http://h/x"}}`,
			`{"url":{"protocol":"http","path":["x"],"host":["h"],"query":[],"variable":[]},"method":"GET"}`},
		{"url parts as texts", `{"url":{"host":"a.b","path":"/x/y","query":"a=1","port":8080}}`,
			`{"url":{"port":"8080","path":["x","y"],"host":["a","b"],"query":[{"key":"a","value":"1"}],"variable":[]},"method":"GET"}`},
		{"body as text", `{"url":"h","body":"x"}`,
			`{"url":{"host":["h"],"query":[],"variable":[]},"method":"GET","body":{"mode":"raw","raw":"x"}}`},
		{"auth as map (v2.0)", `{"url":"h","auth":{"type":"basic","basic":{"username":"u"}}}`,
			`{"url":{"host":["h"],"query":[],"variable":[]},"method":"GET","auth":{"type":"basic","basic":[{"type":"any","value":"u","key":"username"}]}}`},
		{"headers as lines in a list", `{"url":"h","header":["A: 1","B"]}`,
			`{"url":{"host":["h"],"query":[],"variable":[]},"header":[{"key":"A","value":"1"},{"key":"B","value":""}],"method":"GET"}`},
		{"header without key or value", `{"url":"h","header":[{"value":"x"},{"key":null,"value":"y"},{"key":"A"},{"key":"B","value":7}]}`,
			`{"url":{"host":["h"],"query":[],"variable":[]},"header":[{"key":"","value":"x"},{"key":"","value":"y"},{"key":"A","value":""},{"key":"B","value":7}],"method":"GET"}`},
		{"query as map", `{"url":{"host":["h"],"query":{"a":"1"}}}`,
			`{"url":{"host":["h"],"query":[{"key":"a","value":"1"}],"variable":[]},"method":"GET"}`},
		{"path of objects", `{"url":{"host":["h"],"path":[{"type":"string","value":"a"},"b"]}}`,
			`{"url":{"path":["a","b"],"host":["h"],"query":[],"variable":[]},"method":"GET"}`},
		{"url auth", `{"url":"http://u:p@h"}`,
			`{"url":{"protocol":"http","auth":{"user":"u","password":"p"},"host":["h"],"query":[],"variable":[]},"method":"GET"}`},
		{"raw keeps path variables", `{"url":{"raw":"http://h/:id","variable":[{"id":"id","value":"7"}]}}`,
			`{"url":{"protocol":"http","path":[":id"],"host":["h"],"query":[],"variable":[{"id":"id","type":"any","value":"7","key":"id"}]},"method":"GET"}`},
		{"no url", `{"method":"PURGE"}`, `{"url":{"query":[],"variable":[]},"method":"PURGE"}`},
		{"no request", `null`, `{"url":{"query":[],"variable":[]},"method":"GET"}`},
		{"description object", `{"url":"h","description":{"content":"D","type":"text/markdown"}}`,
			`{"description":{"content":"D","type":"text/markdown"},"url":{"host":["h"],"query":[],"variable":[]},"method":"GET"}`},
		{"urlencoded as text", `{"url":"h","body":{"mode":"URLENCODED","urlencoded":"a=1&b"}}`,
			`{"url":{"host":["h"],"query":[],"variable":[]},"method":"GET","body":{"mode":"urlencoded","urlencoded":[{"key":"a","value":"1"},{"key":"b","value":null}]}}`},
		{"unknown mode is raw", `{"url":"h","body":{"mode":"x","raw":"r"}}`,
			`{"url":{"host":["h"],"query":[],"variable":[]},"method":"GET","body":{"mode":"raw","raw":"r"}}`},
		{"no mode is no body", `{"url":"h","body":{"raw":"r"}}`,
			`{"url":{"host":["h"],"query":[],"variable":[]},"method":"GET","body":{}}`},
		{"file as text", `{"url":"h","body":{"mode":"file","file":"a.bin"}}`,
			`{"url":{"host":["h"],"query":[],"variable":[]},"method":"GET","body":{"mode":"file","file":{"src":"a.bin"}}}`},
		{"files of a form", `{"url":"h","body":{"mode":"formdata","formdata":[{"key":"a","type":"file","src":"x"},{"key":"b","type":"file","src":["y","z"]},{"key":"c","type":"file","src":null},{"key":"d","value":"v","contentType":"text/x"}]}}`,
			`{"url":{"host":["h"],"query":[],"variable":[]},"method":"GET","body":{"mode":"formdata","formdata":[{"key":"a","type":"file","src":"x"},{"key":"b","type":"file","src":["y","z"]},{"key":"c","type":"file","src":null},{"key":"d","value":"v","contentType":"text/x"}]}}`},
		{"auth with values that are not texts", `{"url":"h","auth":{"type":"jwt","jwt":[{"key":"payload","value":{"a":1}},{"key":"exp","value":7},{"key":"exp","value":12345678901234567890}]}}`,
			`{"url":{"host":["h"],"query":[],"variable":[]},"method":"GET","auth":{"type":"jwt","jwt":[{"type":"any","value":{"a":1},"key":"payload"},{"type":"any","value":12345678901234567000,"key":"exp"}]}}`},
		{"noauth", `{"url":"h","auth":{"type":"noauth"}}`,
			`{"url":{"host":["h"],"query":[],"variable":[]},"method":"GET","auth":{"type":"noauth","noauth":[]}}`},
		{"the last of duplicate keys", `{"url":"a","url":"b","method":"PUT","method":"POST"}`,
			`{"url":{"host":["b"],"query":[],"variable":[]},"method":"POST"}`},
		{"disabled query", `{"url":{"host":["h"],"query":[{"key":"a","value":"1","disabled":true},{"key":"n","value":5},{"key":null,"value":null}]}}`,
			`{"url":{"host":["h"],"query":[{"disabled":true,"key":"a","value":"1"},{"key":"n","value":"5"},{"key":null,"value":null}],"variable":[]},"method":"GET"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := string(firstRequest(t, tt.request).JSON())
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseTakesLiberalFrames(t *testing.T) {
	t.Parallel()
	const doc = `{"info":{"name":"Café"},"item":[{"name":"a","request":"h"}]}`
	utf16 := func(order binary.AppendByteOrder) []byte {
		var out []byte
		for _, u := range utf16.Encode([]rune(doc)) {
			out = order.AppendUint16(out, u)
		}
		return out
	}
	for name, src := range map[string][]byte{
		"plain":               []byte(doc),
		"spaces around":       []byte(" \r\n\t" + doc + "\n\n"),
		"byte order mark":     []byte("\xef\xbb\xbf" + doc),
		"UTF-16 LE":           append([]byte("\xff\xfe"), utf16(binary.LittleEndian)...),
		"UTF-16 BE":           append([]byte("\xfe\xff"), utf16(binary.BigEndian)...),
		"UTF-16 LE, unmarked": utf16(binary.LittleEndian),
		"UTF-16 BE, unmarked": utf16(binary.BigEndian),
		"Latin-1":             []byte(strings.ReplaceAll(doc, "é", "\xe9")),
		"envelope":            []byte(`{"collection":` + doc + `}`),
		"no info":             []byte(`{"name":"Café","item":[{"name":"a","request":"h"}]}`),
		"v2.0":                []byte(`{"info":{"name":"Café","schema":"https://schema.getpostman.com/json/collection/v2.0.0/collection.json"},"item":[{"name":"a","request":{"url":"h","auth":{"type":"basic","basic":{"username":"u"}}}}]}`),
		"info objects":        []byte(`{"info":{"name":"Café","version":{"major":1},"description":{"content":"d"}},"item":[{"name":"a","description":{"content":"d"},"request":"h"}],"variable":[{"id":"x","value":1}]}`),
	} {
		c, err := Parse("c.json", src)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		nodes := slices.Collect(c.All())
		if c.Name() != "Café" || len(nodes) != 1 || nodes[0].Request().URL.String() != "h" {
			t.Errorf("%s: %q with %d requests", name, c.Name(), len(nodes))
		}
		if m := c.Model(); m.Info.Name != "Café" || len(m.Items) != 1 || m.Items[0].Name != "a" {
			t.Errorf("%s: the model is %+v", name, m)
		}
	}
	for _, src := range []string{`{}`, `{ }`, `[]`} {
		if c := parse(t, src); len(c.Root().Children()) != 0 || c.ID() == "" {
			t.Errorf("%s: %v", src, c.Root())
		}
	}
}

// Folders that list each other, 10⁵ items, empty names and duplicate ids all
// come out, once each.
func TestPromise_30_OddTreesAreRead(t *testing.T) {
	t.Parallel()
	c := parse(t, `{"name":"V1","order":["r"],"requests":[{"id":"r","url":"h"}],
		"folders":[{"id":"a","folders_order":["b","b","a"]},{"id":"b","folders_order":["a","a"],"order":["r","r"]}],"folders_order":["a"]}`)
	if n := len(slices.Collect(c.All())); n != 3 {
		t.Errorf("folders that list each other: %d requests, want 3", n)
	}
	c = parse(t, `{"item":[`+strings.Repeat(`{"name":"","id":"same","request":"h"},`, 99_999)+`{"item":[]}]}`)
	if n := len(slices.Collect(c.All())); n != 99_999 {
		t.Errorf("%d requests, want 99999", n)
	}
	c = parse(t, `{"item":[null,7,[],"x",{},{"item":[]},{"item":{}},{"disabled":true,"request":"h"}]}`)
	if n := len(slices.Collect(c.All())); n != 6 {
		t.Errorf("%d requests of odd items, want 6", n)
	}
}

func TestDuplicateMembersKeepPlaces(t *testing.T) {
	t.Parallel()
	c := parse(t, `{"item":[{"name":"old","event":[{"listen":"test","script":"x"}]}],
"item":[{"name":"a",
"event":[{"listen":"test","script":"one","script":"two"}]}]}`)
	n := c.Root().Children()[0]
	if line, _ := n.Position(); line != 2 || n.Name() != "a" {
		t.Errorf("%q at line %d, want a at 2", n.Name(), line)
	}
	if s := n.Scripts("test")[0]; s.Source != "two" || s.FileLine(1) != 3 {
		t.Errorf("script %q at line %d, want two at 3", s.Source, s.FileLine(1))
	}
}

func TestParseURL(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, want string }{
		{"http://u:p@h.x:80/a//b/?x=1&&y#z", "http://u:p@h.x:80/a//b/?x=1&&y#z"},
		{"http:///x", "http://x"},
		{"{{url}}/x", "{{url}}/x"},
		{"{{a.b:c/d?e#f@g]}}/x?{{q&r}}=1", "{{a.b:c/d?e#f@g]}}/x?{{q&r}}=1"},
		{"<<amUrl>>/json<<realm>>", "<<amUrl>>/json<<realm>>"},
		{"h?", "h?"},
		{`h\a`, "h/a"},
		{"[::1]:80/x", "[::1]:80/x"},
		{"", ""},
	} {
		if got := ParseURL(tt.in).String(); got != tt.want {
			t.Errorf("ParseURL(%q).String() = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestPathVariables(t *testing.T) {
	t.Parallel()
	r := firstRequest(t, `{"url":{"host":["h"],"path":[":id.json",":none",":num",":b"],"variable":[{"key":"id","value":"a/b"},{"key":"num","value":7},{"id":"b","value":"{{v}}"},{"key":"none","value":""}]}}`)
	if got, want := r.URL.String(), "h/a/b.json/:none/7/{{v}}"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := r.Resolve(func(s string) string { return strings.ReplaceAll(s, "{{v}}", "x?y") }).URL.String(), "h/a/b.json/:none/7/x?y"; got != want {
		t.Errorf("resolved %q, want %q", got, want)
	}
}

func TestInheritance(t *testing.T) {
	t.Parallel()
	c := parse(t, head+`"auth":{"type":"bearer","bearer":[{"key":"token","value":"c"}]},
"protocolProfileBehavior":{"followRedirects":false,"maxRedirects":3},
"event":[{"listen":"test","script":{"exec":"c1\nc2"}}],
"item":[{"name":"F","auth":null,"event":{"listen":"test","script":["f"]},"item":[
 {"name":"a","protocolProfileBehavior":{"followRedirects":true},"event":[{"listen":"test","disabled":true,"script":"off"},{"listen":"test","script":{"exec":["a1","a2"]}},{"listen":"Test","script":"x"},{"listen":"test","script":{"src":"u","exec":["no"]}}],"request":"h"}]},
 {"name":"b","request":{"url":"h","auth":{"type":"noauth"}}}]}`)
	a := c.Root().Children()[0].Children()[0]
	var sources []string
	for _, s := range a.Scripts("test") {
		sources = append(sources, s.Source)
	}
	if diff := cmp.Diff([]string{"c1\nc2", "f", "a1\na2"}, sources); diff != "" {
		t.Error(diff)
	}
	if auth, owner, ok := a.Auth(); !ok || auth.Type != "bearer" || owner != c.Root() {
		t.Errorf("auth of a: %v %v", auth, ok)
	}
	if auth, _, _ := c.Root().Children()[1].Auth(); auth.Type != "noauth" {
		t.Errorf("auth of b: %v", auth)
	}
	p := a.Profile()
	if !*p.FollowRedirects || *p.MaxRedirects != 3 {
		t.Errorf("profile: %+v", p)
	}
}

func TestPositions(t *testing.T) {
	t.Parallel()
	c := parse(t, "{\"info\":{\"name\":\"C\"},\n\"item\":[\n {\"name\":\"a\",\n  \"request\":\"h\",\n  \"event\":[{\"listen\":\"test\",\"script\":{\"exec\":[\n   \"one\",\n   \"two\"]}}]}]}")
	n := c.Root().Children()[0]
	if line, col := n.Position(); line != 3 || col != 2 {
		t.Errorf("item at %d:%d, want 3:2", line, col)
	}
	s := n.Scripts("test")[0]
	if got := []int{s.FileLine(1), s.FileLine(2)}; got[0] != 6 || got[1] != 7 {
		t.Errorf("script lines at %v, want 6 and 7", got)
	}
}

func TestSelect(t *testing.T) {
	t.Parallel()
	c := parse(t, head+`"item":[{"name":"A","item":[{"name":"x","request":"h"},{"name":"y","id":"ID","request":"h"}]},{"name":"B","item":[{"name":"x","request":"h"}]},{"name":"z","request":"h"}]}`)
	for _, tt := range []struct {
		names []string
		want  string
	}{
		{nil, "A/x A/y B/x z"},
		{[]string{"z", "A"}, "A/x A/y z"},
		{[]string{"A/x"}, "A/x"},
		{[]string{"ID"}, "A/y"},
		{[]string{"x"}, `error: "x" names 2 folders or requests; say which by id or path: "A/x", "B/x"`},
		{[]string{"a"}, `error: no folder or request "a" in the collection; did you mean "A"?`},
	} {
		nodes, err := c.Select(tt.names...)
		var got []string
		for _, n := range nodes {
			got = append(got, strings.Join(n.Path()[1:], "/"))
		}
		text := strings.Join(got, " ")
		if err != nil {
			text = "error: " + err.Error()
		}
		if text != tt.want {
			t.Errorf("Select(%q) = %s, want %s", tt.names, text, tt.want)
		}
	}
}

func TestV1(t *testing.T) {
	t.Parallel()
	c := parse(t, `{"id":"c","name":"V1","order":["r1"],"folders":[{"id":"f","name":"F","order":["r2"]}],
"requests":[{"id":"r1","name":"one","url":"http://h/a","method":"POST","headers":"A: 1\n//B: 2\n","dataMode":"raw","rawModeData":"x","tests":"tests.a = true;"},
{"id":"r2","name":"two","url":"http://h/b","method":"GET","currentHelper":"basicAuth","helperAttributes":{"id":"basic","username":"u","password":"p"}}]}`)
	var got []string
	for n := range c.All() {
		got = append(got, strings.Join(n.Path(), "/")+" "+string(n.Request().JSON()))
	}
	want := []string{
		`V1/F/two {"url":{"protocol":"http","path":["b"],"host":["h"],"query":[],"variable":[]},"method":"GET","body":{},"auth":{"type":"basic","basic":[{"type":"any","value":"u","key":"username"},{"type":"any","value":"p","key":"password"}]}}`,
		`V1/one {"url":{"protocol":"http","path":["a"],"host":["h"],"query":[],"variable":[]},"header":[{"key":"A","value":"1"},{"disabled":true,"key":"B","value":"2"}],"method":"POST","body":{"mode":"raw","raw":"x"}}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReportsAreJSON(t *testing.T) {
	t.Parallel()
	c := parse(t, head+`"variable":[{"key":"a","value":1}],"event":[{"listen":"test","script":"x"}],"item":[{"name":"F","item":[{"name":"a","request":"h"}]}]}`)
	for what, raw := range map[string]json.RawMessage{"collection": c.JSON(), "node": c.Root().Children()[0].JSON(), "export": c.Export(nil)} {
		if !json.Valid(raw) {
			t.Errorf("%s: not JSON: %s", what, raw)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(head + `"item":[{"name":"a","request":"h","event":[{"listen":"test","script":"x"}]}]}`))
	f.Add([]byte(`{"name":"x","order":[1],"requests":[{"id":"1"}]}`))
	f.Add([]byte(`{"item":[{"item":{}},[],{"request":{"url":{"query":{"a":1}},"body":{"mode":"formdata","formdata":{}}}}]}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		c, err := Parse("f.json", src)
		if err != nil {
			return
		}
		for n := range c.All() {
			n.Scripts("test")
			n.Auth()
			n.Profile()
			if r := n.Request().Resolve(func(s string) string { return s }); !json.Valid(r.JSON()) {
				t.Fatalf("request is not JSON: %s", r.JSON())
			}
		}
		if !json.Valid(c.JSON()) {
			t.Fatalf("collection is not JSON: %s", c.JSON())
		}
	})
}

// FuzzTwoReaders holds that go-postman-collection and gjson see the same
// items: names, counts and order.
func FuzzTwoReaders(f *testing.F) {
	f.Add([]byte(head + `"item":[{"name":"F","item":[{"name":"a","request":"h"},{"name":"b"}]},{"name":1}]}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		c, err := Parse("f.json", src)
		if err != nil {
			return
		}
		var check func(n *Node, items []*postman.Items)
		check = func(n *Node, items []*postman.Items) {
			if len(items) != len(n.children) {
				t.Fatalf("%q: the tree has %d items, the model %d", n.name, len(n.children), len(items))
			}
			for i, child := range n.children {
				if got := items[i]; got.Name != child.name || got.IsGroup() != child.folder || len(got.Events) != len(child.events) {
					t.Fatalf("item %d: the tree has %q, the model %q", i, child.name, got.Name)
				}
				check(child, items[i].Items)
			}
		}
		if m := c.Model(); m != nil {
			check(c.root, m.Items)
		}
	})
}

// large is a collection of n requests in folders of twenty, with scripts.
func large(n int) []byte {
	item := `{"name":"r","event":[{"listen":"test","script":{"exec":["pm.test('a', () => {","});"]}}],"request":{"method":"POST","header":[{"key":"A","value":"{{b}}"}],"url":{"raw":"{{u}}/a?b=c","host":["{{u}}"],"path":["a"],"query":[{"key":"b","value":"c"}]},"body":{"mode":"raw","raw":"{}"}}}`
	folder := `{"name":"F","item":[` + strings.TrimSuffix(strings.Repeat(item+",", 20), ",") + `]}`
	return []byte(head + `"auth":{"type":"bearer","bearer":[]},"item":[` + strings.TrimSuffix(strings.Repeat(folder+",", n/20), ",") + `]}`)
}

func BenchmarkParse(b *testing.B) {
	for _, n := range []int{200, 2000} {
		src := large(n)
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				if _, err := Parse("b.json", src); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkWalk reads what a run plans with: every request, its auth, scripts
// and behavior.
func BenchmarkWalk(b *testing.B) {
	c, err := Parse("b.json", large(2000))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		for n := range c.All() {
			n.Request()
			n.Auth()
			n.Profile()
			n.Scripts("test")
		}
	}
}

// A raw body that is an object is sent as its text, and stays an object in
// reports and for scripts.
func TestRawObject(t *testing.T) {
	t.Parallel()
	c := parse(t, `{"item":[{"request":{"method":"POST","url":"h","body":{"mode":"raw","raw":{"a":"{{b}}"}}}}]}`)
	for n := range c.All() {
		r := n.Request().Resolve(func(s string) string { return strings.ReplaceAll(s, "{{b}}", "1") })
		if *r.Body.Raw != `{"a":"1"}` || !strings.Contains(string(r.JSON()), `"raw":{"a":"1"}`) {
			t.Errorf("%q, %s", *r.Body.Raw, r.JSON())
		}
	}
}
