package collections

import "github.com/tidwall/gjson"

// Auth is an auth block. Params keep the document's order.
type Auth struct {
	Type   string
	Params []Param
}

// A Param is a typed key and value.
type Param struct {
	Key   string
	Value any // string, bool, float64, nil or json.RawMessage
	Type  string
	Notes Notes
}

// parseAuth reads an auth block. ok is false for a block that says nothing,
// such as null.
func parseAuth(r gjson.Result) (Auth, bool) {
	kind := lookup(r, "type")
	if !r.IsObject() || kind.Type != gjson.String || kind.Str == "" || kind.Str == "type" {
		return Auth{}, false
	}
	a := Auth{Type: kind.Str}
	params := lookup(r, kind.Str)
	if params.IsObject() {
		params.ForEach(func(k, v gjson.Result) bool {
			a.set(Param{Key: k.String(), Value: value(v)})
			return true
		})
	}
	for p := range elements(params) {
		o := objectOf(p)
		a.set(Param{Key: text(o.get("key")), Value: value(o.get("value")), Type: text(o.get("type")), Notes: paramNotes(o)})
	}
	return a, true
}

// paramNotes returns the notes of a parameter. A disabled parameter counts like
// an enabled one, as in Postman.
func paramNotes(o object) Notes {
	if truthy(o.get("disabled")) {
		return `"disabled":true,` + notes(o)
	}
	return notes(o)
}

// set adds a parameter. When the key is there already, the new value takes the
// place of the old one.
func (a *Auth) set(p Param) {
	for i := range a.Params {
		if a.Params[i].Key == p.Key {
			a.Params[i] = p
			return
		}
	}
	a.Params = append(a.Params, p)
}
