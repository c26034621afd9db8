package codegen

import (
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/collections/vars"
	"postie/runner"
)

// A recorder keeps the requests it gets. /to/302/… redirects to /… on the same
// server, /away/302/… to the server's other name.
type recorder struct {
	*httptest.Server
	mu   sync.Mutex
	list []got
}

// A got is a request as it came, without what each client adds by itself.
type got struct {
	Method, URI string
	Header      []string
	Body        string
	Parts       []string // of a multipart body: headers and content
	header      http.Header
	form        map[string][]string
}

func record(t *testing.T) *recorder {
	r := &recorder{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		r.list = append(r.list, received(req, string(body)))
		r.mu.Unlock()
		where, rest, _ := strings.Cut(strings.TrimPrefix(req.URL.Path, "/"), "/")
		code, next, _ := strings.Cut(rest, "/")
		var status int
		_, _ = fmt.Sscan(code, &status)
		switch {
		case where == "missing":
			w.WriteHeader(http.StatusNotFound)
		case where == "to" && next != "":
			w.Header().Set("Location", "/to/"+next)
			w.WriteHeader(status)
		case where == "to":
			w.Header().Set("Location", "/landed?a=b")
			w.WriteHeader(status)
		case where == "away":
			w.Header().Set("Location", strings.Replace(r.URL, "127.0.0.1", "localhost", 1)+"/landed")
			w.WriteHeader(status)
		}
		if req.Method != http.MethodHead {
			_, _ = io.WriteString(w, "answer")
		}
	}))
	t.Cleanup(r.Close)
	return r
}

// take returns the requests since the last time.
func (r *recorder) take() []got {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.list
	r.list = nil
	return list
}

// byClient are headers that a client adds or changes by itself.
var byClient = []string{"User-Agent", "Accept-Encoding", "Connection", "Cache-Control", "Postman-Token", "Content-Length", "Referer", "Te", "Accept-Language",
	"Sec-Fetch-Mode", "Priority", "Http2-Settings", "Upgrade", "Accept"}

func received(req *http.Request, body string) got {
	g := got{Method: req.Method, URI: req.RequestURI, Body: body, header: req.Header}
	kind, params, _ := mime.ParseMediaType(req.Header.Get("Content-Type"))
	for name, values := range req.Header {
		if name == "Content-Type" {
			g.Header = append(g.Header, name+": "+kind)
			continue
		}
		if !slices.Contains(byClient, name) {
			g.Header = append(g.Header, name+": "+strings.Join(values, ", "))
		}
	}
	slices.Sort(g.Header)
	switch kind {
	case "application/x-www-form-urlencoded":
		if v, err := url.ParseQuery(body); err == nil {
			g.form = v
		}
	case "multipart/form-data":
		g.Body, g.form = "", map[string][]string{}
		parts := multipart.NewReader(strings.NewReader(body), params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				break
			}
			if err != nil {
				g.Parts = append(g.Parts, "error: "+err.Error())
				break
			}
			content, _ := io.ReadAll(p)
			g.form[p.FormName()] = append(g.form[p.FormName()], string(content))
			g.Parts = append(g.Parts, fmt.Sprintf("%s %q %s: %s", p.FormName(), p.FileName(), p.Header.Get("Content-Type"), content))
		}
	}
	return g
}

// files are those that shapes send.
func files(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"it's a file.txt": "file's content\n", "pic.png": "PNG\xff\x00", "data.json": "{}", "sub/deep.txt": "deep"} {
		save(t, filepath.Join(dir, name), content)
	}
	return dir
}

// A run sends the shapes as they say; what it goes on with after redirects, the
// programs go on with.
func TestRunsSendTheShapes(t *testing.T) {
	t.Parallel()
	srv, dir := record(t), files(t)
	for _, s := range shapes() {
		list := sentByRun(t, srv, dir, s)
		if len(list) == 0 {
			if !strings.HasPrefix(s.name, "all in headers") { // a run refuses characters beyond Latin-1
				t.Errorf("%s: nothing arrived", s.name)
			}
			continue
		}
		s.check(t, list[0])
	}
}

func sentByRun(t *testing.T, srv *recorder, dir string, s shape) []got {
	t.Helper()
	env := &vars.Scope{}
	env.Set("base", srv.URL)
	env.Set("word", "w")
	env.SetSecret("secret", "s'ec ret")
	srv.take()
	_, err := runner.Run(t.Context(), runner.Options{Documents: runner.Documents{Collection: s.collection(t, srv.URL), Environment: env, Files: os.DirFS(dir)}})
	if err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	return srv.take()
}

// check holds that what arrived first is what the shape says.
func (s shape) check(t *testing.T, g got) {
	t.Helper()
	if g.Method != s.method || s.uri != "" && g.URI != s.uri {
		t.Errorf("%s: got %s %s, want %s %s", s.name, g.Method, g.URI, s.method, s.uri)
	}
	if strings.HasPrefix(s.name, "query ") {
		u, err := url.ParseRequestURI(g.URI)
		var n int
		_, _ = fmt.Sscanf(s.name, "query %d", &n)
		if err != nil || u.Query().Get("a") != strings.ReplaceAll(nasty[n], "+", " ") && !strings.ContainsAny(nasty[n], ";%&#") {
			t.Errorf("%s: got %s, want %q", s.name, g.URI, nasty[n])
		}
	}
	for name, want := range s.header {
		if got := g.header.Get(name); got != want && got != want+"; charset=utf-8" {
			t.Errorf("%s: header %s is %q, want %q", s.name, name, got, want)
		}
	}
	switch {
	case s.form != nil:
		if diff := cmp.Diff(s.form, g.form); diff != "" {
			t.Errorf("%s: form (-want +got):\n%s", s.name, diff)
		}
	case s.body != "" && g.Body != s.body:
		t.Errorf("%s: body %.300q, want %.300q", s.name, g.Body, s.body)
	}
}

