package mock_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postie/runner/mock"
)

// A tenant is a simulated one with a clock that the test turns.
type tenant struct {
	t   *testing.T
	fr  *mock.ForgeRock
	now time.Time
}

func newTenant(t *testing.T) *tenant {
	tn := &tenant{t: t, now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	tn.fr = mock.NewForgeRock(mock.ForgeRockOptions{Now: func() time.Time { return tn.now }})
	return tn
}

// A reply is a response's status, header and JSON body.
type reply struct {
	Code   int
	Header http.Header
	Text   string
	Body   map[string]any
}

// call sends a request; headers are "Name: value".
func (tn *tenant) call(method, path, body string, headers ...string) reply {
	tn.t.Helper()
	r := httptest.NewRequest(method, "http://am.example.com/am/json"+path, strings.NewReader(body))
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	tn.fr.ServeHTTP(w, r)
	text, err := io.ReadAll(w.Result().Body)
	if err != nil {
		tn.t.Fatal(err)
	}
	out := reply{Code: w.Code, Header: w.Result().Header, Text: string(text)}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &out.Body); err != nil {
			tn.t.Fatalf("%s %s: %v: %s", method, path, err, text)
		}
	}
	return out
}

const alpha = "/realms/root/realms/alpha"

func (tn *tenant) login() (token string) {
	tn.t.Helper()
	r := tn.call("POST", alpha+"/authenticate", "", "Accept-API-Version: resource=2.1",
		"X-OpenAM-Username: "+mock.DemoUser, "X-OpenAM-Password: "+mock.DemoPassword)
	if r.Code != 200 {
		tn.t.Fatalf("login: %d %v", r.Code, r.Body)
	}
	return r.Body["tokenId"].(string)
}

func (tn *tenant) action(name, token, version string) reply {
	tn.t.Helper()
	headers := []string{"Accept-API-Version: resource=" + version}
	if token != "" {
		headers = append(headers, "iPlanetDirectoryPro: "+token)
	}
	return tn.call("POST", alpha+"/sessions?_action="+name, "", headers...)
}

