package collections

import (
	"bytes"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"postie/collections/vars"
)

// Rebind returns a copy of the collection in which values of the variables of s
// are replaced by the variables' templates, so that the requests can be sent
// elsewhere. It returns the names of the variables it used.
func (c *Collection) Rebind(s *vars.Scope) (*Collection, []string, error) {
	b := newRebinder(s)
	var out bytes.Buffer
	b.entity(&out, gjson.ParseBytes(c.JSON()))
	copied, err := Parse(c.file, out.Bytes())
	return copied, b.used, err
}

// shortestBound is the length of the shortest value that is replaced. A shorter
// text is too common to mean a variable.
const shortestBound = 4

type rebinder struct {
	list []bound // the longest value first
	used []string
}

type bound struct{ key, value string }

func newRebinder(s *vars.Scope) *rebinder {
	b := &rebinder{}
	for v := range s.All() {
		if text, ok := v.Value.(string); ok && !v.Disabled && len(text) >= shortestBound && !strings.Contains(text, "{{") {
			b.list = append(b.list, bound{v.Key, text})
		}
	}
	slices.SortStableFunc(b.list, func(x, y bound) int { return len(y.value) - len(x.value) })
	return b
}

// text replaces values by templates.
func (b *rebinder) text(s string) string {
	for _, v := range b.list {
		if !strings.Contains(s, v.value) {
			continue
		}
		s = strings.ReplaceAll(s, v.value, "{{"+v.key+"}}")
		if !slices.Contains(b.used, v.key) {
			b.used = append(b.used, v.key)
		}
	}
	return s
}

// entity copies a collection, folder or item.
func (b *rebinder) entity(out *bytes.Buffer, r gjson.Result) {
	out.WriteByte('{')
	first := true
	r.ForEach(func(k, v gjson.Result) bool {
		if !first {
			out.WriteByte(',')
		}
		first = false
		out.WriteString(k.Raw)
		out.WriteByte(':')
		switch {
		case k.Str == "item" && v.IsArray():
			b.items(out, v)
		case k.Str == "request":
			out.Write(parseRequest(v).Resolve(b.text).JSON())
		default:
			out.WriteString(v.Raw)
		}
		return true
	})
	out.WriteByte('}')
}

func (b *rebinder) items(out *bytes.Buffer, list gjson.Result) {
	out.WriteByte('[')
	for i, it := range list.Array() {
		if i > 0 {
			out.WriteByte(',')
		}
		b.entity(out, it)
	}
	out.WriteByte(']')
}
