package wire_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tidwall/gjson"

	"postie/collections"
	"postie/runner/transport"
	"postie/runner/wire"
)

func read(t testing.TB, b *transport.Body) string {
	t.Helper()
	src, err := b.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	text, err := io.ReadAll(src)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What an auth scheme adds to a form is sent, typed, measured and reported,
// though the form was empty.
func TestAuthAddsToForms(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]struct{ sent, reported string }{
		`[{"key":"a","value":"1&2"}]`: {"a=1%262&oauth_x=y%20z", `[{"key":"a","value":"1&2"},{"key":"oauth_x","value":"y z","system":true}]`},
		`[]`:                          {"oauth_x=y%20z", `[{"key":"oauth_x","value":"y z","system":true}]`},
		`[{"key":"a","value":"1","disabled":true}]`: {"oauth_x=y%20z", `[{"disabled":true,"key":"a","value":"1"},{"key":"oauth_x","value":"y z","system":true}]`},
	} {
		r := request(t, `{"method":"POST","url":"http://h/","body":{"mode":"urlencoded","urlencoded":`+given+`}}`)
		d := defaults(false)
		d.Sign = func(w *transport.Request) {
			text := "oauth_x=y%20z"
			if w.Body != nil {
				text = read(t, w.Body) + "&" + text
			}
			w.Body = transport.BytesBody([]byte(text))
		}
		p, err := wire.Build(r, collections.Profile{}, d)
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, p.Wire.Body); got != want.sent || string(p.Report().Body) != want.sent {
			t.Errorf("%s: sent %q, reported %q", given, got, p.Report().Body)
		}
		if got := p.Wire.Header.Get("Content-Type") + " " + p.Wire.Header.Get("Content-Length"); got != fmt.Sprintf("application/x-www-form-urlencoded %d", len(want.sent)) {
			t.Errorf("%s: %s", given, got)
		}
		if got := gjson.GetBytes(p.Request.JSON(), "body.urlencoded").Raw; got != want.reported {
			t.Errorf("%s: %s", given, got)
		}
	}
}

// A scheme signs the Content-Type that is sent; reports show the user's.
func TestAuthSeesTheTypeOfForms(t *testing.T) {
	t.Parallel()
	r := request(t, `{"method":"POST","url":"http://h/","header":[{"key":"content-type","value":"text/odd"}],"body":{"mode":"formdata","formdata":[{"key":"a","value":"1","type":"text"}]}}`)
	d := defaults(false)
	seen := ""
	d.Sign = func(w *transport.Request) {
		seen = w.Header.Get("Content-Type")
		w.Header = append(w.Header, transport.Field{Name: "Authorization", Value: "signed"})
	}
	p, err := wire.Build(r, collections.Profile{}, d)
	if err != nil {
		t.Fatal(err)
	}
	if sent := p.Wire.Header.Get("Content-Type"); seen != sent || seen != "multipart/form-data; boundary=bound" {
		t.Errorf("signed %q, sent %q", seen, sent)
	}
	if got := p.Request.Header[0].Value; got != "text/odd" {
		t.Errorf("reported %q", got)
	}
}

// A part has the name that the document gives it, else that of its file.
func TestNamesOfParts(t *testing.T) {
	t.Parallel()
	for param, want := range map[string]string{
		`"src":"dir/a.txt"`:                                `a.txt`,
		`"src":"a.txt","fileName":"b.txt"`:                 `b.txt`,
		`"src":"a.txt","fileName":"x/b.txt"`:               `b.txt`,
		`"src":"a.txt","fileName":""`:                      ``,
		`"src":"a.txt","fileName":null`:                    `a.txt`,
		`"src":"a.txt","fileName":5`:                       `a.txt`,
		`"src":"a.txt","fileName":"x\\b.txt"`:              `x\b.txt`,
		`"src":["a.txt","dir/a.txt"],"fileName":"two.txt"`: `two.txt`,
	} {
		d := defaults(false)
		d.Files = fstest.MapFS{"a.txt": {Data: []byte("hello")}, "dir/a.txt": {Data: []byte("hello")}}
		p, err := wire.Build(request(t, `{"method":"POST","url":"http://h/","body":{"mode":"formdata","formdata":[{"key":"f","type":"file",`+param+`}]}}`), collections.Profile{}, d)
		if err != nil {
			t.Fatal(err)
		}
		_, after, _ := strings.Cut(read(t, p.Wire.Body), `filename="`)
		if got, _, _ := strings.Cut(after, "\"\r\n"); got != want {
			t.Errorf("%s: %q, want %q", param, got, want)
		}
	}
}

// A part has the type of its file, else of the name it is sent under.
func TestTypesOfParts(t *testing.T) {
	t.Parallel()
	for param, want := range map[string]string{
		`{"key":"f","type":"file","src":"a.txt"}`:                                          "text/plain",
		`{"key":"f","type":"file","src":"upload","fileName":"my.pdf"}`:                     "application/pdf",
		`{"key":"f","type":"file","src":"upload"}`:                                         "application/octet-stream",
		`{"key":"f","type":"file","src":"a.txt","fileName":"my.pdf"}`:                      "text/plain",
		`{"key":"f","type":"file","src":"upload","fileName":"my.pdf","contentType":"a/b"}`: "a/b",
		`{"key":"f","type":"file","value":"aGk=","fileName":"my.unknown"}`:                 "application/octet-stream",
		`{"key":"f","type":"text","value":"x","fileName":"my.json"}`:                       "application/json",
		`{"key":"f","type":"text","value":"x","fileName":"my.unknown"}`:                    "",
	} {
		d := defaults(false)
		d.Files = fstest.MapFS{"a.txt": {Data: []byte("hello")}, "upload": {Data: []byte("PDF")}}
		p, err := wire.Build(request(t, `{"method":"POST","url":"http://h/","body":{"mode":"formdata","formdata":[`+param+`]}}`), collections.Profile{}, d)
		if err != nil {
			t.Fatal(err)
		}
		head, _, _ := strings.Cut(read(t, p.Wire.Body), "\r\n\r\n")
		_, got, _ := strings.Cut(head, "\r\nContent-Type: ")
		if got != want {
			t.Errorf("%s: %q, want %q", param, got, want)
		}
	}
}
