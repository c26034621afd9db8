package convert

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"postie/collections"
)

// unsaid are the members of a profile that say nothing.
var unsaid = regexp.MustCompile(`"[A-Za-z]+":(null|""),?|,"ProtocolVersion":""`)

// says is all that a collection says and a run depends on.
func says(c *collections.Collection) []string {
	out := []string{c.Name(), fmt.Sprint(c.Variables())}
	var visit func(n *collections.Node)
	visit = func(n *collections.Node) {
		out = append(out, "node "+strings.Join(n.Path()[1:], " / "))
		p := n.Profile()
		if n.IsFolder() || !bodiless(n.Request().Method) {
			p.DisableBodyPruning = nil // it changes nothing
		}
		profile, _ := json.Marshal(p)
		profile = bytes.ReplaceAll(unsaid.ReplaceAll(profile, nil), []byte(",}"), []byte("}"))
		auth, _, ok := n.Auth()
		var params []string
		for _, p := range auth.Params {
			params = append(params, fmt.Sprintf("{%s %v %s}", p.Key, p.Value, p.Type))
		}
		out = append(out, fmt.Sprintf("auth %v %s %v", ok, auth.Type, params), "profile "+string(profile))
		for _, listen := range []string{"prerequest", "test"} {
			for _, s := range n.Scripts(listen) {
				if strings.TrimSpace(s.Source) != "" {
					out = append(out, listen+": "+s.Source)
				}
			}
		}
		if !n.IsFolder() {
			r := n.Request()
			if b := r.Body; b != nil && b.Mode == "raw" && b.Raw != nil && *b.Raw == "" {
				r.Body = nil // v3 gives it a Content-Type
				r.Header = slices.DeleteFunc(r.Header, func(h collections.Header) bool { return h.Key == "Content-Type" })
			}
			out = append(out, string(r.JSON()))
			for _, e := range n.Examples() {
				out = append(out, fmt.Sprintf("example %s %d %s %q", e.Name, e.Code, e.Status, e.Body))
			}
		}
		for _, child := range n.Children() {
			visit(child)
		}
	}
	visit(c.Root())
	return out
}

func filesFS(files map[string][]byte) fs.FS {
	out := fstest.MapFS{}
	for name, data := range files {
		out[name] = &fstest.MapFile{Data: data}
	}
	return out
}

// roundTrip holds that a collection survives v3.
func roundTrip(t *testing.T, c *collections.Collection) []Note {
	t.Helper()
	files, notes, err := ToV3(c, "out")
	if err != nil {
		t.Fatal(err)
	}
	back, _, err := FromV3("out", filesFS(files))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(says(c), says(back)); diff != "" {
		t.Errorf("%s (-before +after):\n%s", c.Name(), diff)
	}
	return notes
}

