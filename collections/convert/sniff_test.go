package convert_test

import (
	"testing"

	"postie/collections/convert"
)

func TestSniff(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file, in string
		want           convert.Format
	}{
		{"a collection", "c.json", `{"info":{"name":"C"},"item":[]}`, convert.Collection},
		{"a collection with values", "c.json", `{"item":[],"values":[]}`, convert.Collection},
		{"an environment", "e.json", "\xef\xbb\xbf" + `{"name":"E","values":[]}`, convert.Environment},
		{"an environment of v3", "e.yaml", "name: E\nvalues: []", convert.Environment},
		{"an archive", "a.har", `{"log":{"entries":[]}}`, convert.HAR},
		{"OpenAPI in JSON", "o.json", `{"openapi":"3.0.0"}`, convert.OpenAPI},
		{"OpenAPI in YAML", "o.yaml", "openapi: 3.0.0", convert.OpenAPI},
		{"Swagger in YAML", "o.txt", "swagger: '2.0'", convert.OpenAPI},
		{"curl", "-", "curl https://example.com", convert.Curl},
		{"curl with a prompt", "-", "$ curl https://example.com", convert.Curl},
		{"curl in a script", "s.sh", "#!/bin/sh\nfor i in 1 2; do curl https://example.com; done", convert.Curl},
		{"nothing", "c.json", " \n", convert.Collection},
		{"broken", "c.json", `{"log":`, convert.Collection},
		{"text", "c.txt", "hello", convert.Collection},
	}
	for _, tt := range tests {
		if got := convert.Sniff(tt.file, []byte(tt.in)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
