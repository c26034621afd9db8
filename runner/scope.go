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
		out = append(out, vars.JSON(v.Key)...)
		out = append(out, ':')
		out = append(out, vars.JSON(v.Value)...)
	}
	return append(out, '}')
}

// exportScope is a scope as newman's reports print it.
func exportScope(s *vars.Scope) json.RawMessage {
	out := []byte{'{'}
	if s.Meta != nil {
		out = append(append(append(out, `"_":`...), s.Meta...), ',')
	}
	out = append(append(out, `"id":`...), vars.JSON(s.ID)...)
	if s.Name != "" {
		out = append(append(out, `,"name":`...), vars.JSON(s.Name)...)
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
