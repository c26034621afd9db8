package wire_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"postie/collections"
	"postie/runner/transport"
	"postie/runner/wire"
)

// TestBuild shows the lines and bytes of requests, in the order in which the
// phases add them: the user's lines, the body's type, the auth scheme's, the
// defaults, the framing.
func TestBuild(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, request, profile, want string
	}{
		{"a GET has the default lines", `"http://h/a"`, ``, `GET http://h/a
User-Agent: ua
Accept: */*
Cache-Control: no-cache
Postman-Token: token
Host: h
Accept-Encoding: gzip, deflate, br
Connection: keep-alive
`},
		{"the user's lines come first and replace defaults", `{"url":"http://h:81/","header":[{"key":"accept","value":"a/b"},{"key":"X","value":"1"},{"key":"Y","value":"2","disabled":true}]}`, ``, `GET http://h:81/
accept: a/b
X: 1
User-Agent: ua
Cache-Control: no-cache
Postman-Token: token
Host: h:81
Accept-Encoding: gzip, deflate, br
Connection: keep-alive
`},
		{"raw JSON is typed before auth signs", `{"method":"POST","url":"http://h/","body":{"mode":"raw","raw":"{\"a\":1}","options":{"raw":{"language":"json"}}}}`, `signed`, `POST http://h/
Content-Type: application/json
Authorization: signed
User-Agent: ua
Accept: */*
Cache-Control: no-cache
Postman-Token: token
Host: h
Accept-Encoding: gzip, deflate, br
Connection: keep-alive
Content-Length: 7

{"a":1}`},
		{"other raw bodies are typed after auth", `{"method":"POST","url":"http://h/","body":{"mode":"raw","raw":"a"}}`, `signed`, `POST http://h/
Authorization: signed
Content-Type: text/plain
User-Agent: ua
Accept: */*
Cache-Control: no-cache
Postman-Token: token
Host: h
Accept-Encoding: gzip, deflate, br
Connection: keep-alive
Content-Length: 1

a`},
		{"an empty raw body has a length and no type", `{"method":"POST","url":"http://h/","body":{"mode":"raw","raw":""}}`, ``, `POST http://h/
User-Agent: ua
Accept: */*
Cache-Control: no-cache
Postman-Token: token
Host: h
Accept-Encoding: gzip, deflate, br
Connection: keep-alive
Content-Length: 0
`},
		{"a form insists on its type, which comes last but for the length", `{"method":"POST","url":"http://h/","body":{"mode":"urlencoded","urlencoded":[{"key":"a","value":"1 2"},{"key":"b","value":"x","disabled":true},{"key":"a","value":"ü"}]}}`, ``, `POST http://h/
User-Agent: ua
Accept: */*
Cache-Control: no-cache
Postman-Token: token
Host: h
Accept-Encoding: gzip, deflate, br
Connection: keep-alive
Content-Type: application/x-www-form-urlencoded
Content-Length: 16

a=1%202&a=%C3%BC`},
		{"a file's length comes before its type", `{"method":"PUT","url":"http://h/","body":{"mode":"file","file":{"src":"a.txt"}}}`, ``, `PUT http://h/
User-Agent: ua
Accept: */*
Cache-Control: no-cache
Postman-Token: token
Host: h
Accept-Encoding: gzip, deflate, br
Connection: keep-alive
Content-Length: 5
Content-Type: text/plain

hello`},
		{"a part for each field and file", `{"method":"POST","url":"http://h/","body":{"mode":"formdata","formdata":[{"key":"t","value":"1","type":"text"},{"key":"f","type":"file","src":["a.txt"]}]}}`, ``, `POST http://h/
User-Agent: ua
Accept: */*
Cache-Control: no-cache
Postman-Token: token
Host: h
Accept-Encoding: gzip, deflate, br
Connection: keep-alive
Content-Type: multipart/form-data; boundary=bound
Content-Length: 171

--bound
Content-Disposition: form-data; name="t"

1
--bound
Content-Disposition: form-data; name="f"; filename="a.txt"
Content-Type: text/plain

hello
--bound--
`},
		{"GET has no body unless pruning is off", `{"url":"http://h/","body":{"mode":"raw","raw":"a"}}`, ``, `GET http://h/
User-Agent: ua
Accept: */*
Cache-Control: no-cache
Postman-Token: token
Host: h
Accept-Encoding: gzip, deflate, br
Connection: keep-alive
`},
		{"GET with a body", `{"url":"http://h/","body":{"mode":"raw","raw":"a"}}`, `unpruned`, `GET http://h/
Content-Type: text/plain
User-Agent: ua
Accept: */*
Cache-Control: no-cache
Postman-Token: token
Host: h
Accept-Encoding: gzip, deflate, br
Connection: keep-alive
Content-Length: 1

a`},
		{"of spellings that differ in case the last is sent, each line of it", `{"url":"http://h/","header":[{"key":"x-a","value":"1"},{"key":"X-A","value":"2"},{"key":"X-B","value":"3"},{"key":"X-B","value":"4"}]}`, ``, `GET http://h/
X-A: 2
X-B: 3
X-B: 4
User-Agent: ua
Accept: */*
Cache-Control: no-cache
Postman-Token: token
Host: h
Accept-Encoding: gzip, deflate, br
Connection: keep-alive
`},
		{"default lines can be turned off", `"http://h/"`, `bare`, `GET http://h/
Host: h
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, err := wire.Build(request(t, c.request), profiles[c.profile], defaults(c.profile == "signed"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, lines(t, p)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

var on = true

var profiles = map[string]collections.Profile{
	"unpruned": {DisableBodyPruning: &on},
	"bare": {DisabledSystemHeaders: map[string]bool{"user-agent": true, "accept": true, "cache-control": true,
		"postman-token": true, "accept-encoding": true, "connection": true}},
}

func request(t testing.TB, text string) *collections.Request {
	t.Helper()
	r, err := collections.ParseRequest([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// defaults are the same each time, tokens and boundaries too.
func defaults(signed bool) wire.Defaults {
	d := wire.Defaults{UserAgent: "ua", Files: fstest.MapFS{"a.txt": {Data: []byte("hello")}},
		Token: func() string { return "token" }, Boundary: func() string { return "bound" }}
	if signed {
		d.Sign = func(r *transport.Request) {
			r.Header = append(r.Header, transport.Field{Name: "Authorization", Value: "signed"})
		}
	}
	return d
}

// lines is a plan as it goes over the wire, without carriage returns.
func lines(t testing.TB, p *wire.Plan) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", p.Wire.Method, p.Wire.URL)
	for _, f := range p.Wire.Header {
		fmt.Fprintf(&b, "%s: %s\n", f.Name, f.Value)
	}
	if p.Wire.Body == nil {
		return b.String()
	}
	src, err := p.Wire.Body.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	text, err := io.ReadAll(src)
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(text)) != p.Wire.Body.Len {
		t.Errorf("the body has %d bytes, and says %d", len(text), p.Wire.Body.Len)
	}
	return b.String() + "\n" + strings.ReplaceAll(string(text), "\r\n", "\n")
}

// A request that cannot be sent is reported as far as it was built.
func TestBuildErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, request, want string }{
		{"no URL", `{"url":""}`, "runtime:extensions~request: request url is empty"},
		{"a file that is not there", `{"method":"POST","url":"http://h/","body":{"mode":"file","file":{"src":"no.txt"}}}`, `file body: file "no.txt": no such file`},
		{"a folder", `{"method":"POST","url":"http://h/","body":{"mode":"formdata","formdata":[{"key":"f","type":"file","src":"."}]}}`, `form field "f": file ".": is not a regular file`},
	} {
		p, err := wire.Build(request(t, c.request), collections.Profile{}, defaults(false))
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
		if p == nil || p.Request == nil {
			t.Errorf("%s: no plan", c.name)
		}
	}
}

// BenchmarkBuild lays out a request with headers and a JSON body.
func BenchmarkBuild(b *testing.B) {
	r := request(b, `{"method":"POST","url":"https://am.example.com/am/json/users/42?_action=update&x=42",
		"header":[{"key":"X-Requested-With","value":"postie"},{"key":"Accept-API-Version","value":"resource=4.0"}],
		"body":{"mode":"raw","raw":"{\"id\":\"42\",\"tags\":[1,2,3]}","options":{"raw":{"language":"json"}}}}`)
	d := defaults(false)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := wire.Build(r, collections.Profile{}, d); err != nil {
			b.Fatal(err)
		}
	}
}
