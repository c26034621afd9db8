package codegen

import (
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/collections"
	"postie/collections/convert"
)

// nasty are texts that quoting gets wrong.
var nasty = []string{
	"plain", "it's", `say "hi"`, `back\slash\`, "$HOME $(id) `id`", "#{1+1} ${x}", "%s %d %%", "a&b=c;d|e>f<g", "é – 漢字 😀",
	"  two  spaces  ", "-n --help", "@/etc/hostname", "=x:=y", "!history", "*?[a]~", "‘curly’ “quotes”", "// # -- /* */", "?>",
	"a\tb", "{\"json\": [1, \"x\"]}", "'", `"`, `\`, "\\'\"", "\u2028line", "{}", "x}}", "{{",
}

// A shape is a request, and what must arrive.
type shape struct {
	name    string
	request string // JSON, URL stands for the server
	auth    string
	method  string
	uri     string
	header  map[string]string
	body    string
	form    map[string][]string
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// shapes are plain requests, then every nasty text in every place.
func shapes() []shape {
	list := []shape{
		{name: "get", request: `"URL/a/b?x=1&y=&z"`, method: "GET", uri: "/a/b?x=1&y=&z"},
		{name: "get with a body Postman does not send", request: `{"url":"URL/","body":{"mode":"raw","raw":"x"}}`, method: "GET", uri: "/"},
		{name: "no path", request: `"URL"`, method: "GET", uri: "/"},
		{name: "head", request: `{"method":"HEAD","url":"URL/h"}`, method: "HEAD", uri: "/h"},
		{name: "delete", request: `{"method":"DELETE","url":"URL/d"}`, method: "DELETE", uri: "/d"},
		{name: "options", request: `{"method":"OPTIONS","url":"URL/o"}`, method: "OPTIONS", uri: "/o"},
		{name: "custom method", request: `{"method":"PROPFIND","url":"URL/c"}`, method: "PROPFIND", uri: "/c"},
		{name: "empty post", request: `{"method":"POST","url":"URL/e"}`, method: "POST", uri: "/e"},
		{name: "json", request: `{"method":"PUT","url":"URL/j","body":{"mode":"raw","raw":"{\"a\":[1,{}]}","options":{"raw":{"language":"json"}}}}`, method: "PUT", uri: "/j", header: map[string]string{"Content-Type": "application/json"}, body: `{"a":[1,{}]}`},
		{name: "own content type", request: `{"method":"PATCH","url":"URL/t","header":[{"key":"content-type","value":"application/merge-patch+json"}],"body":{"mode":"raw","raw":"{}"}}`, method: "PATCH", uri: "/t", header: map[string]string{"Content-Type": "application/merge-patch+json"}, body: "{}"},
		{name: "text", request: `{"method":"POST","url":"URL/t","body":{"mode":"raw","raw":"a\nb\r\n"}}`, method: "POST", uri: "/t", header: map[string]string{"Content-Type": "text/plain"}, body: "a\nb\r\n"},
		{name: "xml", request: `{"method":"POST","url":"URL/x","body":{"mode":"raw","raw":"<a/>","options":{"raw":{"language":"xml"}}}}`, method: "POST", uri: "/x", header: map[string]string{"Content-Type": "application/xml"}, body: "<a/>"},
		{name: "graphql", request: `{"method":"POST","url":"URL/g","body":{"mode":"graphql","graphql":{"query":"{ a(b: \"c\") }","variables":"{\"d\": 1}"}}}`, method: "POST", uri: "/g", header: map[string]string{"Content-Type": "application/json"}, body: `{"query":"{ a(b: \"c\") }","variables":{"d":1}}`},
		{name: "file", request: `{"method":"POST","url":"URL/f","body":{"mode":"file","file":{"src":"it's a file.txt"}}}`, method: "POST", uri: "/f", body: "file's content\n"},
		{name: "upload", request: `{"method":"POST","url":"URL/u","body":{"mode":"formdata","formdata":[{"key":"f","type":"file","src":"it's a file.txt"},{"key":"t","value":"v","type":"text"},{"key":"off","value":"x","disabled":true}]}}`, method: "POST", uri: "/u", form: map[string][]string{"f": {"file's content\n"}, "t": {"v"}}},
		{name: "duplicate form keys", request: `{"method":"POST","url":"URL/u","body":{"mode":"urlencoded","urlencoded":[{"key":"a","value":"1"},{"key":"a","value":"2"},{"key":"b"},{"key":"off","value":"x","disabled":true}]}}`, method: "POST", uri: "/u", form: map[string][]string{"a": {"1", "2"}, "b": {""}}},
		{name: "disabled parts", request: `{"url":{"raw":"","protocol":"http","host":["HOST"],"port":"PORT","path":["p"],"query":[{"key":"a","value":"1"},{"key":"off","value":"x","disabled":true}]},"header":[{"key":"X-On","value":"1"},{"key":"X-Off","value":"1","disabled":true}]}`, method: "GET", uri: "/p?a=1", header: map[string]string{"X-On": "1", "X-Off": ""}},
		{name: "path variables", request: `{"url":{"raw":"URL/p/:id","protocol":"http","host":["HOST"],"port":"PORT","path":["p",":id"],"variable":[{"key":"id","value":"a b"}]}}`, method: "GET", uri: "/p/a%20b"},
		{name: "fragment", request: `"URL/p#frag"`, method: "GET", uri: "/p"},
		{name: "user in the address", request: `"http://u:p@HOST:PORT/p"`, method: "GET", uri: "/p", header: map[string]string{"Authorization": "Basic dTpw"}},
		{name: "a lone percent", request: `"URL/p?a=100%&b=%41"`, method: "GET", uri: "/p?a=100%25&b=%41"},
		{name: "not ASCII", request: `"URL/é?ü=ö {x}"`, method: "GET", uri: "/%C3%A9?%C3%BC=%C3%B6%20%7Bx%7D"},
		{name: "basic", request: `"URL/b"`, auth: `{"type":"basic","basic":[{"key":"username","value":"u"},{"key":"password","value":"p:w"}]}`, method: "GET", uri: "/b", header: map[string]string{"Authorization": "Basic dTpwOnc="}},
		{name: "basic with a parameter", request: `"URL/b"`, auth: `{"type":"basic","basic":[{"key":"username","value":"u"},{"key":"password","value":"{{secret}}"}]}`, method: "GET", uri: "/b", header: map[string]string{"Authorization": "Basic dTpzJ2VjIHJldA=="}},
		{name: "bearer with a parameter", request: `"URL/b"`, auth: `{"type":"bearer","bearer":[{"key":"token","value":"{{secret}}"}]}`, method: "GET", uri: "/b", header: map[string]string{"Authorization": "Bearer s'ec ret"}},
		{name: "api key in a header", request: `"URL/k"`, auth: `{"type":"apikey","apikey":[{"key":"key","value":"X-Key"},{"key":"value","value":"{{secret}}"}]}`, method: "GET", uri: "/k", header: map[string]string{"X-Key": "s'ec ret"}},
		{name: "api key in the query", request: `"URL/k?a=1"`, auth: `{"type":"apikey","apikey":[{"key":"key","value":"k"},{"key":"value","value":"v&w"},{"key":"in","value":"query"}]}`, method: "GET", uri: "/k?a=1&k=v%26w"},
		{name: "oauth2", request: `"URL/o"`, auth: `{"type":"oauth2","oauth2":[{"key":"accessToken","value":"t"}]}`, method: "GET", uri: "/o", header: map[string]string{"Authorization": "Bearer t"}},
		{name: "noauth", request: `"URL/o"`, auth: `{"type":"noauth"}`, method: "GET", uri: "/o"},
		{name: "parameters everywhere", request: `{"method":"POST","url":"{{base}}/{{word}}?q={{word}}","header":[{"key":"X-{{word}}","value":"a{{word}}b"}],"body":{"mode":"raw","raw":"{\"v\": \"{{secret}}\", \"w\": \"{{word}}\"}"}}`, method: "POST", uri: "/w?q=w", header: map[string]string{"X-w": "awb"}, body: `{"v": "s'ec ret", "w": "w"}`},
		{name: "parameters in a form", request: `{"method":"POST","url":"{{base}}/f","body":{"mode":"urlencoded","urlencoded":[{"key":"a","value":"{{secret}}&{{word}}"},{"key":"{{word}}","value":"x"}]}}`, method: "POST", uri: "/f", form: map[string][]string{"a": {"s'ec ret&w"}, "w": {"x"}}},
		{name: "parameters in parts", request: `{"method":"POST","url":"{{base}}/f","body":{"mode":"formdata","formdata":[{"key":"a","value":"{{secret}}","type":"text"}]}}`, method: "POST", uri: "/f", form: map[string][]string{"a": {"s'ec ret"}}},
		{name: "all in headers", request: `{"url":"URL/h","header":[` + nastyHeaders() + `]}`, method: "GET", uri: "/h", header: nastyHeaderMap()},
		{name: "ASCII in headers", request: `{"url":"URL/h","header":[{"key":"X-A","value":"it's \"$x\" \\ # %s"},{"key":"X-Empty","value":""}]}`, method: "GET", uri: "/h", header: map[string]string{"X-A": `it's "$x" \ # %s`, "X-Empty": ""}},
		{name: "all in a form", request: `{"method":"POST","url":"URL/h","body":{"mode":"urlencoded","urlencoded":[` + nastyPairs(false) + `]}}`, method: "POST", uri: "/h", form: nastyForm(false)},
		{name: "all in parts", request: `{"method":"POST","url":"URL/h","body":{"mode":"formdata","formdata":[` + nastyPairs(true) + `]}}`, method: "POST", uri: "/h", form: nastyForm(true)},
		{name: "all in a body", request: `{"method":"POST","url":"URL/h","body":{"mode":"raw","raw":` + quoted(strings.Join(nasty, "\n")) + `}}`, method: "POST", uri: "/h", body: strings.Join(nasty, "\n")},
	}
	for i, s := range nasty {
		list = append(list,
			shape{name: fmt.Sprintf("body %d", i), request: `{"method":"POST","url":"URL/b","body":{"mode":"raw","raw":` + quoted(s) + `}}`, method: "POST", uri: "/b", body: s},
			shape{name: fmt.Sprintf("query %d", i), request: `{"url":{"raw":"","protocol":"http","host":["HOST"],"port":"PORT","path":["q"],"query":[{"key":"a","value":` + quoted(s) + `}]}}`, method: "GET"})
	}
	return list
}

func nastyHeaders() string {
	var parts []string
	for i, s := range nasty {
		parts = append(parts, fmt.Sprintf(`{"key":"X-%d","value":%s}`, i, quoted(s)))
	}
	return strings.Join(parts, ",")
}

func nastyHeaderMap() map[string]string {
	out := map[string]string{}
	for i, s := range nasty {
		out[fmt.Sprintf("X-%d", i)] = strings.TrimSpace(s)
	}
	return out
}

// nastyPairs are keys and values of a form; names of parts cannot hold all.
func nastyPairs(parts bool) string {
	var out []string
	for i, s := range nasty {
		key := s
		if parts {
			key = fmt.Sprintf("k%d", i)
		}
		out = append(out, fmt.Sprintf(`{"key":%s,"value":%s,"type":"text"}`, quoted(key), quoted(s)))
	}
	return strings.Join(out, ",")
}

func nastyForm(parts bool) map[string][]string {
	out := map[string][]string{}
	for i, s := range nasty {
		key := s
		if parts {
			key = fmt.Sprintf("k%d", i)
		}
		out[key] = []string{s}
	}
	return out
}

// A recorder keeps the last request it got.
type recorder struct {
	*httptest.Server
	mu   sync.Mutex
	last *got
}

type got struct {
	method, uri string
	header      http.Header
	body        string
	form        map[string][]string
}

func record(t *testing.T) *recorder {
	r := &recorder{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		g := &got{method: req.Method, uri: req.RequestURI, header: req.Header, body: string(body)}
		g.form = formOf(req.Header.Get("Content-Type"), g.body)
		r.mu.Lock()
		r.last = g
		r.mu.Unlock()
		if strings.HasPrefix(req.URL.Path, "/missing") {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = io.WriteString(w, "answer")
	}))
	t.Cleanup(r.Close)
	return r
}

