package mask_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"postie/collections/vars"
	"postie/runner/mask"
)

// The secret variables of every scope are learned, whatever type their value
// has: by their type, by a name that was given, and by one that looks secret
// when nothing else is said of the variable.
func TestVariables(t *testing.T) {
	t.Parallel()
	m := mask.New(mask.Options{Names: []string{"Given"}})
	s := &vars.Stack{
		Vault:       vars.NewScope("v", vars.Variable{Key: "any", Value: "in-the-vault"}),
		Globals:     vars.NewScope("g", vars.Variable{Key: "flagged", Value: "of-globals", Secret: true}),
		Collection:  vars.NewScope("c", vars.Variable{Key: "n", Value: 1234567.0, Secret: true}, vars.Variable{Key: "copy", Value: "{{n}}", Secret: true}),
		Environment: vars.NewScope("e", vars.Variable{Key: "API_TOKEN", Value: "by-its-name"}, vars.Variable{Key: "token", Value: "is-a-default", Type: "default"}),
		Data:        vars.NewScope("d", vars.Variable{Key: "given", Value: "of-a-row"}, vars.Variable{Key: "on", Value: true, Secret: true}),
		Local:       vars.NewScope("l", vars.Variable{Key: "o", Value: json.RawMessage(`{"a":["of-an-object"]}`), Secret: true}, vars.Variable{Key: "host", Value: "is-public"}),
	}
	m.Variables(s)
	got := m.Text("in-the-vault of-globals 1234567 {{n}} by-its-name is-a-default of-a-row true of-an-object is-public")
	if want := "****** ****** ****** {{n}} ****** is-a-default ****** true ****** is-public"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// The former values of a variable are remembered for a while, and then
// forgotten, so that a run of any length knows a bounded number.
func TestFormerValuesAreForgotten(t *testing.T) {
	t.Parallel()
	m := mask.New(mask.Options{})
	m.Learn("for-the-run", mask.Run)
	env := vars.NewScope("e", vars.Variable{Key: "stays", Value: "the-value-that-stays", Secret: true}, vars.Variable{Key: "token", Secret: true})
	const turns = 5000
	for i := range turns {
		env.Set("token", fmt.Sprintf("token-%06d", i))
		m.Variables(&vars.Stack{Environment: env})
		m.Text("as an event would")
	}
	shown := 0
	for i := range turns {
		if m.Text(fmt.Sprintf("token-%06d", i)) != mask.Masked {
			shown++
		}
	}
	if shown < turns/3 || shown > turns-1000 {
		t.Errorf("%d of %d former values are forgotten", shown, turns)
	}
	for _, s := range []string{"for-the-run", "the-value-that-stays", "token-004999", "token-004500"} {
		if m.Text(s) != mask.Masked {
			t.Errorf("%s is forgotten", s)
		}
	}
}

// What a scheme wrote into a request is forgotten with its item; of two that
// run at once, each keeps its own.
func TestItemsForget(t *testing.T) {
	t.Parallel()
	m := masker("of-the-run")
	a, b := m.Item(), m.Item()
	a.Learn("signature-a")
	b.Learn("signature-b")
	b.Learn("of-the-run")
	const text = "signature-a signature-b of-the-run"
	if got := m.Text(text); got != "****** ****** ******" {
		t.Error(got)
	}
	a.End()
	if got := m.Text(text); got != "signature-a ****** ******" {
		t.Error(got)
	}
	b.End()
	if got := m.Text(text); got != "signature-a signature-b ******" {
		t.Error(got)
	}
}

// Credentials are learned by their place, those that are longer than words.
func TestCredentials(t *testing.T) {
	t.Parallel()
	m := mask.New(mask.Options{Names: []string{"X-Mine", "pin"}})
	m.Header("Authorization", "Bearer bearer-token-1", mask.Run)
	m.Header("authorization", "Basic dTpvZi1CYXNpYy0x", mask.Run) // u:of-Basic-1
	m.Header("Cookie", `a=short; sid="cookie-value-1"; t=cookie-value-2`, mask.Run)
	m.Header("Set-Cookie", "sid=cookie-value-3; Path=/; Max-Age=cookie-age", mask.Recent)
	m.Header("X-Mine", "header-value", mask.Run)
	m.Header("Accept", "application/json", mask.Run)
	m.Header("X-Api-Key", "{{template-1}}", mask.Run)
	m.Param("clientSecret", "client-secret-1", mask.Run)
	m.Param("privateKey", 1234567890.0, mask.Run)
	m.Param("password", "word", mask.Run)
	m.Param("username", "user-name-1", mask.Run)
	m.User("user:p%40ssword-1", mask.Run)
	m.Tokens([]byte("access_token=form%2Dtoken-1&token_type=bearer-type"), mask.Run)
	m.Tokens([]byte(`{"data":{"refresh_token":"json\/token-1","expires_in":12345}}`), mask.Run)
	m.Body([]byte(`{"pin":1234,"a":{"PIN":"pin-2"}}`), mask.Run)
	for _, s := range []string{"bearer-token-1", "of-Basic-1", "cookie-value-1", "cookie-value-2", "cookie-value-3", "header-value", "client-secret-1",
		"1234567890", "p@ssword-1", "p%40ssword-1", "form-token-1", "json/token-1", "1234", "pin-2"} {
		if got := m.Text("x " + s + " y"); got != "x ****** y" {
			t.Errorf("%s: %s", s, got)
		}
	}
	for _, s := range []string{"short", "cookie-age", "application/json", "{{template-1}}", "word", "user-name-1", "bearer-type", "12345."} {
		if got := m.Text("x " + s + " y"); s != "12345." && got != "x "+s+" y" {
			t.Errorf("%s: %s", s, got)
		}
	}
}

// A credential without a name is hidden where it is, and looking for its name
// comes to an end.
func TestCredentialWithoutName(t *testing.T) {
	t.Parallel()
	m := mask.New(mask.Options{Names: []string{""}})
	item := m.Item()
	item.Name("")
	item.Learn("key-value-1")
	if got := m.Text("GET /a?=key-value-1&x=y"); got != "GET /a?=******&x=y" {
		t.Error(got)
	}
	if got := string(m.JSON(json.RawMessage(`{"":"key-value-1","a":"x=y"}`))); got != `{"":"******","a":"x=y"}` {
		t.Error(got)
	}
}

// Nothing is hidden, and nothing learned, when the mask is off.
func TestOff(t *testing.T) {
	t.Parallel()
	m := mask.New(mask.Options{Off: true, Names: []string{"pin"}})
	m.Learn("a-secret", mask.Run)
	m.Header("Authorization", "Bearer bearer-token-1", mask.Run)
	m.Item().Learn("signature")
	const text = `{"pin":1,"a":"a-secret bearer-token-1 signature"}`
	if got := string(m.JSON(json.RawMessage(text))); got != text {
		t.Error(got)
	}
	if got := m.Text(text); got != text || m.MayLearn() {
		t.Error(got)
	}
}

// Once the time of a run is over, long texts are hidden as a whole, since
// nobody waits for them to be looked at.
func TestTimeIsBounded(t *testing.T) {
	t.Parallel()
	m := masker("a-secret")
	ctx, cancel := context.WithCancel(t.Context())
	m.Within(ctx)
	long := strings.Repeat("x", 1<<20)
	if got := m.Text(long); got != long {
		t.Error("changed")
	}
	cancel()
	if got := m.Text(long); got != mask.Masked {
		t.Error("a long text is looked at")
	}
	if got := string(m.JSON(json.RawMessage(`"` + long + `"`))); got != `"******"` {
		t.Error("long JSON is looked at")
	}
	if got := m.Text("with a-secret"); got != "with ******" {
		t.Error(got)
	}
}

// Many goroutines may learn and hide at once.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	m := mask.New(mask.Options{})
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 50 {
				secret := fmt.Sprintf("secret-%d-%d", g, i)
				m.Learn(secret, mask.Recent)
				item := m.Item()
				item.Learn(secret + "-signed")
				if got := m.Text(secret + " " + secret + "-signed"); got != "****** ******" {
					t.Error(got)
				}
				item.End()
			}
		})
	}
	wg.Wait()
}

