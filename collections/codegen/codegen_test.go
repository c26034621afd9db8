package codegen

import (
	"bytes"
	"go/parser"
	"go/token"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/collections"
	"postie/collections/convert"
)

func same(s string) string { return s }

// Every target writes every shape, and names each parameter it leaves open;
// nothing is left as {{template}} but in comments.
func TestEveryTargetWritesEveryShape(t *testing.T) {
	t.Parallel()
	if want := 14; len(Targets()) != want {
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

// A curl program that is read back makes the same program.
func TestCurlReadsBack(t *testing.T) {
	t.Parallel()
	code := func(n *collections.Node) string {
		s, err := Generate("curl", n, same)
		if err != nil {
			t.Fatal(err)
		}
		_, program, _ := strings.Cut(s.Code, "\n# "+strings.SplitN(n.Name(), "\n", 2)[0])
		var lines []string
		for line := range strings.SplitSeq(program, "\n") {
			if !strings.Contains(line, " stands for {{") { // which become upper case
				lines = append(lines, line)
			}
		}
		return strings.Join(lines[1:], "\n") // without the name
	}
	for _, s := range shapes() {
		n := s.node(t, "http://localhost:1")
		first := code(n)
		if slices.Contains(notReadBack, s.name) || strings.Contains(first, "mktemp -d") {
			continue
		}
		doc, notes, err := convert.FromCurl("a.sh", []byte(first), nil)
		if err != nil {
			t.Errorf("%s: %v\n%s", s.name, err, first)
			continue
		}
		if strings.Contains(first, "send()") { // it follows redirects by itself
			doc = bytes.Replace(doc, []byte(`"followRedirects": false`), []byte(`"followRedirects": true`), 1)
		}
		c, err := collections.Parse("a.json", doc)
		if err != nil {
			t.Fatal(err)
		}
		notes = slices.DeleteFunc(notes, func(n convert.Note) bool { return strings.Contains(n.Text, "beyond Latin-1") })
		if diff := cmp.Diff(first, code(c.Root().Children()[0])); diff != "" || len(notes) > 0 {
			t.Errorf("%s (-first +again): %s %v", s.name, diff, notes)
		}
	}
}

// notReadBack are programs that work something out in the shell, or say less than
// the document: how redirects are followed, which header is secret.
var notReadBack = []string{"basic with a parameter", "parameters in a form", "nothing but a comment", "the method stays", "an API key stays", "api key in a header", "an api key in place of a header",
	"credentials go along", "too many redirects", "HEAD with a body"}

func TestGenerateErrors(t *testing.T) {
	t.Parallel()
	n := shape{name: "x", request: `{"url":""}`}.node(t, "http://h")
	for lang, want := range map[string]string{
		"cobol": `no language "cobol"; there are csharp, curl, go, httpie, java, javascript, k6, kotlin, php, php-chilkat, powershell, python, ruby, rust`,
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

// A client that sends the header lines of one name as one says so; the others
// send two.
func TestHeaderLinesOfOneName(t *testing.T) {
	t.Parallel()
	n := shape{name: "x", request: `{"url":"URL/h","header":[{"key":"X-A","value":"1"},{"key":"X-A","value":"2"}]}`}.node(t, "http://localhost:1")
	for lang, client := range map[string]string{"python": "Python", "ruby": "Ruby", "csharp": ".NET", "powershell": "PowerShell", "k6": "k6", "php-chilkat": "Chilkat", "curl": "", "javascript": "", "go": "", "php": "", "java": "", "rust": ""} {
		s, err := Generate(lang, n, same)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := slices.Contains(s.Notes, client+" sends the header lines of one name as one line"), client != ""; got != want {
			t.Errorf("%s: notes %q", lang, s.Notes)
		}
		if client == "" && strings.Count(s.Code, "X-A") < 2 {
			t.Errorf("%s: one line\n%s", lang, s.Code)
		}
	}
}
