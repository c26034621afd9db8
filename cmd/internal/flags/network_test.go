package flags

import (
	"testing"

	"postie/runner/transport"
)

func TestProxyFlagBeatsEnvironment(t *testing.T) {
	t.Parallel()
	env := func(name string) string {
		return map[string]string{"HTTP_PROXY": "http://env:1", "NO_PROXY": "b.example"}[name]
	}
	for _, c := range []struct {
		flags     Network
		url, want string
	}{
		{Network{}, "http://a.example/", "http://env:1/"},
		{Network{}, "http://b.example/", ""},
		{Network{noProxy: "a.example"}, "http://a.example/", ""},
		{Network{noProxy: "a.example"}, "http://b.example/", "http://env:1/"},
		{Network{proxy: "flag:2"}, "http://a.example/", "http://flag:2/"},
		{Network{proxy: "flag:2"}, "http://b.example/", ""},
		{Network{proxy: "none"}, "http://a.example/", ""},
	} {
		pick, err := c.flags.Chosen(env)
		if err != nil {
			t.Fatal(err)
		}
		u, err := transport.ParseURL(c.url, true)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if pick != nil {
			if p, err := pick(u); err == nil && p != nil {
				got = p.String()
			}
		}
		if got != c.want {
			t.Errorf("%+v, %s: %q", c.flags, c.url, got)
		}
	}
}
