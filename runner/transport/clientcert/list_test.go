package clientcert_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/runner/transport/clientcert"
)

// A list names files; reading them is the caller's affair.
func Example() {
	list, err := clientcert.ParseList("certs.json", []byte(`[{"name":"staging","matches":["https://*.staging.example/*"],
		"cert":{"src":"client.pem"},"key":{"src":"client.key"},"passphrase":"s3cret"}]`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range list {
		cert := e.Load(func(name string) ([]byte, error) {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		})
		fmt.Println(cert.Name, cert.Matches)
		fmt.Println(strings.Join(cert.Missing, "\n"))
	}
	// Output:
	// staging [https://*.staging.example/*]
	// certificate "key" load error:  ENOENT: no such file or directory, open 'client.key'
	// certificate "cert" load error:  ENOENT: no such file or directory, open 'client.pem'
}

func TestParseList(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in string
		want     []clientcert.Entry
		err      string
	}{
		{"texts", `[{"matches":["https://h/*"],"cert":"c.pem","key":"k.pem"}]`,
			[]clientcert.Entry{{Name: "c.pem", Matches: []string{"https://h/*"}, Cert: "c.pem", Key: "k.pem"}}, ""},
		{"objects", `[{"name":"n","matches":[{"pattern":"https://h/*"}],"pfx":{"src":"c.p12"},"passphrase":"p"}]`,
			[]clientcert.Entry{{Name: "n", Matches: []string{"https://h/*"}, PFX: "c.p12", Passphrase: "p"}}, ""},
		{"an object without src", `[{"name":"n","cert":{"test":"x"}}]`, []clientcert.Entry{{Name: "n"}}, ""},
		{"null", `[{"name":"n","cert":null}]`, []clientcert.Entry{{Name: "n"}}, ""},
		{"none", `[]`, nil, ""},
		{"no array", `{"name":"n"}`, nil, "expected ssl client certificates list to be an array."},
		{"a number for a file", `[{"cert":7}]`, nil, "expected ssl client certificates list to be an array."},
		{"no JSON", `[`, nil, "the file at list.json does not contain valid JSON data."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := clientcert.ParseList("list.json", []byte(tt.in))
			if text := fmt.Sprint(err); tt.err != "" && text != tt.err || tt.err == "" && err != nil {
				t.Errorf("error %s", text)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
