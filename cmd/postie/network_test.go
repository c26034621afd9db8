package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postie/runner/runnertest"
)

func TestNetworkFlags(t *testing.T) {
	t.Parallel()
	srv := runnertest.Serve(t, nil)
	host, port, _ := strings.Cut(srv.Addr, ":")
	for name, c := range map[string]struct {
		url  string
		args []string
		code int
		want string // of what is printed
	}{
		"connect-to":       {"http://am.example.com/", []string{"--connect-to", "am.example.com:80:" + srv.Addr}, 0, ""},
		"resolve":          {"http://am.example.com:" + port + "/", []string{"--resolve", "am.example.com:" + port + ":" + host}, 0, ""},
		"resolve any port": {"http://am.example.com:" + port + "/", []string{"--resolve", "am.example.com:*:" + host}, 0, ""},
		"proxy":            {"http://am.example.com/", []string{"--proxy", srv.URL}, 0, ""},
		"noproxy":          {srv.URL, []string{"--proxy", "http://u:s3cret@127.0.0.1:1", "--noproxy", "127.0.0.0/8"}, 0, ""},
		"proxy not there":  {"http://am.example.com/", []string{"--proxy", "http://u:s3cret@127.0.0.1:1"}, 1, "connect ECONNREFUSED 127.0.0.1:1"},
		"bad proxy":        {srv.URL, []string{"--proxy", "ftp://u:s3cret@h"}, 2, "--proxy: not a proxy address"},
		"bad connect-to":   {srv.URL, []string{"--connect-to", "a:b"}, 2, "want HOST:PORT:ADDR"},
		"bad resolve":      {srv.URL, []string{"--resolve", "a:80:b"}, 2, "want HOST:PORT:ADDRESS"},
		"bad version":      {srv.URL, []string{"--tls-min", "3"}, 2, "want 1.0, 1.1, 1.2 or 1.3"},
		"min above max":    {srv.URL, []string{"--tls-min", "1.3", "--tls-max", "1.2"}, 2, "is above"},
		"both protocols":   {srv.URL, []string{"--http2", "--http1.1"}, 2, "exclude each other"},
		"http2 over http":  {srv.URL, []string{"--http2"}, 0, ""},
		"no unix socket":   {srv.URL, []string{"--unix-socket", "/no/such/socket"}, 1, "connect ENOENT"},
	} {
		code, printed, _ := runItem(t, srv, t.TempDir(), `{"name":"c","request":"`+c.url+`"}`, c.args...)
		if code != c.code || !strings.Contains(printed, c.want) || strings.Contains(printed, "s3cret") {
			t.Errorf("%s: exit %d\n%s", name, code, printed)
		}
	}
}

// A server that answers while it reads has its answer read, whatever its length.
func TestPromise_75_UploadsThatAreAnsweredAsTheyGo(t *testing.T) {
	t.Parallel()
	size := 60_000_000
	if testing.Short() {
		size = 6_000_000 // more than the sockets between hold
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "up.bin"), bytes.Repeat([]byte("0123456789"), size/10), 0o600); err != nil {
		t.Fatal(err)
	}
	echo := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).EnableFullDuplex() // HTTP/2 is so anyway
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("X-Protocol", r.Proto)
		_, _ = io.Copy(w, r.Body) // what is missing shows at the client
	}))
	echo.EnableHTTP2 = true
	echo.StartTLS()
	t.Cleanup(echo.Close)
	for protocol, flag := range map[string]string{"HTTP/1.1": "--http1.1", "HTTP/2.0": "--http2"} {
		item := fmt.Sprintf(`{"name":"echo","request":{"method":"POST","url":"%s/","body":{"mode":"file","file":{"src":"up.bin"}}},
			"event":[{"listen":"test","script":{"exec":["pm.test('all', () => {","pm.expect(pm.response.size().body).to.equal(%d);",
			"pm.expect(pm.response.headers.get('X-Protocol')).to.equal('%s'); })"]}}]}`, echo.URL, size, protocol)
		code, printed, _ := runItem(t, runnertest.Serve(t, nil), dir, item, flag, "-k", "--working-dir", dir)
		if code != 0 {
			t.Errorf("%s: exit %d\n%s", protocol, code, printed)
		}
	}
}

// A server that nests its answer without end, to fill the stack of who reads it,
// fails what it fails and ends no program.
func TestPromise_83_AnswersNestedWithoutEnd(t *testing.T) {
	t.Parallel()
	deep := bytes.Repeat([]byte("["), 16<<20)
	hostile := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write(deep)
	}))
	t.Cleanup(hostile.Close)
	item := `{"name":"deep","request":{"url":"` + hostile.URL + `","auth":AUTH},
		"event":[{"listen":"test","script":{"exec":["pm.test('json', () => { pm.response.json(); })"]}}]}`
	token := `{"type":"oauth2","oauth2":[{"key":"accessTokenUrl","value":"` + hostile.URL + `"},{"key":"grant_type","value":"client_credentials"},{"key":"clientId","value":"c"}]}`
	for auth, want := range map[string]string{`{"type":"noauth"}`: "JSONError", token: "access token"} {
		code, printed, _ := runItem(t, runnertest.Serve(t, nil), t.TempDir(), strings.Replace(item, "AUTH", auth, 1), "--extract", "x=body.a", "--assert", "body.a exists")
		if code != 1 || !strings.Contains(printed, want) {
			t.Errorf("%s: exit %d\n%s", auth, code, printed)
		}
	}
}
