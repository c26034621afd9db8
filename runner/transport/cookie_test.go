package transport

import (
	"strings"
	"testing"
)

func mustURL(t testing.TB, text string) *URL {
	t.Helper()
	u, err := ParseURL(text, true)
	if err != nil {
		t.Fatal(err)
	}
	return u
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
}

// Every hop's cookies count, those that are refused as well.
func TestRefusedCookiesAreReported(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, nil, func(c *call) bool {
		if c.n == 0 {
			c.say("HTTP/1.1 302 Found\r\nLocation: /b\r\nSet-Cookie: one=secret; Domain=elsewhere.example\r\nSet-Cookie: kept=1\r\nContent-Length: 0\r\n\r\n")
		} else {
			c.say(ok(c.header().Get("Cookie"), "Set-Cookie: two="+strings.Repeat("v", 70_000)))
		}
		return true
	})
	r := get(t, "http://"+s.addr+"/")
	ex, err := do(t, newClient(t, Options{}), r)
	if got := text(ex, err); got != "kept=1" || len(ex.Refused) != 2 {
		t.Fatalf("%s, %+v", got, ex.Refused)
	}
	if one, two := ex.Refused[0], ex.Refused[1]; one.Name != "one" || one.Host != "127.0.0.1" || two.Name != "two" || !strings.Contains(two.Why, "70004 bytes") {
		t.Errorf("%+v", ex.Refused)
	}
	r.Cookies = false
	if ex, err := do(t, newClient(t, Options{}), r); err != nil || ex.Refused != nil {
		t.Errorf("a request without cookies: %+v, %v", ex.Refused, err)
	}
}