// The secrets of a token request and its answer are learned no matter who asked.
// Of texts that only mention tokens nothing is learned.
func TestTokenExchange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, request, answer string
		hidden, shown         []string
	}{
		{"a form and JSON", "grant_type=password&username=user-name-1&password=pass%2Fword-1&client_secret=client-secret-1", `{"access_token":"access\/token-1","token_type":"Bearer","refresh_token":"refresh-token-1"}`,
			[]string{"pass/word-1", "client-secret-1", "access/token-1", "refresh-token-1"}, []string{"user-name-1", "Bearer"}},
		{"JSON and a form", `{"grant_type":"client_credentials","client_secret":"client-secret-1"}`, "access_token=access%2Ftoken-1&token_type=bearer-type",
			[]string{"client-secret-1", "access/token-1"}, []string{"bearer-type", "client_credentials"}},
		{"words", "grant_type=password&password=test", `{"access_token":"word","token_type":"Bearer"}`, nil, []string{"test", "word"}},
		{"a schema", "", `{"access_token":{"type":"a-string-type"},"token_type":{"type":"a-string-type"}}`, nil, []string{"a-string-type"}},
		{"another answer", "password=pass-word-1", `{"access_token":"access-token-1"}`, nil, []string{"pass-word-1", "access-token-1"}},
	} {
		m := mask.New(mask.Options{})
		m.TokenExchange([]byte(c.request), []byte(c.answer), mask.Run)
		for _, s := range c.hidden {
			if got := m.Text("<" + s + ">"); got != "<******>" {
				t.Errorf("%s: %s is shown", c.name, got)
			}
		}
		for _, s := range c.shown {
			if got := m.Text("<" + s + ">"); got != "<"+s+">" {
				t.Errorf("%s: %s is hidden", c.name, s)
			}
		}
	}
}

// What a pattern matches in a body is hidden in other encodings, too; what is
// short, or a text of its own, is not.
func TestMatches(t *testing.T) {
	t.Parallel()
	m := mask.New(mask.Options{Patterns: []*regexp.Regexp{regexp.MustCompile(`CARD-[0-9]+`)}})
	m.Body([]byte(`{"card":"CARD-41111111","short":"CARD-1","long":"CARD-`+strings.Repeat("7", 1<<13)+`"}`), mask.Run)
	for in, want := range map[string]string{
		"CARD%2D41111111":            "******",
		"434152442d3431313131313131": "******",
		base64.StdEncoding.EncodeToString([]byte("xy:CARD-41111111")): "eHk6******",
		"CARD%2D1":                             "CARD%2D1",
		"CARD%2D" + strings.Repeat("7", 1<<13): "CARD%2D" + strings.Repeat("7", 1<<13),
	} {
		if got := m.Text(in); got != want {
			t.Errorf("%.30s is %.30s, want %.30s", in, got, want)
		}
	}
}
