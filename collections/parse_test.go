package collections

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
		{"html", "<!DOCTYPE html>", "c.json:1:1: this is HTML or XML, not JSON: export the collection from Postman, or use the raw file's address"},
		{"cut off", "{\n \"item\": [", "c.json:2:11: not valid JSON: the file ends too early; is it cut off?"},
		{"trailing comma", "{\n \"item\": [1,]}", "c.json:2:13: not valid JSON: trailing comma before ]"},
		{"comment", "{ // x\n}", "c.json:1:3: not valid JSON: comments are not allowed"},
		{"environment", `{"values":[]}`, "c.json:1:1: this is an environment, not a collection: pass it with -e"},
		{"openapi", `{"openapi":"3.0.0"}`, "c.json:1:1: this is an OpenAPI description, not a collection: import it in Postman first"},
		{"other JSON", `{"name":"x"}`, `c.json:1:1: this JSON is not a Postman collection: it has neither "info" nor "item"`},
		{"text", `"x"`, `c.json:1:1: this JSON is not a Postman collection: it has neither "info" nor "item"`},
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
			`{"url":{"protocol":"http","path":["p"],"host":["h"],"query":[{"key":"a","value":"1"}],"hash":"f","variable":[]},"header":[],"method":"GET"}`},
		{"header as text", `{"url":"h","header":"A: 1\nB:2"}`,
			`{"url":{"host":["h"],"query":[],"variable":[]},"header":[{"key":"A","value":"1"},{"key":"B","value":"2"}],"method":"GET"}`},
		{"header as map", `{"url":"h","header":{"A":"1"},"method":"post"}`,
			`{"url":{"host":["h"],"query":[],"variable":[]},"header":[{"key":"A","value":"1"}],"method":"POST"}`},
		{"url with only raw", `{"url":{"raw":"http://h/x"}}`,
			`{"url":{"protocol":"http","path":["x"],"host":["h"],"query":[],"variable":[]},"header":[],"method":"GET"}`},
		{"url parts as texts", `{"url":{"host":"a.b","path":"/x/y","query":"a=1","port":8080}}`,
			`{"url":{"port":"8080","path":["x","y"],"host":["a","b"],"query":[{"key":"a","value":"1"}],"variable":[]},"header":[],"method":"GET"}`},
		{"body as text", `{"url":"h","body":"x"}`,
			`{"url":{"host":["h"],"query":[],"variable":[]},"header":[],"method":"GET","body":{"mode":"raw","raw":"x"}}`},
		{"auth as map (v2.0)", `{"url":"h","auth":{"type":"basic","basic":{"username":"u"}}}`,
			`{"url":{"host":["h"],"query":[],"variable":[]},"header":[],"method":"GET","auth":{"type":"basic","basic":[{"type":"any","value":"u","key":"username"}]}}`},
		{"disabled query", `{"url":{"host":["h"],"query":[{"key":"a","value":"1","disabled":true},{"key":"n","value":5},{"key":null,"value":null}]}}`,
			`{"url":{"host":["h"],"query":[{"disabled":true,"key":"a","value":"1"},{"key":"n","value":"5"},{"key":null,"value":null}],"variable":[]},"header":[],"method":"GET"}`},
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
		`V1/F/two {"url":{"protocol":"http","path":["b"],"host":["h"],"query":[],"variable":[]},"header":[],"method":"GET","auth":{"type":"basic","basic":[{"type":"any","value":"u","key":"username"},{"type":"any","value":"p","key":"password"}]}}`,
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
		var check func(n *Node)
		check = func(n *Node) {
			items := elements(lookup(n.raw, "item"))
			if n.folder && len(items) != len(n.children) {
				t.Fatalf("%q: gjson sees %d items, the model %d", n.name, len(items), len(n.children))
			}
			for i, child := range n.children {
				if got := text(lookup(items[i], "name")); got != child.item.Name {
					t.Fatalf("item %d: gjson reads the name %q, the model %q", i, got, child.item.Name)
				}
				check(child)
			}
		}
		check(c.root)
	})
}

func BenchmarkParse(b *testing.B) {
	src := []byte(head + `"item":[` + strings.TrimSuffix(strings.Repeat(`{"name":"r","event":[{"listen":"test","script":{"exec":["pm.test('a', () => {","});"]}}],"request":{"method":"POST","header":[{"key":"A","value":"{{b}}"}],"url":{"raw":"{{u}}/a?b=c","host":["{{u}}"],"path":["a"],"query":[{"key":"b","value":"c"}]},"body":{"mode":"raw","raw":"{}"}}},`, 200), ",") + `]}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("b.json", src); err != nil {
			b.Fatal(err)
		}
	}
}
