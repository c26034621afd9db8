package collections

import "github.com/tidwall/gjson"

// A Header is one line of a request's header list.
type Header struct {
	Key, Value string
	Disabled   bool
	System     bool  // added by the runner
	Notes      Notes // members that only reports show

	key, value literal
}

// A literal is a value that the document has where a string is expected, such
// as a number. It is sent as a string, but reports show it as it was written.
type literal struct{ text, json string }

// literalOf returns an empty literal for a string, and when there is no value.
func literalOf(r gjson.Result, text string) literal {
	if r.Type == gjson.String || !r.Exists() {
		return literal{}
	}
	return literal{text, r.Raw}
}

// print returns the text as JSON, or the document's value as long as the text
// was not changed.
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
		if k.Type != gjson.Null { // reports show a name as a string at least
			one.key = literalOf(k, one.Key)
		}
		if !v.IsArray() {
			one.value = literalOf(v, one.Value)
			out = append(out, one)
			continue
		}
		for _, v := range v.Array() { // node sends one header line per value
			one.Value = headerText(v)
			out = append(out, one)
		}
	}
	return out
}

// headerText converts a value as JavaScript's String does.
func headerText(v gjson.Result) string {
	switch {
	case v.Exists() && v.Type == gjson.Null:
		return "null"
	case v.IsObject():
		return "[object Object]"
	}
	return text(v)
}
