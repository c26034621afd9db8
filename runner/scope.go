package runner

import (
	"encoding/json"

	"postie/collections/vars"
)

func scopeList(s *vars.Scope) []vars.Variable {
	var list []vars.Variable
	for v := range s.All() {
		list = append(list, v)
	}
	return list
}

func localScope(list []vars.Variable) *vars.Scope {
	return vars.NewScope("local", list...)
}

// dataJSON is a data row as one JSON object, nil for none.
func dataJSON(s *vars.Scope) json.RawMessage {
	if s == nil {
		return nil
	}
	out := []byte{'{'}
	for v := range s.All() {
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(out, jsonString(v.Key)...)
		out = append(out, ':')
		out = append(out, vars.JSON(v.Value)...)
	}
	return append(out, '}')
}

func jsonString(s string) []byte {
	b, err := json.Marshal(s)
	if err != nil {
		return []byte(`""`)
	}
	return b
}

// exportScope is a scope as newman's reports print it.
func exportScope(s *vars.Scope) json.RawMessage {
	out := []byte{'{'}
	if s.Meta != nil {
		out = append(append(append(out, `"_":`...), s.Meta...), ',')
	}
	out = append(append(out, `"id":`...), jsonString(s.ID)...)
	if s.Name != "" {
		out = append(append(out, `,"name":`...), jsonString(s.Name)...)
	}
	out = append(out, `,"values":[`...)
	first := true
	for v := range s.All() {
		if !first {
			out = append(out, ',')
		}
		first = false
		if v.Type == "secret" {
			v.Type = "any"
		}
		out = append(append(append(out, '{'), v.Members()...), '}')
	}
	return append(out, "]}"...)
}
