package varfile_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/collections/varfile"
	"postie/collections/vars"
)

// Secrets reach a run from a file, or from the process's variables.
func Example() {
	dotenv, err := varfile.ParseDotenv(".env", []byte("# the test tenant\nHOST=localhost\nexport URL=\"http://${HOST}/am\"\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	process := varfile.FromProcess([]string{"PATH=/bin", "POSTIE_VAR_token=abc", "POSTIE_VAR_=x"}, "POSTIE_VAR_")
	for _, v := range append(dotenv, process...) {
		fmt.Println(v.Key, "=", v.Value)
	}
	// Output:
	// HOST = localhost
	// URL = http://localhost/am
	// token = abc
}

// pairs are variables as key=value, secret ones with a mark.
func pairs(list []vars.Variable) (out []string) {
	for _, v := range list {
		mark := ""
		if v.Secret {
			mark = " (secret)"
		}
		out = append(out, fmt.Sprintf("%s=%v%s", v.Key, v.Value, mark))
	}
	return out
}

func TestParse(t *testing.T) {
	t.Parallel()
	type parser func(string, []byte) ([]vars.Variable, error)
	tests := []struct {
		name  string
		parse parser
		in    string
		want  []string
		err   string
	}{
		{"pairs are taken as they are", varfile.ParsePairs, "a = 1 \nb='x' # y\nc=k=v\nd=", []string{"a= 1 ", "b='x' # y", "c=k=v", "d="}, ""},
		{"pairs, comments and blank lines", varfile.ParsePairs, "\ufeff# note\r\n\r\n a=1\r\n", []string{"a=1"}, ""},
		{"pairs, a line without a value", varfile.ParsePairs, "a=1\n\ntoken s3cret\n", nil, "f:3: not a key=value line"},
		{"pairs, a line without a key", varfile.ParsePairs, "=s3cret", nil, "f:1: not a key=value line"},
		{"pairs, none", varfile.ParsePairs, "", nil, ""},

		{".env in the order of names", varfile.ParseDotenv, "b=2\na=1", []string{"a=1", "b=2"}, ""},
		{".env, a blank in a name", varfile.ParseDotenv, "a=1\nexport b c=s3cret\n", nil, "f:2: not a KEY=value line: the name is empty, or has a blank in it"},
		{".env, no name", varfile.ParseDotenv, "a=1\n=s3cret\n", nil, "f:2: not a KEY=value line: the name is empty, or has a blank in it"},
		{".env, a broken line", varfile.ParseDotenv, "a=1\nb=2\n(s3cret\n", nil, "f:3: not a KEY=value line"},

		{"a vault that is an object", varfile.ParseVault, `{"b":"x","a":7,"c":null,"d":true}`, []string{"b=x (secret)", "a=7 (secret)", "c= (secret)", "d=true (secret)"}, ""},
		{"a vault that is an environment", varfile.ParseVault, `{"name":"e","values":[{"key":"a","value":"1"},{"key":"b","value":"2","enabled":false}]}`, []string{"a=1 (secret)"}, ""},
		{"a vault that is a .env file", varfile.ParseVault, "a=1", []string{"a=1 (secret)"}, ""},
		{"a vault with an object in it", varfile.ParseVault, `{"a":{"s3cret":1}}`, nil, "f: the secret a is no text"},
		{"a vault that is broken", varfile.ParseVault, `{"a":"s3cret"`, nil, "f:1:14: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.parse("f", []byte(tt.in))
			text := ""
			if err != nil {
				text = err.Error()
			}
			if tt.err == "" && text != "" || tt.err != "" && (len(text) < len(tt.err) || text[:len(tt.err)] != tt.err) {
				t.Errorf("error %q, want %q", text, tt.err)
			}
			if d := cmp.Diff(tt.want, pairs(got)); d != "" && tt.err == "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