func formOf(contentType, body string) map[string][]string {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil
	}
	switch kind {
	case "application/x-www-form-urlencoded":
		v, err := url.ParseQuery(body)
		if err != nil {
			return map[string][]string{"error": {err.Error()}}
		}
		return v
	case "multipart/form-data":
		f, err := multipart.NewReader(strings.NewReader(body), params["boundary"]).ReadForm(1 << 20)
		if err != nil {
			return map[string][]string{"error": {err.Error()}}
		}
		out := f.Value
		for name, files := range f.File {
			for _, h := range files {
				file, err := h.Open()
				if err != nil {
					continue
				}
				src, _ := io.ReadAll(file)
				out[name] = append(out[name], string(src))
			}
		}
		return out
	}
	return nil
}

// node parses a shape for the server at address.
func (s shape) node(t *testing.T, address string) *collections.Node {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	request := strings.NewReplacer("URL", address, `"HOST"`, `"`+u.Hostname()+`"`, `"PORT"`, `"`+u.Port()+`"`, "HOST:PORT", u.Host).Replace(s.request)
	auth := ""
	if s.auth != "" {
		auth = `"auth":` + s.auth + `,`
	}
	c, err := collections.Parse("c.json", []byte(`{"info":{"name":"C"},`+auth+`"item":[{"name":`+quoted(s.name+"\n?> */ \u2028")+`,"request":`+request+`}]}`))
	if err != nil {
		t.Fatal(err)
	}
	return c.Root().Children()[0]
}