// everything is a collection with all that v3 has a place for, and names that
// no file can have.
const everything = `{
"info":{"_postman_id":"c1","name":"All: of/it","description":"line one\n\n  two ","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
"auth":{"type":"bearer","bearer":[{"key":"token","value":"{{t}}","type":"string"}]},
"variable":[{"key":"plain","value":"1","type":"string"},{"key":"hid","value":"s","type":"secret"},{"key":"off","value":"","type":"string","disabled":true,"description":"why"}],
"event":[{"listen":"prerequest","script":{"exec":["// all","let a = 1;",""],"type":"text/javascript"}},{"listen":"test","script":{"exec":"pm.test('x', () => {});"}}],
"protocolProfileBehavior":{"maxRedirects":3},
"item":[
 {"name":"zz first","item":[
   {"name":"a","request":{"method":"PROPFIND","url":"{{u}}/x/:id?b&a=1&c=","header":[{"key":"A","value":"1"},{"key":"A","value":"2"},{"key":"B","value":"","disabled":true}],"description":{"content":"d"}}},
   {"name":"A","id":"id-A","request":{"url":{"raw":"http://u:p@h:80/:id?x=1#f","protocol":"http","auth":{"user":"u","password":"p"},"host":["h"],"port":"80","path":[":id"],"query":[{"key":"x","value":"1"},{"key":"y","value":"2","disabled":true,"description":"no"}],"hash":"f","variable":[{"key":"id","value":"7","description":"the id"}]}}},
   {"name":"a","request":"{{u}}"}],
  "auth":{"type":"noauth"},"protocolProfileBehavior":{"disabledSystemHeaders":{"accept":true}}},
 {"name":"?","request":{"method":"POST","url":"h","auth":{"type":"oauth2","oauth2":[{"key":"addTokenTo","value":"header","type":"string"},{"key":"useBrowser","value":false,"type":"boolean"},{"key":"n","value":7,"type":"any"},{"key":"extra","value":[{"a":"b","c":1.5}],"type":"any"}]},
   "body":{"mode":"raw","raw":" lead\n\ttab\r\nkeep \n\n","options":{"raw":{"language":"json"}}}},"protocolProfileBehavior":{"followRedirects":false,"strictSSL":true,"disableBodyPruning":true}},
 {"name":"..","request":{"method":"POST","url":"h","body":{"mode":"urlencoded","urlencoded":[{"key":"a","value":"b: c"},{"key":"a","value":"#x"}]}}},
 {"name":"form","request":{"method":"PUT","url":"h","body":{"mode":"formdata","formdata":[{"key":"t","value":"{{v}}","type":"text","contentType":"text/x"},{"key":"f","type":"file","src":["a","b"]},{"key":"g","type":"file","src":"c","disabled":true}]}}},
 {"name":"file","request":{"method":"PUT","url":"h","body":{"mode":"file","file":{"src":"a.bin"}}}},
 {"name":"gql","request":{"method":"POST","url":"h","body":{"mode":"graphql","graphql":{"query":"{ a }","variables":"{\"b\":1}"}}}},
 {"name":"gql named","request":{"method":"POST","url":"h?q=1","body":{"mode":"graphql","graphql":{"query":"query Q { a }","operationName":"Q"}}}},
 {"name":"examples","request":{"url":"h"},"response":[{"name":"200 OK","originalRequest":"h?a=1","status":"OK","code":200,"_postman_previewlanguage":"json","header":[{"key":"X","value":"y"}],"body":"{}"},{"name":"204","originalRequest":{"method":"GET","header":"A: 1"},"code":204,"status":"No Content"}]},
 {"name":"yes","request":{"url":"null","header":[{"key":"true","value":"no"},{"key":"1.0","value":"~"},{"key":"{{k}}","value":"{{v}} # c"}]}}
]}`

