package transport

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func mustURL(t testing.TB, text string) *URL {
	t.Helper()
	u, err := ParseURL(text, true)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestJar(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from string
		set  []string
		to   string
		want string
	}{
		"host only":         {"http://a.example.com/", []string{"k=v"}, "http://b.a.example.com/", ""},
		"domain":            {"http://a.example.com/", []string{"k=v; Domain=.Example.com"}, "http://b.example.com/", "k=v"},
		"other domain":      {"http://a.example.com/", []string{"k=v; Domain=other.com"}, "http://other.com/", ""},
		"any port":          {"http://a.example.com:1/", []string{"k=v"}, "http://a.example.com:2/", "k=v"},
		"default path":      {"http://a.example.com/x/y", []string{"k=v"}, "http://a.example.com/x/z", "k=v"},
		"other path":        {"http://a.example.com/x/y", []string{"k=v"}, "http://a.example.com/xx", ""},
		"longer path first": {"http://a.example.com/", []string{"a=1; Path=/", "b=2; Path=/x"}, "http://a.example.com/x/", "b=2; a=1"},
		"older first":       {"http://a.example.com/", []string{"b=1", "a=2"}, "http://a.example.com/", "b=1; a=2"},
		"same again":        {"http://a.example.com/", []string{"a=1", "b=1", "a=2"}, "http://a.example.com/", "a=2; b=1"},
		"secure":            {"https://a.example.com/", []string{"k=v; Secure"}, "http://a.example.com/", ""},
		"secure on local":   {"http://localhost/", []string{"k=v; Secure"}, "http://localhost/", "k=v"},
		"max-age 0":         {"http://a.example.com/", []string{"k=v", "k=v; Max-Age=0"}, "http://a.example.com/", ""},
		"expired":           {"http://a.example.com/", []string{"k=v; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}, "http://a.example.com/", ""},
		"max-age first":     {"http://a.example.com/", []string{"k=v; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}, "http://a.example.com/", "k=v"},
		"no name":           {"http://a.example.com/", []string{"noeq"}, "http://a.example.com/", "noeq"},
		"empty value":       {"http://a.example.com/", []string{"k="}, "http://a.example.com/", "k="},
		"equals":            {"http://a.example.com/", []string{`k="a=b"`}, "http://a.example.com/", `k="a=b"`},
		"address":           {"http://127.0.0.1/", []string{"k=v; Domain=127.0.0.1"}, "http://127.0.0.1/", "k=v"},
		"part of address":   {"http://127.0.0.1/", []string{"k=v; Domain=0.0.1"}, "http://127.0.0.1/", ""},
	} {
		j := NewJar()
		j.SetCookies(mustURL(t, c.from), c.set)
		if got := j.header(mustURL(t, c.to)); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestPromise_45_Cookies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ from, set, to, want string }{
		"public suffix":         {"http://a.co.uk/", "k=v; Domain=co.uk", "http://b.co.uk/", ""},
		"private public suffix": {"http://a.github.io/", "k=v; Domain=github.io", "http://b.github.io/", ""},
		"top level":             {"http://a.com/", "k=v; Domain=com", "http://b.com/", ""},
		"own suffix":            {"http://github.io/", "k=v; Domain=github.io", "http://github.io/", "k=v"},
		"prototype key":         {"http://a.com/", "__proto__=v", "http://a.com/", "__proto__=v"},
		"line break":            {"http://a.com/", "k=v\r\nX: y", "http://a.com/", ""},
		"5 kB":                  {"http://a.com/", "k=" + strings.Repeat("v", 5000), "http://a.com/", ""},
	} {
		j := NewJar()
		j.SetCookies(mustURL(t, c.from), []string{c.set})
		if got := j.header(mustURL(t, c.to)); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
	j := NewJar()
	for host := range 30 {
		u := mustURL(t, fmt.Sprintf("http://h%d.example/", host))
		for i := range 400 {
			j.SetCookies(u, []string{fmt.Sprintf("k%d=v", i)})
		}
	}
	if n := len(j.cookies); n > maxCookies {
		t.Errorf("%d cookies", n)
	}
	if n := len(j.Cookies(mustURL(t, "http://h29.example/"))); n != maxPerDomain {
		t.Errorf("%d cookies of a domain", n)
	}
}

// What tough-cookie wrote is read, and written again as it was.
func TestJarFile(t *testing.T) {
	t.Parallel()
	const file = `{
  "version": "tough-cookie@4.1.3-postman.1",
  "storeType": "MemoryCookieStore",
  "rejectPublicSuffixes": false,
  "enableLooseMode": true,
  "allowSpecialUseDomain": true,
  "prefixSecurity": "silent",
  "cookies": [
    {"key": "a", "value": "1", "expires": "2099-01-01T00:00:00.000Z", "domain": "example.com", "path": "/", "secure": true, "httpOnly": true, "hostOnly": false, "creation": "2026-01-01T00:00:00.000Z", "lastAccessed": "2026-01-01T00:00:00.000Z"},
    {"key": "b", "value": "", "domain": "127.0.0.1", "path": "/x", "hostOnly": true, "pathIsDefault": true, "sameSite": "lax", "creation": "2026-01-02T00:00:00.000Z", "lastAccessed": "2026-01-02T00:00:00.000Z"}
  ]
}`
	j := NewJar()
	if err := json.Unmarshal([]byte(file), j); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	var want, got any
	_ = json.Unmarshal([]byte(file), &want) // valid, as the one above
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := json.Unmarshal([]byte(`{"cookies":5}`), NewJar()); err == nil {
		t.Error("not a jar")
	}
}

func TestUserCookieComesFirst(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, nil, func(c *call) bool { c.say(ok(c.header().Get("Cookie"), "Set-Cookie: a=1; Path=/")); return true })
	client := newClient(t, Options{})
	r := get(t, "http://"+s.addr+"/", Field{"Cookie", "own=1; a=override"})
	if got := text(do(t, client, r)); got != "own=1; a=override" {
		t.Error(got)
	}
	if got := text(do(t, client, r)); got != "own=1; a=override; a=1" {
		t.Error(got)
	}
	r.Cookies = false
	if got := text(do(t, client, r)); got != "own=1; a=override" {
		t.Error(got)
	}
	client.Jar().Set(mustURL(t, "http://127.0.0.1/"), "gone=1; Max-Age=1")
	client.Jar().mu.Lock()
	for i := range client.Jar().cookies {
		client.Jar().cookies[i].Expires = time.Now().Add(-time.Second)
	}
	client.Jar().mu.Unlock()
	if got := client.Jar().header(mustURL(t, "http://127.0.0.1/")); got != "" {
		t.Errorf("expired: %q", got)
	}
}
