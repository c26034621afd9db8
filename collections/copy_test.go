package collections

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A copy has the ids, the places and the texts of what it was made from,
// whatever form the document had.
func TestCopy(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in string }{
		{"without ids", `{"info":{"name":"c"},
			"event":[{"listen":"test","script":{"exec":["a","b"]}}],
			"item":[{"name":"f","item":[{"name":"r","event":[{"listen":"prerequest","script":"x"}],
			"request":"https://h/{{a}}"}]},{"name":"q","request":{"url":"h"}}]}`},
		{"events after items", `{"item":[{"name":"r","request":"h","event":[{"listen":"test","script":{"exec":"1"}}]}],"info":{"name":"c"},"event":[{"listen":"test","script":{"exec":"2"}}]}`},
		{"v1", `{"id":"1","name":"old","requests":[{"id":"2","name":"r","url":"h","method":"GET","tests":"x"}],"order":["2"]}`},
		{"one item", `{"name":"alone","request":{"url":"h"}}`},
		{"empty", `{}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := Parse("c.json", []byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			src, err := c.Copy()
			if err != nil {
				t.Fatal(err)
			}
			d, err := Restore(src)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(describe(c), describe(d)); d != "" {
				t.Errorf("(-original +copy):\n%s", d)
			}
		})
	}
	for _, bad := range []string{"", "{", "{}\n", "{}\n{\"info\":{},\"item\":[]}", `{"nodes":[{"id":"1"},{"id":"2"}]}` + "\n{}"} {
		if _, err := Restore([]byte(bad)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func describe(c *Collection) (out []any) {
	out = append(out, c.File(), c.Name(), c.ID(), string(c.JSON()), c.Warnings(), c.Skipped())
	c.root.visit(func(n *Node) {
		line, col := n.Position()
		out = append(out, n.ID(), n.Path(), n.File(), line, col)
		for _, s := range append(n.Scripts("test"), n.Scripts("prerequest")...) {
			out = append(out, s.ID, s.Source, s.File(), s.FileLine(1), s.FileLine(2))
		}
	})
	return out
}