func parsed(t *testing.T, src string) *collections.Collection {
	t.Helper()
	c, err := collections.Parse("all.json", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestV3RoundTrip(t *testing.T) {
	t.Parallel()
	c, err := collections.Parse("all.json", []byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	notes := roundTrip(t, c)
	var got []string
	for _, n := range notes {
		got = append(got, n.String())
	}
	want := []string{
		`.resources/definition.yaml: variable "hid" is secret: postie hides it, Postman's CLI reads it as empty`,
		".resources/definition.yaml: Postman's v3 has settings for requests only; these are kept for postie",
		"zz first/.resources/definition.yaml: Postman's v3 has settings for requests only; these are kept for postie",
		"gql named.request.yaml: Postman's v3 has no operationName; kept for postie",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	files, _, _ := ToV3(c, "out")
	for _, name := range []string{".resources/definition.yaml", "zz first/.resources/definition.yaml", "zz first/a.request.yaml",
		"zz first/A 1.request.yaml", "zz first/a 2.request.yaml", "-.request.yaml", "...request.yaml", "gql.request.yaml",
		".resources/examples.resources/examples/200 OK.example.yaml"} {
		if files[name] == nil {
			t.Errorf("no file %s", name)
		}
	}
}

func TestToV3SaysWhatIsLost(t *testing.T) {
	t.Parallel()
	c, err := collections.Parse("c.json", []byte(`{"info":{"name":"C"},"variable":[{"key":"n","value":5}],"item":[{"name":"a",
		"event":[{"listen":"test","disabled":true,"script":"x"},{"listen":"test","script":{"src":"http://x"}},{"listen":"other","script":"x"}],
		"request":{"url":"h","proxy":{"host":"p"},"body":{"mode":"raw","raw":"x","disabled":true}}},
		{"name":"b","request":{"url":"h","method":"POST","body":{"mode":"file","file":{"content":"eA=="}}}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	_, notes, err := ToV3(c, "out")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range notes {
		got = append(got, n.String())
	}
	want := []string{
		`.resources/definition.yaml: variable "n" becomes a text`,
		"a.request.yaml: a disabled body: left out",
		"a.request.yaml: a disabled test script: left out",
		"a.request.yaml: a test script from a file or address: left out",
		`a.request.yaml: a script for "other": left out`,
		"a.request.yaml: the request's proxy: left out",
		"b.request.yaml: the file body's content: left out",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What hand-written files hold, read by the letter of testdata/v3/*.txtar.
func TestFromV3(t *testing.T) {
	t.Parallel()
	ar, err := txtar.ParseFile("testdata/liberal.txtar")
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	var want string
	for _, f := range ar.Files {
		if f.Name == "want" {
			want = string(f.Data)
			continue
		}
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	c, notes, err := FromV3("dir/Shop", fsys)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(says(c), "\n") + "\n"
	for _, n := range notes {
		got += "note " + n.String() + "\n"
	}
	got = strings.ReplaceAll(got, "profile {}", "profile none")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, got)
	}
	nodes := slices.Collect(c.All())
	last := nodes[len(nodes)-1]
	if line, _ := last.Position(); last.File() != "dir/Shop/plain.request.yml" || line != 1 {
		t.Errorf("%s is at %s:%d", last.Name(), last.File(), line)
	}
	if s := last.Scripts("test")[1]; s.FileLine(2) != 6 {
		t.Errorf("the script's second line is at %d, want 6", s.FileLine(2))
	}
}

func TestFromV3Errors(t *testing.T) {
	t.Parallel()
	deep := fstest.MapFS{strings.Repeat("a/", 150) + "x.request.yaml": {Data: []byte("$kind: http-request\n")}}
	for _, tt := range []struct {
		name string
		fsys fs.FS
		want string
	}{
		{"template", one("$kind: http-request\nurl: {{x}}/y\n"), "d/a.request.yaml:2:6: not valid YAML: a value that starts with {{ needs quotes"},
		{"tab", one("$kind: http-request\nbody:\n\tx: 1\n"), "d/a.request.yaml:3:1: not valid YAML: found character that cannot start any token"},
		{"empty", one(""), "d/a.request.yaml:1:1: the file is empty"},
		{"list", one("- a\n"), "d/a.request.yaml:1:1: not a mapping of keys"},
		{"no kind", one("url: x\n"), "d/a.request.yaml:1:1: no $kind; a request has $kind: http-request"},
		{"kind", one("$kind: x\n"), "d/a.request.yaml:1:8: unknown $kind \"x\""},
		{"order", one("$kind: http-request\norder: last\n"), "d/a.request.yaml:2:8: order \"last\" is not a number"},
		{"language", one("$kind: http-request\nscripts:\n  - {type: afterResponse, code: x, language: text/python}\n"), "d/a.request.yaml:3:46: language \"text/python\"; scripts are text/javascript"},
		{"cycle", one("$kind: http-request\na: &a [*a]\n"), "d/a.request.yaml:1:1: an anchor holds itself"},
		{"deep", deep, "d/" + strings.Repeat("a/", 101)[:201] + ": nested deeper than 100 folders"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := FromV3("d", tt.fsys)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func one(request string) fs.FS {
	return fstest.MapFS{"a.request.yaml": {Data: []byte(request)}}
}

func TestEnvironmentV3(t *testing.T) {
	t.Parallel()
	const file = "name: dev\ncolor: null\nvalues:\n  - {key: a, value: 5}\n  - {key: b, value: x, enabled: false}\n  - {key: s, value: y, secret: true}\n  - {key: v, type: secret, source: {provider: postman}}\n  - {key: e}\n"
	doc, notes, err := EnvironmentFromV3("e.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"name":"dev","values":[{"key":"a","value":"5","type":"","enabled":true},{"key":"b","value":"x","type":"","enabled":false},{"key":"s","value":"y","type":"secret","enabled":true},{"key":"e","value":"","type":"","enabled":true}]}`
	if diff := cmp.Diff(want, string(doc)); diff != "" {
		t.Error(diff)
	}
	if len(notes) != 1 || notes[0].String() != "e.yaml:7: the value of v is not in the file: set it with --env-var v=…" {
		t.Errorf("notes: %v", notes)
	}
	back, _, err := EnvironmentToV3("e.json", doc)
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := EnvironmentFromV3("e.yaml", back)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(again)); diff != "" {
		t.Errorf("after a round trip:\n%s", diff)
	}
	if _, _, err := EnvironmentFromV3("e.yaml", []byte("a: 1\n")); err == nil {
		t.Error("a file without values is an environment")
	}
}

// FuzzV3: what a collection says survives v3, except for what a note names.
func FuzzV3(f *testing.F) {
	f.Add([]byte(everything))
	f.Add([]byte(`{"item":[{"name":"a","request":{"url":"h","body":{"mode":"raw","raw":"\n x"}}}]}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		c, err := collections.Parse("f.json", src)
		if err != nil {
			return
		}
		files, notes, err := ToV3(c, "out")
		if err != nil {
			t.Fatal(err)
		}
		back, _, err := FromV3("f", filesFS(files))
		if err != nil {
			t.Fatal(err)
		}
		if len(notes) > 0 {
			return
		}
		var before, after []string
		for n := range c.All() {
			before = append(before, n.Name(), n.Request().Method)
		}
		for n := range back.All() {
			after = append(after, n.Name(), n.Request().Method)
		}
		for i, name := range before {
			if name == "" && i%2 == 0 {
				before[i] = after[i] // a file cannot have no name
			}
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Fatalf("(-before +after):\n%s", diff)
		}
	})
}

// FuzzYAML holds that any file is read or refused, in bounded time.
func FuzzYAML(f *testing.F) {
	f.Add([]byte("$kind: http-request\nurl: x\nbody: {type: json, content: '{}'}\nscripts: [{type: test, code: x}]\n"))
	f.Add([]byte("a: &a [*a]\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		c, _, err := FromV3("d", fstest.MapFS{"a.request.yaml": {Data: src}, ".resources/definition.yaml": {Data: src}})
		if err == nil {
			says(c)
		}
	})
}

// FuzzV3Text holds that any text survives as a name, header, body and script.
func FuzzV3Text(f *testing.F) {
	for _, s := range []string{"", "null", "a\nb", " a\n b\n\n", "\ta\n", "a\r\nb", "# x\n---\n...", "{{x}}\n", "\u2028\n\u0085", "\ufeff\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "?")
		doc, err := marshal(map[string]any{"info": map[string]string{"name": "C" + s}, "item": []any{map[string]any{"name": "n" + s,
			"event": []any{map[string]any{"listen": "test", "script": map[string]any{"exec": strings.Split("x"+s, "\n")}}},
			"request": map[string]any{"method": "POST", "url": "h", "header": []any{map[string]string{"key": s, "value": s}},
				"body": map[string]string{"mode": "raw", "raw": s}}}}})
		if err != nil {
			t.Fatal(err)
		}
		c, err := collections.Parse("f.json", doc)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(s, "\r\n") {
			return // lines of a script are split there
		}
		roundTrip(t, c)
	})
}
