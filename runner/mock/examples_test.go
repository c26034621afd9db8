package mock_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner/mock"
)

const saved = `{"info":{"name":"Users"},"variable":[{"key":"version","value":"v1"}],"item":[
 {"name":"Get user","request":{"method":"GET","url":"{{base}}/{{version}}/users/:id?expand=no"},"response":[
  {"name":"missing","id":"r404","code":404,"body":"none","originalRequest":{"method":"GET","url":"{{base}}/{{version}}/users/:id?expand=no"}},
  {"name":"found","id":"r200","code":200,"body":"any","header":[{"key":"X-From","value":"{{who}}"},{"key":"Content-Length","value":"999"}],
   "originalRequest":{"method":"GET","url":"{{base}}/{{version}}/users/:id?expand=no"}},
  {"name":"seven","code":200,"body":"seven {{$guid}}","originalRequest":{"method":"GET","url":"{{base}}/{{version}}/users/7"}},
  {"name":"expanded","code":200,"body":"expanded","originalRequest":{"method":"GET","url":"{{base}}/{{version}}/users/:id?expand=yes"}}]},
 {"name":"Add user","request":{"method":"POST","url":"{{base}}/v1/users"},"response":[
  {"name":"created","code":201,"body":"ann","originalRequest":{"method":"POST","url":"{{base}}/v1/users","body":{"mode":"raw","raw":"{\"name\": \"ann\", \"age\": 1}"}}},
  {"name":"refused","code":400,"body":"bob","originalRequest":{"method":"POST","url":"{{base}}/v1/users","body":{"mode":"raw","raw":"{\"name\": \"bob\"}"}}}]}]}`

// TestExampleMatching is Postman's documented order: method, the x-mock
// headers, path, query, body; a success among equals.
func TestExampleMatching(t *testing.T) {
	t.Parallel()
	col, err := collections.Parse("users.json", []byte(saved))
	if err != nil {
		t.Fatal(err)
	}
	h := mock.NewExamples(col, mock.ExamplesOptions{Environment: vars.NewScope("e", vars.Variable{Key: "who", Value: "mock"})})
	for _, c := range []struct {
		name, method, target, body, header string
		code                               int
		want                               string
	}{
		{name: "a path variable matches any segment; a success wins", method: "GET", target: "/v1/users/3?expand=no", code: 200, want: "any"},
		{name: "an exact path beats a variable", method: "GET", target: "/v1/users/7", code: 200, want: "seven [0-9a-f-]{36}"},
		{name: "the query decides among equal paths", method: "GET", target: "/v1/users/3?expand=yes", code: 200, want: "expanded"},
		{name: "by status", method: "GET", target: "/v1/users/3?expand=no", header: "x-mock-response-code: 404", code: 404, want: "none"},
		{name: "by name", method: "GET", target: "/v1/users/3", header: "x-mock-response-name: missing", code: 404, want: "none"},
		{name: "by id, with its owner's", method: "GET", target: "/v1/users/3", header: "x-mock-response-id: 12-r404", code: 404, want: "none"},
		{name: "no such name", method: "GET", target: "/v1/users/3", header: "x-mock-response-name: nope", code: 404, want: "mockRequestNotFoundError"},
		{name: "another case of the path", method: "GET", target: "/V1/Users/7", code: 200, want: "seven.*"},
		{name: "the body decides, by its value", method: "POST", target: "/v1/users", body: `{"age":1,"name":"ann"}`, code: 201, want: "ann"},
		{name: "an unlike body may still match", method: "POST", target: "/v1/users", body: `{}`, code: 201, want: "ann"},
		{name: "unless bodies must", method: "POST", target: "/v1/users", body: `{}`, header: "x-mock-match-request-body: true", code: 404, want: "NotFound"},
		{name: "no such path", method: "GET", target: "/v1/none", code: 404, want: "no example of GET /v1/none"},
		{name: "no such method", method: "DELETE", target: "/v1/users/7", code: 404, want: "no example of a DELETE request"},
	} {
		r := httptest.NewRequest(c.method, "http://x"+c.target, strings.NewReader(c.body))
		if name, value, ok := strings.Cut(c.header, ": "); ok {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		got, _ := io.ReadAll(w.Body)
		if w.Code != c.code || !regexp.MustCompile(c.want).Match(got) {
			t.Errorf("%s: %d %s, want %d %s", c.name, w.Code, got, c.code, c.want)
		}
		if c.want == "any" && (w.Header().Get("X-From") != "mock" || w.Header().Get("Content-Length") != "") {
			t.Errorf("%s: header %v", c.name, w.Header())
		}
	}
}

// Whatever is served can be slow, fail, and be watched.
func TestConditions(t *testing.T) {
	t.Parallel()
	col, err := collections.Parse("users.json", []byte(saved))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range []http.Handler{mock.NewExamples(col, mock.ExamplesOptions{}), mock.NewForgeRock(mock.ForgeRockOptions{})} {
		var log []mock.Served
		under := mock.Conditions{FailRate: 1, Log: func(s mock.Served) { log = append(log, s) }}
		w := httptest.NewRecorder()
		under.Wrap(h).ServeHTTP(w, httptest.NewRequest("GET", "/v1/users/7?a=b", nil))
		if w.Code != 503 || len(log) != 1 || log[0].Code != 503 || log[0].Target != "/v1/users/7?a=b" {
			t.Errorf("%T: %d, log %v", h, w.Code, log)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		w = httptest.NewRecorder()
		mock.Conditions{Latency: time.Hour}.Wrap(h).ServeHTTP(w, httptest.NewRequestWithContext(gone, "GET", "/v1/users/7", nil))
		if w.Body.Len() > 0 {
			t.Errorf("%T: an answer before its time", h)
		}
	}
	var log []mock.Served
	under := mock.Conditions{Log: func(s mock.Served) { log = append(log, s) }}
	under.Wrap(mock.NewExamples(col, mock.ExamplesOptions{})).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/v1/users/7", nil))
	if len(log) != 1 || log[0].Example == "" {
		t.Errorf("the log does not name the example: %v", log)
	}
}
