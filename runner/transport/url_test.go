package transport

import (
	"strings"
	"testing"
)

func TestHosts(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"EXAMPLE.com":     "example.com",
		"127.1":           "127.0.0.1",
		"2130706433":      "127.0.0.1",
		"0x7f.0.0.1":      "127.0.0.1",
		"0177.0.0.1":      "127.0.0.1",
		"1.2.3.4.":        "1.2.3.4",
		"256.1.1.1":       "256.1.1.1",
		"1.2.3.4.5":       "1.2.3.4.5",
		"08.1.1.1":        "08.1.1.1",
		"1.2.3.x":         "1.2.3.x",
		"münchen.example": "xn--mnchen-3ya.example",
		"日本.example":      "xn--wgv71a.example",
		"[::1]":           "::1",
		"a_b.example":     "a_b.example",
	} {
		u, err := ParseURL("http://"+in+"/", true)
		if err != nil || u.Host != want {
			t.Errorf("%s: %q, %v", in, u.Host, err)
		}
	}
}

func TestLocations(t *testing.T) {
	t.Parallel()
	from := mustURL(t, "http://h:81/a/b/c?q=1#f")
	for in, want := range map[string]string{
		"http://x/y":         "http://x/y",
		"HTTP://X/y":         "http://x/y",
		"//x/y":              "http://x/y",
		"/x/../y":            "http://h:81/x/../y",
		"x/y":                "http://h:81/a/b/x/y",
		"../x":               "http://h:81/a/b/../x",
		"?z":                 "http://h:81/a/b/c?z",
		"#z":                 "http://h:81/a/b/c?q=1#z",
		" /sp ace ":          "http://h:81/sp%20ace",
		"/?u=http://":        "http://h:81/?u=http://",
		`\r\t10`:             "http://h:81/r/t10",
		`\\x\y`:              "http://x/y",
		`/\x/y`:              "http://x/y",
		`\/x/y`:              "http://x/y",
		`///x/y`:             "http://x/y",
		`http:\\x\y?a\b#c\d`: `http://x/y?a\b#c\d`,
		`https:\\x\y`:        "https://x/y",
		`http:/\x/y`:         "http://x/y",
		"http:////x/y":       "http://x/y",
		"http:/y":            "http://h:81/y",
		"http:y":             "http://h:81/a/b/y",
		"http:?y":            "http://h:81/a/b/c?y",
		"https:/x/y":         "https://x/y",
		"https:x/y":          "https://x/y",
		"sub\\y":             "http://h:81/a/b/sub/y",
		"/a\tb\nc":           "http://h:81/abc",
		"\x01\x1f /y\x00":    "http://h:81/y",
		"/a\x01b":            "http://h:81/a%01b",
		"ht\ttp://x/y":       "http://x/y",
		"./item:1":           "http://h:81/a/b/./item:1",
		"/item:1":            "http://h:81/item:1",
		"1:2":                "http://h:81/a/b/1:2",
		"?a:b":               "http://h:81/a/b/c?a:b",
		"http://http://x/y":  "http://http://x/y",
		"mailto:a@b":         "error: Invalid protocol: mailto:",
		"javascript:alert":   "error: Invalid protocol: javascript:",
		"item:1":             "error: Invalid protocol: item:",
		"localhost:81/x":     "error: Invalid protocol: localhost:",
		"ftp://x/y":          "error: Invalid protocol: ftp:",
	} {
		got := ""
		target, err := resolve(from, in)
		if err == nil {
			var u *URL
			if u, err = ParseURL(target, true); err == nil {
				got = u.String()
			}
		}
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestFirstLocationCounts(t *testing.T) {
	t.Parallel()
	s := serveRaw(t, nil, func(c *call) bool {
		if c.n == 0 {
			c.say("HTTP/1.1 302 Found\r\nLocation: /one\r\nLocation: /two\r\nContent-Length: 0\r\n\r\n")
		} else {
			c.say(ok(strings.Fields(c.head)[1]))
		}
		return true
	})
	if got := text(do(t, newClient(t, Options{}), get(t, "http://"+s.addr+"/"))); got != "/one" {
		t.Error(got)
	}
}

// A colon without a port stays, as in newman.
func TestColonWithoutPort(t *testing.T) {
	t.Parallel()
	u := mustURL(t, "http://http://127.0.0.1/get")
	if u.HostPort() != "http:" || u.Target != "//127.0.0.1/get" || u.addr() != "http:80" || u.String() != "http://http://127.0.0.1/get" {
		t.Errorf("%+v", u)
	}
}
