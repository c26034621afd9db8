package vars_test

import (
	"testing"

	"postie/collections/vars"
)

func TestPlaceholderIn(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, want string }{
		{"<token>", "<token>"},
		{"YOUR_API_KEY", "YOUR_API_KEY"},
		{"changeme", "changeme"},
		{"https://<tenant-name>.example.com", "<tenant-name>"},
		{"https://example.com", ""},
		{"<p>text</p>", ""},
		{"line<br/>line", ""},
		{"<<name>>", ""}, // a template
		{"", ""},
	} {
		if got := vars.PlaceholderIn(tt.in); got != tt.want {
			t.Errorf("%q: %q; want %q", tt.in, got, tt.want)
		}
	}
}
