package convert

import (
	"testing"
	"testing/fstest"
)

// wide is a text of ASCII in UTF-16 with a mark, as Windows writes files.
func wide(s string) string {
	out := "\xff\xfe"
	for i := range len(s) {
		out += s[i:i+1] + "\x00"
	}
	return out
}

func TestRead(t *testing.T) {
	t.Parallel()
	const head = `{"info":{"name":"c","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},`
	for _, tt := range []struct {
		format Format
		src    string
		want   string // the first request's URL; "" for an error
	}{
		{Collection, head + `"item":[{"name":"a","request":"http://a.example/"}]}`, "http://a.example/"},
		{Curl, "curl http://b.example/ -d @body.txt", "http://b.example/"},
		{HAR, `{"log":{"version":"1.2","entries":[{"request":{"method":"GET","url":"http://c.example/"},"response":{"status":200}}]}}`, "http://c.example/"},
		{OpenAPI, "openapi: 3.0.0\ninfo: {title: t, version: '1'}\nservers: [{url: http://d.example}]\npaths: {/x: {get: {responses: {}}}}\n", "{{baseUrl}}/x"},
		{OpenAPI, wide("openapi: 3.0.0\ninfo: {title: t, version: '1'}\npaths: {/wide: {get: {responses: {}}}}\n"), "{{baseUrl}}/wide"},
		{Curl, wide("curl http://e.example/"), "http://e.example/"},
		{HAR, wide(`{"log":{"version":"1.2","entries":[{"request":{"method":"GET","url":"http://f.example/"},"response":{"status":200}}]}}`), "http://f.example/"},
		{Collection, "curl http://b.example/", ""},
	} {
		if got := Sniff("in", []byte(tt.src)); got != tt.format && tt.want != "" {
			t.Errorf("%s is taken for %s", tt.format, got)
		}
		c, _, err := Read(tt.format, "in", []byte(tt.src), fstest.MapFS{"body.txt": {Data: []byte("text")}})
		if err != nil {
			if tt.want != "" {
				t.Errorf("%s: %v", tt.format, err)
			}
			continue
		}
		got := ""
		for n := range c.All() {
			got = n.Request().URL.String()
			break
		}
		if got != tt.want {
			t.Errorf("%s: %q; want %q", tt.format, got, tt.want)
		}
		out, err := ToV21(c)
		if err != nil || out[len(out)-1] != '\n' {
			t.Errorf("%s: %v, %.20q", tt.format, err, out)
		}
	}
}