func TestLoginByCallbacks(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	asked := tn.call("POST", alpha+"/authenticate", "", "Accept-API-Version: resource=2.1")
	if asked.Code != 200 || asked.Body["authId"] == "" {
		t.Fatalf("asked: %d %v", asked.Code, asked.Body)
	}
	fill := func(password string) string {
		callbacks := asked.Body["callbacks"].([]any)
		for i, v := range []string{mock.DemoUser, password} {
			callbacks[i].(map[string]any)["input"].([]any)[0].(map[string]any)["value"] = v
		}
		b, err := json.Marshal(asked.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	version := []string{"Accept-API-Version: resource=2.1", "Content-Type: application/json"}
	if r := tn.call("POST", alpha+"/authenticate", fill("wrong"), version...); r.Code != 401 || r.Body["message"] != "Login failure" {
		t.Errorf("wrong password: %d %v", r.Code, r.Body)
	}
	if r := tn.call("POST", "/authenticate", fill(mock.DemoPassword), version...); r.Code != 400 {
		t.Errorf("an authId of another realm: %d %v", r.Code, r.Body)
	}
	if r := tn.call("POST", alpha+"/authenticate", fill(mock.DemoPassword), version...); r.Code != 200 || r.Body["tokenId"] == nil {
		t.Errorf("login: %d %v", r.Code, r.Body)
	}
	tn.now = tn.now.Add(6 * time.Minute)
	if r := tn.call("POST", alpha+"/authenticate", fill(mock.DemoPassword), version...); r.Code != 401 || r.Body["message"] != "Session has timed out" {
		t.Errorf("an old authId: %d %v", r.Code, r.Body)
	}
}

// TestRefresh walks the model of a refresh: obeyed only after the update
// time, never past the idle or the maximum time.
func TestRefresh(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	token := tn.login()
	for _, step := range []struct {
		name          string
		pass          time.Duration
		idle, maxtime float64
	}{
		{"within the update time nothing moves", 30 * time.Second, 30, 7170},
		{"after it the idle time starts over", 31 * time.Second, 0, 7139},
		{"just before the idle limit", 29 * time.Minute, 0, 5399},
		{"again", 29 * time.Minute, 0, 3659},
		{"and again", 29 * time.Minute, 0, 1919},
		{"up to the last second of the session", 29 * time.Minute, 0, 179},
	} {
		tn.now = tn.now.Add(step.pass)
		r := tn.action("refresh", token, "4.0")
		want := map[string]any{"uid": r.Body["uid"], "realm": "/alpha", "idletime": step.idle,
			"maxidletime": 30.0, "maxsessiontime": 120.0, "maxtime": step.maxtime}
		if diff := cmp.Diff(want, r.Body); r.Code != 200 || diff != "" {
			t.Errorf("%s: %d (-want +got)\n%s", step.name, r.Code, diff)
		}
	}
	tn.now = tn.now.Add(3 * time.Minute)
	if r := tn.action("refresh", token, "4.0"); r.Code != 401 {
		t.Errorf("past the maximum time: %d %v", r.Code, r.Body)
	}
}

func TestDeadTokens(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	token := tn.login()
	denied := map[string]any{"code": 401.0, "reason": "Unauthorized", "message": "Access Denied"}
	for _, action := range []string{"refresh", "getSessionInfo", "getSessionInfoAndResetIdleTime", "getSessionProperties", "logout"} {
		for what, tok := range map[string]string{"missing": "", "unknown": "nope"} {
			r := tn.action(action, tok, "4.0")
			if diff := cmp.Diff(denied, r.Body); r.Code != 401 || diff != "" {
				t.Errorf("%s with a token that is %s: %d (-want +got)\n%s", action, what, r.Code, diff)
			}
		}
	}
	tn.now = tn.now.Add(30 * time.Minute)
	if r := tn.action("refresh", token, "4.0"); r.Code != 401 {
		t.Errorf("idle for 30 minutes: %d", r.Code)
	}
	if r := tn.action("validate", token, "1.0"); r.Code != 200 || r.Body["valid"] != false {
		t.Errorf("validate: %d %v", r.Code, r.Body)
	}
	if r := tn.action("logout", token, "4.0"); r.Body["result"] != "Token has expired" {
		t.Errorf("logout of a dead token: %v", r.Body)
	}
}

func TestSessionInfo(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	token := tn.login()
	tn.now = tn.now.Add(10 * time.Minute)
	info := tn.action("getsessioninfo", token, "4.0")
	if got := info.Body["latestAccessTime"]; got != "2026-01-02T03:04:05Z" {
		t.Errorf("getSessionInfo moved the access time: %v", got)
	}
	if got := info.Body["universalId"].(string); !strings.HasSuffix(got, ",ou=user,o=alpha,ou=services,ou=am-config") {
		t.Errorf("universalId %q", got)
	}
	reset := tn.action("getSessionInfoAndResetIdleTime", token, "4.0")
	if got := reset.Body["latestAccessTime"]; got != "2026-01-02T03:14:05Z" {
		t.Errorf("the access time did not move: %v", got)
	}
	if got := tn.action("getSessionProperties", token, "4.0").Body; got["LoginLocation"] != "" {
		t.Errorf("properties %v", got)
	}
	if got := tn.action("validate", token, "1.0").Body; got["valid"] != true || got["sessionUid"] == nil {
		t.Errorf("validate %v", got)
	}
	if got := tn.action("logout", token, "4.0").Body; got["result"] != "Successfully logged out" {
		t.Errorf("logout %v", got)
	}
	if got := tn.action("refresh", token, "4.0"); got.Code != 401 {
		t.Errorf("refresh after logout: %d", got.Code)
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	for _, c := range []struct {
		accept, served string
		code           int
	}{
		{"resource=1.1", "resource=1.1", 200},
		{"protocol=1.0, resource=1.0", "resource=1.1", 200},
		{"resource=9.0", "", 404},
		{"nonsense", "", 400},
		{"", "resource=1.1", 200},
	} {
		r := tn.call("GET", "/serverinfo/*", "", "Accept-API-Version: "+c.accept)
		if r.Code != c.code || r.Header.Get("Content-API-Version") != c.served {
			t.Errorf("%q: %d, served %q", c.accept, r.Code, r.Header.Get("Content-API-Version"))
		}
		if warned := r.Header.Get("Warning") != ""; warned != (c.accept == "") {
			t.Errorf("%q: warning %v", c.accept, warned)
		}
		if c.code == 404 && r.Text != "" {
			t.Errorf("an unsupported version has no body: %q", r.Text)
		}
	}
	if r := tn.call("POST", "/authenticate", ""); r.Code != 403 {
		t.Errorf("a POST without either header: %d", r.Code)
	}
}

func TestPrettyPrintAndFields(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	r := tn.call("GET", "/serverinfo/*?_prettyPrint=true&_fields=cookieName", "", "Accept-API-Version: resource=1.1")
	if want := "{\n  \"cookieName\": \"iPlanetDirectoryPro\"\n}"; r.Text != want {
		t.Errorf("got %s", r.Text)
	}
}

func TestServeSpeaksBothProtocols(t *testing.T) {
	t.Parallel()
	srv, err := mock.Serve(t.Context(), "127.0.0.1:0", newTenant(t).fr)
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	for _, scheme := range []string{"http", "https"} {
		client := &http.Client{Transport: tlsTransport(srv)}
		r, err := client.Get(scheme + "://" + srv.Addr() + "/am/json/serverinfo/*")
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != 200 {
			t.Errorf("%s: %s", scheme, r.Status)
		}
		client.CloseIdleConnections()
	}
	if _, err := mock.Serve(t.Context(), "0.0.0.0:0", http.NotFoundHandler()); err == nil {
		t.Error("a server with a known password listens to the network")
	}
}