func same(s string) string { return s }

// A tool runs a target's programs.
type tool struct {
	lang, file string
	command    []string
}

var tools = []tool{
	{lang: "curl", file: "call.sh", command: []string{"sh"}},
	{lang: "python", file: "call.py", command: []string{"python3"}},
	{lang: "javascript", file: "call.js", command: []string{"node"}},
	{lang: "php", file: "call.php", command: []string{"php"}},
	{lang: "ruby", file: "call.rb", command: []string{"ruby"}},
	{lang: "httpie", file: "call.sh", command: []string{"sh"}},
	{lang: "go", file: "main.go", command: []string{"go", "run"}},
	{lang: "java", file: "Main.java", command: []string{"java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"}}, // a program that ends at once
	{lang: "rust", file: "main.rs", command: []string{"rustc"}},
}

// needs are the programs a tool cannot run without.
func (tl tool) needs() []string {
	return append(map[string][]string{"curl": {"curl"}, "httpie": {"http"}}[tl.lang], tl.command[0])
}

// run runs a program and returns what it printed.
func (tl tool) run(t *testing.T, dir, code string, env ...string) (string, error) {
	t.Helper()
	file := filepath.Join(dir, tl.file)
	if err := os.WriteFile(file, []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	command := append(slices.Clone(tl.command), file)
	if tl.lang == "rust" {
		program := filepath.Join(dir, "call")
		args := []string{"-o", program, file}
		for _, crate := range crates {
			args = append(args, "--extern", crate+"="+filepath.Join(dir, "lib"+crate+".rlib"))
		}
		if out, err := rustc(t, args...); err != nil {
			return out, err
		}
		command = []string{program}
	}
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// ready makes what a tool's programs need besides.
func (tl tool) ready(t *testing.T, dir string) {
	t.Helper()
	if tl.lang != "rust" {
		return
	}
	for _, crate := range crates {
		if out, err := rustc(t, "--crate-type", "rlib", "--out-dir", dir, filepath.Join("testdata/rust", crate+".rs")); err != nil {
			t.Fatal(err, out)
		}
	}
}

// crates that the programs use; testdata has stand-ins for machines that
// cannot fetch them.
var crates = []string{"reqwest", "urlencoding", "base64"}

func rustc(t *testing.T, args ...string) (string, error) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "rustc", append([]string{"--edition", "2021", "-C", "debuginfo=0"}, args...)...).CombinedOutput()
	return string(out), err
}

