package collections

import (
	"bytes"
	"strings"

	"github.com/tidwall/gjson"
)

// A QueryParam is a parameter of a query. Key or Value is nil when the text has
// none, as in "?a" and "?=b".
type QueryParam struct {
	Key, Value *string
	Disabled   bool
	System     bool // added by the runner
	Notes      Notes
}

// parseQueryParam converts numbers and booleans to strings as JavaScript would;
// newman drops them.
func parseQueryParam(p gjson.Result) QueryParam {
	o := objectOf(p)
	out := QueryParam{Disabled: truthy(o.get("disabled")), System: truthy(o.get("system")), Notes: notes(o)}
	if k := o.get("key"); k.Type != gjson.Null {
		s := text(k)
		out.Key = &s
	}
	if v := o.get("value"); v.Type != gjson.Null {
		s := text(v)
		out.Value = &s
	}
	return out
}

func parseQuery(text string) []QueryParam {
	text, m := maskTemplates(text)
	return parseQueryWith(text, m.restore)
}

func parseQueryWith(text string, restore func(string) string) []QueryParam {
	parts := strings.Split(text, "&")
	out := make([]QueryParam, 0, len(parts))
	for i, part := range parts {
		if part == "" && i < len(parts)-1 {
			out = append(out, QueryParam{})
			continue
		}
		key, value, ok := strings.Cut(part, "=")
		key = restore(key)
		p := QueryParam{Key: &key}
		if ok {
			value = restore(value)
			p.Value = &value
		}
		out = append(out, p)
	}
	return out
}

// query joins the enabled parameters. It reports true, though the text is
// empty, when the only enabled parameter is empty.
func (u URL) query() (string, bool) {
	var b strings.Builder
	n := 0
	for _, p := range u.Query {
		if p.Disabled {
			continue
		}
		if n > 0 {
			b.WriteByte('&')
		}
		n++
		if p.Key != nil {
			b.WriteString(escapeOutside(*p.Key, "&#="))
		}
		if p.Value != nil {
			b.WriteString("=" + escapeOutside(*p.Value, "&#"))
		}
	}
	return b.String(), n > 0
}

func queryJSON(params []QueryParam) []byte {
	var b bytes.Buffer
	b.WriteByte('[')
	for i, p := range params {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{`)
		if p.Disabled {
			b.WriteString(`"disabled":true,`)
		}
		b.WriteString(string(p.Notes) + `"key":`)
		b.Write(nullable(p.Key))
		b.WriteString(`,"value":`)
		b.Write(nullable(p.Value))
		if p.System {
			b.WriteString(`,"system":true`)
		}
		b.WriteByte('}')
	}
	b.WriteByte(']')
	return b.Bytes()
}
