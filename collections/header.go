package collections

import "github.com/tidwall/gjson"

// A Header is one line of a request's header list.
type Header struct {
	Key, Value string
	Disabled   bool
	System     bool  // added by the runner
	Notes      Notes // what reports show of it besides

	key, value literal
}

// A literal is what a document has in place of a text: a number, say, is sent
// as a text, and stays what it is in reports.
type literal struct{ text, json string }

// literalOf is none for a text, and for nothing.
func literalOf(r gjson.Result, text string) literal {
	if r.Type == gjson.String || !r.Exists() {
		return literal{}
	}
	return literal{text, r.Raw}
}

// print is the text as JSON, or what the document has as long as it is the same.
func (l literal) print(text string) []byte {
	if l.json != "" && l.text == text {
		return []byte(l.json)
	}
	return quoteJSON(text)
}

func parseHeaders(list gjson.Result) []Header {
	out := []Header{}
	for h := range elements(list) {
		if h.Type == gjson.Null {
			continue
		}
		o := objectOf(h)
		k, v := o.get("key"), o.get("value")
		one := Header{Key: text(k), Value: headerText(v), Disabled: truthy(o.get("disabled")), System: truthy(o.get("system")), Notes: notes(o)}
		if k.Type != gjson.Null { // in reports, a name is a text at least
			one.key = literalOf(k, one.Key)
		}
		if !v.IsArray() {
			one.value = literalOf(v, one.Value)
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
