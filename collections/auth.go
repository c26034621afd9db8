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

// parseAuth reads an auth block; ok is false when it says nothing.
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
	for _, p := range elements(params) {
		a.set(Param{Key: text(lookup(p, "key")), Value: value(lookup(p, "value")), Type: text(lookup(p, "type")), Notes: paramNotes(p)})
	}
	return a, true
}

// paramNotes are those of a parameter. One that is disabled counts all the same,
// as in Postman.
func paramNotes(r gjson.Result) Notes {
	if truthy(lookup(r, "disabled")) {
		return `"disabled":true,` + notes(r)
	}
	return notes(r)
}

// set adds a parameter; the last of a key wins, at the first's place.
func (a *Auth) set(p Param) {
	for i := range a.Params {
		if a.Params[i].Key == p.Key {
			a.Params[i] = p
			return
		}
	}
	a.Params = append(a.Params, p)
}
