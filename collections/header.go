package collections

import "github.com/tidwall/gjson"

// A Header is one line of a request's header list.
type Header struct {
	Key, Value string
	Disabled   bool
	System     bool  // added by the runner
	Notes      Notes // what reports show of it besides

	null bool // the document has null for the value, which is sent as "null"
}

func parseHeaders(list gjson.Result) []Header {
	out := []Header{}
	for _, h := range elements(list) {
		if h.Type == gjson.Null {
			continue
		}
		o := objectOf(h)
		v := o.get("value")
		one := Header{null: v.Exists() && v.Type == gjson.Null,
			Key: text(o.get("key")), Value: headerText(v),
			Disabled: truthy(o.get("disabled")), System: truthy(o.get("system")), Notes: notes(h)}
		if !v.IsArray() {
			out = append(out, one)
			continue
		}
		for _, v := range v.Array() { // node sends a line for each
			one.Value = headerText(v)
			out = append(out, one)
		}
	}
	return out
}

// headerText is a value as JavaScript's String makes it.
func headerText(v gjson.Result) string {
	switch {
	case v.Exists() && v.Type == gjson.Null:
		return "null"
	case v.IsObject():
		return "[object Object]"
	}
	return text(v)
}
