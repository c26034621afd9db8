package runner_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/event"
	"postie/runner/mask"
	"postie/runner/runnertest"
	"postie/runner/script/sandbox"
	"postie/runner/transport"
)

// A recorder keeps every event as the JSON that reports are made of.
type recorder struct{ events []string }

func (r *recorder) Report(e event.Event, _ *event.Summary) error {
	b, err := json.Marshal(e)
	r.events = append(r.events, string(b))
	return err
}

// leaky is a collection that puts its secret wherever a request has room.
const leaky = `{"info":{"name":"Leaky"},"variable":[{"key":"copy","value":"{{secret}}"}],"item":[
 {"name":"everywhere","request":{"method":"POST","url":"{{host}}/p/{{secret}}?q={{secret}}&copy={{copy}}",
  "header":[{"key":"X-Secret","value":"{{secret}}"},{"key":"X-API-Key","value":"literal-key-1"}],
  "auth":{"type":"basic","basic":{"username":"u","password":"{{secret}}"}},
  "body":{"mode":"urlencoded","urlencoded":[{"key":"s","value":"{{secret}}"}]}}},
 {"name":"json","request":{"method":"POST","url":"{{host}}/","body":{"mode":"raw","raw":"{\"s\":\"{{secret}}\"}","options":{"raw":{"language":"json"}}},
  "auth":{"type":"bearer","bearer":{"token":"{{secret}}"}}}},
 {"name":"elsewhere","request":{"url":"{{host}}/redirect?to=/end%3Fs={{secret}}","header":[{"key":"X-Secret","value":"{{secret}}"}],
  "auth":{"type":"bearer","bearer":{"token":"{{secret}}"}}}},
 {"name":"host","request":"http://{{secret}}.invalid./"}]}`

// TestSecretsLeaveNoTrace drives random secrets through a run and looks for
// them in every event, in every form they may take.
func TestSecretsLeaveNoTrace(t *testing.T) {
	t.Parallel()
	srv := runnertest.Serve(t, nil)
	rng := rand.New(rand.NewPCG(7, 7))
	for range 20 {
		secret := randomSecret(rng)
		rec := &recorder{}
		runLeaky(t, srv.URL, secret, rec, mask.Options{})
		all := strings.Join(rec.events, "\n")
		for form, text := range spellings(secret) {
			if i := strings.Index(all, text); i >= 0 {
				t.Errorf("secret %q shows as %s %q:\n…%s…", secret, form, text, all[max(0, i-200):min(len(all), i+100)])
			}
		}
		if !strings.Contains(all, `"final":{"method":"GET","url":"`+srv.URL+`/end`) {
			t.Error("the last hop is not reported")
		}
		if strings.Contains(all, "literal-key-1") {
			t.Error("an API key header's value shows")
		}
	}
}