// need skips a test whose tool is not here, and the slow ones in short runs.
func (tl tool) need(t *testing.T) {
	t.Helper()
	for _, need := range tl.needs() {
		if _, err := exec.LookPath(need); err != nil {
			t.Skipf("no %s here", need)
		}
	}
	if testing.Short() && tl.lang != "curl" {
		t.Skip("short")
	}
}

// Every program sends what the collection says. Tools that are not there are
// skipped; slow ones run the dense shapes only.
func TestProgramsSendTheRequest(t *testing.T) {
	t.Parallel()
	for _, tl := range tools {
		t.Run(tl.lang, func(t *testing.T) {
			t.Parallel()
			tl.need(t)
			srv := record(t)
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "it's a file.txt"), []byte("file's content\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			tl.ready(t, dir)
			for _, s := range shapes() {
				if tl.skips(s) {
					continue
				}
				snippet, err := Generate(tl.lang, s.node(t, srv.URL), same)
				if err != nil {
					t.Fatal(err)
				}
				out, err := tl.run(t, dir, snippet.Code, "BASE="+srv.URL, "WORD=w", "SECRET=s'ec ret")
				if err != nil {
					t.Errorf("%s: %v\n%s\n%s", s.name, err, out, snippet.Code)
					continue
				}
				if tl.lang == "httpie" {
					s.uri = unreserved(s.uri)
				}
				srv.check(t, s, snippet.Code)
			}
		})
	}
}