// Every program sends what a run sends, or says in what it differs. Tools that
// are not there are skipped; slow ones run the dense shapes only.
func TestProgramsSendTheRequest(t *testing.T) {
	t.Parallel()
	for _, tl := range tools {
		t.Run(tl.lang, func(t *testing.T) {
			t.Parallel()
			tl.need(t)
			srv, dir := record(t), files(t)
			var list []shape
			var snippets []*Snippet
			var programs []string
			for _, s := range shapes() {
				if tl.skips(s) {
					continue
				}
				snippet, err := Generate(tl.lang, s.node(t, srv.URL), same)
				if err != nil {
					t.Fatal(err)
				}
				list, snippets, programs = append(list, s), append(snippets, snippet), append(programs, snippet.Code)
			}
			run := tl.start(t, dir, programs, "BASE="+srv.URL, "WORD=w", "SECRET=s'ec ret")
			for i, s := range list {
				want := sentByRun(t, srv, dir, s)
				err := run(i)
				tl.compare(t, s, snippets[i], want, srv.take(), err)
			}
		})
	}
}

func (tl tool) compare(t *testing.T, s shape, snippet *Snippet, want, sent []got, err error) {
	t.Helper()
	if len(snippet.Notes) > 0 {
		if !tl.mayDiffer(snippet.Notes) {
			t.Errorf("%s: notes %q", s.name, snippet.Notes)
		}
		return
	}
	if err != nil && s.name != "too many redirects" {
		t.Errorf("%s: %v\n%.3000s", s.name, err, snippet.Code)
		return
	}
	if want == nil { // a run sends nothing
		s.check(t, sent[0])
		return
	}
	look := func(list []got) (out []got) {
		for _, g := range list {
			if g.form != nil && g.Parts == nil { // however it is encoded
				g.Body = url.Values(g.form).Encode()
			}
			if g.Body == "" && g.Parts == nil { // curl keeps the type that a header names
				g.Header = slices.DeleteFunc(slices.Clone(g.Header), func(h string) bool { return strings.HasPrefix(h, "Content-Type: ") })
			}
			out = append(out, got{Method: g.Method, URI: g.URI, Header: append([]string{}, g.Header...), Body: g.Body, Parts: g.Parts})
		}
		return out
	}
	if diff := cmp.Diff(look(want), look(sent), cmp.AllowUnexported(got{})); diff != "" {
		t.Errorf("%s (-run +program):\n%.3000s\n%.3000s", s.name, diff, snippet.Code)
	}
}

// limits are what languages cannot send as a run does: parts of the notes that
// their programs have then.
var limits = map[string][]string{
	"curl":       {"HEAD without a body"},
	"php":        {"HEAD without a body"},
	"java":       {"of the address", "out of the path", "not ASCII"},
	"ruby":       {"of the address", "out of the path", "adds a Content-Type", "of one name as one line"},
	"rust":       {"of the address", "out of the path", "in Latin-1"},
	"javascript": {"of the address", "out of the path"},
	"k6":         {"of the address", "out of the path", "in Latin-1", "of one name as one line"},
	"kotlin":     {"of the address", "out of the path", "refuses the body of", "in Latin-1"},
	"go":         {"of the address"},
	"python":     {"adds a Content-Type", "of one name as one line"},
	"httpie":     {"in Latin-1", "of the address", "out of the path", "redirects are not followed", "without a Content-Type", "as it is called", "adds a Content-Type"},
}

func (tl tool) mayDiffer(notes []string) bool {
	return !slices.ContainsFunc(notes, func(n string) bool {
		return !slices.ContainsFunc(limits[tl.lang], func(known string) bool { return strings.Contains(n, known) })
	})
}

// dense are the shapes that hold everything between them. With
// POSTIE_CODE_SHAPES=all, as in CI, tools run every shape, but for those that take
// a second for each.
var dense = []string{"Latin-1 in a header", "UTF-8 in a header beside a text", "brackets in the path", "an escaped password in the address", "all in headers", "all in a form", "all in parts", "all in a body", "parameters everywhere", "parameters in a form",
	"parameters in parts", "basic with a parameter", "upload", "file", "graphql", "custom method", "disabled parts", "head",
	"comments", "the type of a part", "the types of files", "the type of a file", "large text", "large part", "GET with a body", "POST and 302", "PUT and 303",
	"POST and 307", "a secret header stays", "a body and a secret stay"}

func (tl tool) skips(s shape) bool {
	all := os.Getenv("POSTIE_CODE_SHAPES") == "all"
	switch {
	case tl.lang == "curl", all && tl.lang != "httpie":
		return false
	case all:
		return !slices.Contains(dense, s.name) && !strings.Contains(s.name, "redirects")
	case tl.lang == "httpie" || tl.lang == "kotlin": // a second each
		return !slices.Contains([]string{"ASCII in headers", "all in parts", "parameters everywhere", "the types of files", "GET with a body", "POST and 302"}, s.name)
	}
	return !slices.Contains(dense, s.name)
}

// A status of 400 and above, and a missing parameter, are failures.
func TestProgramsFail(t *testing.T) {
	t.Parallel()
	for _, tl := range tools {
		t.Run(tl.lang, func(t *testing.T) {
			t.Parallel()
			tl.need(t)
			srv, dir := record(t), t.TempDir()
			for _, request := range []string{`"URL/missing"`, `{"method":"PUT","url":"URL/missing"}`, `"URL/{{notSetAnywhere}}"`} {
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