// A token that a test script stores under a secret name was in the answer
// before: it is hidden there too, in what the script printed, and in failures.
// Where no secret can follow, events reach reporters at once.
func TestTokensOfAnswers(t *testing.T) {
	t.Parallel()
	const token = "tok-8f2c-ae91-secret"
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Token", token)
		_, _ = fmt.Fprintf(w, `{"token":%q}`, token)
	}))
	defer srv.Close()
	col, err := collections.Parse("c.json", []byte(`{"info":{"name":"C"},"item":[{"name":"log in","request":"{{host}}/login",
 "event":[{"listen":"test","script":{"exec":["const got = pm.response.json().token;","console.log('got', got);",
  "pm.test('has ' + got, () => pm.expect(got).to.equal('x'));","pm.environment.set('session', got);"]}}]},
 {"name":"use","request":"{{host}}/use?t={{session}}"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []bool{true, false} {
		rec := &recorder{}
		env := vars.NewScope("env", vars.Variable{Key: "host", Value: srv.URL}, vars.Variable{Key: "session", Value: "", Secret: secret})
		res, err := runner.Run(t.Context(), runner.Options{Documents: runner.Documents{Collection: col, Environment: env}, Scripts: runner.Scripts{Engine: sandbox.New()}, Output: runner.Output{Reporters: []event.Reporter{rec}}})
		if err != nil {
			t.Fatal(err)
		}
		all := strings.Join(rec.events, "\n") + res.Failures[0].Message + res.Failures[0].Test
		if got := strings.Contains(all, token); got == secret {
			t.Errorf("secret %v: the token shows %d times", secret, strings.Count(all, token))
		}
	}
}

// Patterns hide what matches them in every place, short or part of an escape,
// and leave JSON that is still JSON.
func TestMaskPatterns(t *testing.T) {
	t.Parallel()
	srv := runnertest.Serve(t, nil)
	col, err := collections.Parse("c.json", []byte(`{"info":{"name":"C"},"item":[{"name":"a","request":{"method":"POST","url":"{{host}}/p?card=4111-1111",
 "header":[{"key":"X-Pin","value":"007"}],"body":{"mode":"raw","raw":"{\"card\":\"4111-1111\",\"number\":41111111,\"said\":\"he \\\"said-so\\\"\"}"}}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var hidden []*regexp.Regexp
	for _, p := range []string{`4111-?1111`, `^007$`, `"said-so`} {
		hidden = append(hidden, regexp.MustCompile(p))
	}
	rec := &recorder{}
	env := vars.NewScope("env", vars.Variable{Key: "host", Value: srv.URL})
	if _, err := runner.Run(t.Context(), runner.Options{Documents: runner.Documents{Collection: col, Environment: env}, Output: runner.Output{Mask: mask.Options{Patterns: hidden}, Reporters: []event.Reporter{rec}}}); err != nil {
		t.Fatal(err)
	}
	all := strings.Join(rec.events, "\n")
	for _, secret := range []string{"4111-1111", "41111111", `"007"`, "said-so"} {
		if strings.Contains(all, secret) {
			t.Errorf("%s shows", secret)
		}
	}
	if strings.Count(all, mask.Masked) < 4 {
		t.Errorf("masked only %d times", strings.Count(all, mask.Masked))
	}
	for _, e := range rec.events {
		if !json.Valid([]byte(e)) {
			t.Errorf("no JSON: %s", e)
		}
	}
}

// TestMaskOff is the other way round: the test above can fail.
func TestMaskOff(t *testing.T) {
	t.Parallel()
	rec := &recorder{}
	runLeaky(t, runnertest.Serve(t, nil).URL, "plain-secret-0001", rec, mask.Options{Off: true})
	if !strings.Contains(strings.Join(rec.events, "\n"), "plain-secret-0001") {
		t.Error("nothing shows without a mask")
	}
}

func runLeaky(t *testing.T, host, secret string, rec *recorder, m mask.Options) {
	t.Helper()
	col, err := collections.Parse("leaky.json", []byte(leaky))
	if err != nil {
		t.Fatal(err)
	}
	env := vars.NewScope("env", vars.Variable{Key: "host", Value: host},
		vars.Variable{Key: "secret", Value: secret, Type: "secret", Secret: true})
	if _, err := runner.Run(t.Context(), runner.Options{Documents: runner.Documents{Collection: col, Environment: env}, Output: runner.Output{Mask: m, Reporters: []event.Reporter{rec}}}); err != nil {
		t.Fatal(err)
	}
}

func randomSecret(rng *rand.Rand) string {
	const alphabet = `abcdefghijKLMNOP0123456789+/=-_.~!*'()"\<>&%é `
	letters := []rune(alphabet)
	b := []rune("S")
	for range 11 + rng.IntN(20) {
		b = append(b, letters[rng.IntN(len(letters))])
	}
	return string(append(b, 'E'))
}

func spellings(secret string) map[string]string {
	quoted, _ := json.Marshal(secret)
	plain := strconv.Quote(secret)
	return map[string]string{
		"raw":         secret,
		"query":       url.QueryEscape(secret),
		"path":        url.PathEscape(secret),
		"base64":      base64.StdEncoding.EncodeToString([]byte(secret)),
		"basic":       base64.StdEncoding.EncodeToString([]byte("u:" + secret)),
		"json":        string(quoted[1 : len(quoted)-1]),
		"plain json":  plain[1 : len(plain)-1],
		"json twice":  twice(secret),
		"form":        strings.ReplaceAll(url.QueryEscape(secret), "+", "%20"),
		"target":      inURL(secret),
		"lower cased": strings.ToLower(url.QueryEscape(secret)),
	}
}

// inURL encodes what a request's path and query need encoded, and no more.
func inURL(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"#'<>", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func twice(s string) string {
	once, _ := json.Marshal(s)
	again, _ := json.Marshal(string(once))
	return string(again[3 : len(again)-3])
}

// However many secrets there are, all are hidden.
func TestManySecrets(t *testing.T) {
	t.Parallel()
	srv := runnertest.Serve(t, nil)
	for _, n := range []int{1, 10, 200} {
		env := vars.NewScope("e")
		exec := "console.log('before"
		for i := range n {
			name := fmt.Sprintf("secret%d", i)
			env.Add(vars.Variable{Key: name, Value: fmt.Sprintf("hush-%d-value", i), Secret: true})
			exec += fmt.Sprintf(" hush-%d-value", i)
		}
		col, err := collections.Parse("c.json", fmt.Appendf(nil, `{"info":{"name":"C"},"item":[{"name":"a","request":%q,
			"event":[{"listen":"test","script":{"exec":[%q]}}]}]}`, srv.URL, exec+" after')"))
		if err != nil {
			t.Fatal(err)
		}
		rec := &recorder{}
		if _, err := runner.Run(t.Context(), runner.Options{Documents: runner.Documents{Collection: col, Environment: env}, Scripts: runner.Scripts{Engine: sandbox.New()}, Output: runner.Output{Reporters: []event.Reporter{rec}}}); err != nil {
			t.Fatal(err)
		}
		all := strings.Join(rec.events, "\n")
		if strings.Contains(all, "hush-") || !strings.Contains(all, "before"+strings.Repeat(" "+mask.Masked, n)+" after") {
			t.Errorf("%d secrets: %s", n, all)
		}
	}
}

// Reports are made when the run is over: what is long is in them, and looked at,
// also when the run came to its time limit.
func TestMaskAfterTheRun(t *testing.T) {
	t.Parallel()
	srv := runnertest.Serve(t, nil)
	c, err := collections.Parse("c.json", []byte(`{"info":{"name":"C"},"item":[{"name":"a","request":"`+srv.URL+`"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	env := vars.NewScope("e", vars.Variable{Key: "k", Value: "a-secret-value", Secret: true})
	ctx, cancel := context.WithCancel(t.Context())
	res, err := runner.Run(ctx, runner.Options{Documents: runner.Documents{Collection: c, Environment: env}})
	cancel()
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 1<<20)
	if got := string(res.Mask.JSON(json.RawMessage(`{"body":"` + long + ` a-secret-value"}`))); got != `{"body":"`+long+` ******"}` {
		t.Errorf("%d bytes are left", len(got))
	}
}

// The password of a proxy is hidden in what the proxy answers, too.
func TestPasswordsOfProxies(t *testing.T) {
	t.Parallel()
	const password = "Pr0xy-Passw0rd"
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent := r.Header.Get("Proxy-Authorization")
		w.Header().Set("Proxy-Authenticate", "Basic realm="+strconv.Quote(sent))
		w.WriteHeader(http.StatusProxyAuthRequired)
		fmt.Fprint(w, sent, " for bob and ", password)
	}))
	defer proxy.Close()
	choose, err := transport.ProxyBy(strings.Replace(proxy.URL, "//", "//bob:"+password+"@", 1), "")
	if err != nil {
		t.Fatal(err)
	}
	c, err := collections.Parse("c.json", []byte(`{"info":{"name":"C"},"item":[{"name":"plain","request":"http://target.invalid/"},{"name":"tunnel","request":"https://target.invalid/"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	rec := &recorder{}
	if _, err := runner.Run(t.Context(), runner.Options{Documents: runner.Documents{Collection: c}, Network: runner.Network{Options: transport.Options{Proxy: choose}},
		Output: runner.Output{Reporters: []event.Reporter{rec}}}); err != nil {
		t.Fatal(err)
	}
	all := strings.Join(rec.events, "\n")
	if !strings.Contains(all, "for bob and ******") {
		t.Errorf("the answer is not there: %s", all)
	}
	for form, text := range spellings(password) {
		if strings.Contains(all, text) {
			t.Errorf("%s shows", form)
		}
	}
}