// dense are the shapes that slow tools run: between them they hold everything.
// With POSTIE_CODE_SHAPES=all, as in CI, every tool runs every shape.
var dense = []string{"all in headers", "all in a form", "all in parts", "all in a body", "parameters everywhere", "parameters in a form",
	"parameters in parts", "basic with a parameter", "upload", "file", "graphql", "custom method", "disabled parts", "head"}

func (tl tool) skips(s shape) bool {
	all := os.Getenv("POSTIE_CODE_SHAPES") == "all"
	switch tl.lang {
	case "curl":
		return false
	case "java":
		if s.name == "all in headers" {
			return true // its client refuses what is not ASCII, as the program says
		}
	}
	if all {
		return false
	}
	switch tl.lang {
	case "go", "java", "httpie", "rust": // a second each
		return !slices.Contains([]string{"ASCII in headers", "all in parts", "parameters everywhere"}, s.name)
	}
	return !slices.Contains(dense, s.name)
}

// unreserved is a URI without needless escapes, as HTTPie sends it.
func unreserved(uri string) string { return strings.ReplaceAll(uri, "%41", "A") }

func (r *recorder) check(t *testing.T, s shape, code string) {
	t.Helper()
	r.mu.Lock()
	g := r.last
	r.last = nil
	r.mu.Unlock()
	if g == nil {
		t.Errorf("%s: nothing arrived\n%s", s.name, code)
		return
	}
	if g.method != s.method || s.uri != "" && g.uri != s.uri {
		t.Errorf("%s: got %s %s, want %s %s\n%s", s.name, g.method, g.uri, s.method, s.uri, code)
	}
	if strings.HasPrefix(s.name, "query ") {
		u, err := url.ParseRequestURI(g.uri)
		var n int
		_, _ = fmt.Sscanf(s.name, "query %d", &n)
		if err != nil || u.Query().Get("a") != strings.ReplaceAll(nasty[n], "+", " ") && !strings.Contains(nasty[n], ";") && !strings.Contains(nasty[n], "%") {
			t.Errorf("%s: got %s, want %q\n%s", s.name, g.uri, nasty[n], code)
		}
	}
	for name, want := range s.header {
		if got := g.header.Get(name); got != want && got != want+"; charset=utf-8" {
			t.Errorf("%s: header %s is %q, want %q\n%s", s.name, name, got, want, code)
		}
	}
	switch {
	case s.form != nil:
		if diff := cmp.Diff(s.form, g.form); diff != "" {
			t.Errorf("%s: form (-want +got):\n%s\n%s", s.name, diff, code)
		}
	case g.body != s.body:
		t.Errorf("%s: body %q, want %q\n%s", s.name, g.body, s.body, code)
	}
}

// A status of 400 and above, and a missing parameter, are failures.
func TestProgramsFail(t *testing.T) {
	t.Parallel()
	for _, tl := range tools {
		t.Run(tl.lang, func(t *testing.T) {
			t.Parallel()
			tl.need(t)
			srv := record(t)
			dir := t.TempDir()
			tl.ready(t, dir)
			for _, request := range []string{`"URL/missing"`, `"URL/{{notSetAnywhere}}"`} {
				snippet, err := Generate(tl.lang, shape{name: "x", request: request}.node(t, srv.URL), same)
				if err != nil {
					t.Fatal(err)
				}
				if out, err := tl.run(t, dir, snippet.Code); err == nil {
					t.Errorf("%s passed: %s\n%s", request, out, snippet.Code)
				}
			}
		})
	}
}

