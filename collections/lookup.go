package collections

import (
	"encoding/json"
	"strconv"

	"github.com/tidwall/gjson"
)

// lookup is the only reader of document members. It takes the last of
// duplicate keys, as JavaScript does, where gjson's paths take the first.
func lookup(doc gjson.Result, keys ...string) gjson.Result {
	for _, key := range keys {
		var found gjson.Result
		if doc.IsObject() {
			doc.ForEach(func(k, v gjson.Result) bool {
				if k.String() == key {
					found = v
				}
				return true
			})
		}
		doc = found
	}
	return doc
}

// text is a scalar as JavaScript's String() gives it; "" for nothing.
func text(r gjson.Result) string {
	switch r.Type {
	case gjson.String:
		return r.Str
	case gjson.Null:
		return ""
	case gjson.Number:
		return number(r)
	}
	return r.Raw
}

// number keeps integers beyond 2^53 by their digits.
func number(r gjson.Result) string {
	if _, err := strconv.ParseInt(r.Raw, 10, 64); err == nil {
		return r.Raw
	}
	return strconv.FormatFloat(r.Num, 'g', -1, 64)
}

// value is a JSON value as vars.Value holds it.
func value(r gjson.Result) any {
	switch r.Type {
	case gjson.String:
		return r.Str
	case gjson.Number:
		return r.Num
	case gjson.True:
		return true
	case gjson.False:
		return false
	case gjson.JSON:
		return json.RawMessage(r.Raw)
	}
	return nil
}

func truthy(r gjson.Result) bool {
	switch r.Type {
	case gjson.True, gjson.JSON:
		return true
	case gjson.String:
		return r.Str != ""
	case gjson.Number:
		return r.Num != 0
	}
	return false
}

func elements(r gjson.Result) []gjson.Result {
	if !r.IsArray() {
		return nil
	}
	return r.Array()
}

func quoteJSON(s string) []byte {
	b, err := json.Marshal(s)
	if err != nil {
		return []byte(`""`)
	}
	return b
}
