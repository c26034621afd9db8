package transport

import "testing"

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
		"http://x/y":  "http://x/y",
		"//x/y":       "http://x/y",
		"/x/../y":     "http://h:81/x/../y",
		"x/y":         "http://h:81/a/b/x/y",
		"../x":        "http://h:81/a/b/../x",
		"?z":          "http://h:81/a/b/c?z",
		"#z":          "http://h:81/a/b/c?q=1#z",
		" /sp ace ":   "http://h:81/sp%20ace",
		"mailto:a@b":  "http://h:81/a/b/mailto:a@b",
		"/?u=http://": "http://h:81/?u=http://",
	} {
		u, err := ParseURL(resolve(from, in), true)
		if err != nil || u.String() != want {
			t.Errorf("%q: %v, %v", in, u, err)
		}
	}
}