// Every target writes every shape, and names each parameter it leaves open;
// nothing is left as {{template}} but in comments.
func TestEveryTargetWritesEveryShape(t *testing.T) {
	t.Parallel()
	if want := 12; len(Targets()) != want {
		t.Errorf("%d targets, want %d", len(Targets()), want)
	}
	list := shapes()
	if len(list) < 60 {
		t.Errorf("%d shapes, want 60", len(list))
	}
	for _, lang := range Targets() {
		for _, s := range list {
			snippet, err := Generate(lang, s.node(t, "http://localhost:1"), same)
			if err != nil {
				t.Errorf("%s: %s: %v", lang, s.name, err)
				continue
			}
			if strings.Contains(s.request+s.auth, "{{secret}}") && !slices.Contains(snippet.Params, Param{Name: "secret", Env: "SECRET"}) {
				t.Errorf("%s: %s: parameters are %v", lang, s.name, snippet.Params)
			}
			for line := range strings.SplitSeq(snippet.Code, "\n") {
				comment := strings.HasPrefix(line, "#") || strings.HasPrefix(line, "//")
				if !comment && (strings.Contains(line, "{{secret}}") || strings.Contains(line, "{{word}}")) {
					t.Errorf("%s: %s: a template is left: %s", lang, s.name, line)
				}
			}
			if lang == "go" {
				if _, err := parser.ParseFile(token.NewFileSet(), "main.go", snippet.Code, 0); err != nil {
					t.Errorf("%s: %v\n%s", s.name, err, snippet.Code)
				}
			}
		}
	}
}

// A curl command that is read back makes the same command.
func TestCurlReadsBack(t *testing.T) {
	t.Parallel()
	code := func(n *collections.Node) string {
		s, err := Generate("curl", n, same)
		if err != nil {
			t.Fatal(err)
		}
		_, command, _ := strings.Cut(s.Code, "curl ")
		return command
	}
	for _, s := range shapes() {
		n := s.node(t, "http://localhost:1")
		first := code(n)
		if slices.Contains([]string{"basic with a parameter", "parameters in a form", "text"}, s.name) {
			continue // computed in the shell; its parser drops a \r
		}
		doc, notes, err := convert.FromCurl("a.sh", []byte("curl "+first), nil)
		if err != nil {
			t.Errorf("%s: %v", s.name, err)
			continue
		}
		c, err := collections.Parse("a.json", doc)
		if err != nil {
			t.Fatal(err)
		}
		back := c.Root().Children()[0]
		notes = slices.DeleteFunc(notes, func(n convert.Note) bool { return strings.Contains(n.Text, "beyond Latin-1") })
		if diff := cmp.Diff(first, code(back)); diff != "" || len(notes) > 0 {
			t.Errorf("%s (-first +again): %s %v", s.name, diff, notes)
		}
	}
}

func TestGenerateErrors(t *testing.T) {
	t.Parallel()
	n := shape{name: "x", request: `{"url":""}`}.node(t, "http://h")
	for lang, want := range map[string]string{
		"cobol": `no language "cobol"; there are csharp, curl, go, httpie, java, javascript, php, php-chilkat, powershell, python, ruby, rust`,
		"curl":  "\"x\\n?> */ \u2028\" has no URL",
	} {
		_, err := Generate(lang, n, same)
		if err == nil || !strings.Contains(err.Error(), strings.Trim(want, "\u2028\"")) && lang != "curl" {
			t.Errorf("%s: got %v, want %s", lang, err, want)
		}
	}
	if _, err := Generate("curl", n.Parent(), same); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("a folder: %v", err)
	}
}

func TestEnvNames(t *testing.T) {
	t.Parallel()
	c := &call{}
	for _, tt := range []struct{ in, want string }{
		{"amUrl", "AM_URL"}, {"am_url", "AM_URL_2"}, {"path", "PATH_VALUE"}, {"7up", "VAR_7UP"}, {"", "VAR_"}, {"a.b c", "A_B_C"},
		{"postmanDemoPassword", "POSTMAN_DEMO_PASSWORD"}, {"URL", "URL_VALUE"},
	} {
		if got := c.parameter(tt.in).env; got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.in, got, tt.want)
		}
	}
}

// FuzzCurlQuote holds that a real shell reads back what was quoted.
func FuzzCurlQuote(f *testing.F) {
	for _, s := range nasty {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := exec.LookPath("sh"); err != nil {
			t.Skip("no sh here")
		}
		s = strings.ReplaceAll(s, "\x00", "")
		out, err := exec.CommandContext(t.Context(), "sh", "-c", "printf %s "+shell(s)).Output()
		if err != nil || string(out) != s {
			t.Fatalf("%q came back as %q (%v)", s, out, err)
		}
	})
}
