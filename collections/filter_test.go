package collections_test

import (
	"regexp"
	"strings"
	"testing"

	"postie/collections"
)

func TestFilter(t *testing.T) {
	t.Parallel()
	c, err := collections.Parse("c.json", []byte(`{"info":{"name":"C"},"item":[
		{"name":"Orders","event":[{"listen":"test","script":{"exec":["pm.test('x', () => {})"]}}],"item":[
			{"name":"List","request":"h"},{"name":"Delete","request":"h"}]},
		{"name":"Users","item":[{"name":"List","event":[{"listen":"test","script":{"exec":[" "]}}],"request":"h"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	re := func(list ...string) (out []*regexp.Regexp) {
		for _, text := range list {
			out = append(out, regexp.MustCompile(text))
		}
		return out
	}
	tests := []struct {
		name string
		in   collections.Filter
		want string
	}{
		{"everything", collections.Filter{}, "Orders/List Orders/Delete Users/List"},
		{"one of several patterns", collections.Filter{Grep: re("^Users/", "Delete$")}, "Orders/Delete Users/List"},
		{"what is left out", collections.Filter{Exclude: re("Delete", "Users")}, "Orders/List"},
		{"both", collections.Filter{Grep: re("List"), Exclude: re("Users")}, "Orders/List"},
		{"tests of a folder count, blank ones do not", collections.Filter{OnlyTests: true}, "Orders/List Orders/Delete"},
		{"nothing", collections.Filter{Grep: re("none")}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for n := range c.All() {
				if tt.in.Keep(n) {
					got = append(got, strings.Join(n.Path()[1:], "/"))
				}
			}
			if text := strings.Join(got, " "); text != tt.want || tt.in.Empty() != (tt.name == "everything") {
				t.Errorf("got %q, want %q", text, tt.want)
			}
		})
	}
}
