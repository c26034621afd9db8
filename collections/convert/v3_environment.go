package convert

import (
	"encoding/json"

	"go.yaml.in/yaml/v4"

	"postie/collections"
)

// EnvironmentFromV3 converts an environment or globals file of the v3 format to
// the JSON that collections.ParseEnvironment reads. A secret whose value is
// stored elsewhere is left out, with a note.
func EnvironmentFromV3(name string, src []byte) ([]byte, []Note, error) {
	v, err := parseYAML(name, src)
	if err != nil {
		return nil, nil, err
	}
	if !v.get("values").isList() {
		return nil, nil, v.bad("not an environment: expected a name and a list of values")
	}
	var notes []Note
	type variable struct {
		Key     string          `json:"key"`
		Value   json.RawMessage `json:"value"`
		Type    string          `json:"type"`
		Enabled bool            `json:"enabled"`
	}
	out := struct {
		Name   string     `json:"name"`
		Values []variable `json:"values"`
	}{Name: v.get("name").text(), Values: []variable{}}
	for _, e := range v.get("values").list() {
		x := variable{Key: e.get("key").text(), Type: e.get("type").text(), Enabled: true}
		if on := e.get("enabled"); !on.isNull() {
			x.Enabled = on.flag()
		}
		if e.get("disabled").flag() {
			x.Enabled = false
		}
		if e.get("secret").flag() || x.Type == "secret" {
			x.Type = "secret"
		}
		if e.get("value") == nil && (x.Type == "secret" || e.get("source") != nil) {
			notes = append(notes, Note{File: name, Line: e.Line, Text: "the value of " + x.Key + " is not in the file: set it with --env-var " + x.Key + "=…"})
			continue
		}
		x.Value = quote(string(entry{value: e.get("value")}.text()))
		out.Values = append(out.Values, x)
	}
	doc, err := marshal(out)
	return doc, notes, err
}

// EnvironmentToV3 converts a JSON environment to a v3 file.
func EnvironmentToV3(name string, src []byte) ([]byte, []Note, error) {
	scope, err := collections.ParseEnvironment(name, src)
	if err != nil {
		return nil, nil, err
	}
	var notes []Note
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for v := range scope.All() {
		raw, err := marshal(v.Value)
		if err != nil {
			return nil, nil, &collections.ParseError{File: name, Text: err.Error()}
		}
		if raw[0] != '"' && raw[0] != 'n' {
			notes = append(notes, Note{File: name, Text: "variable " + v.Key + " becomes a text"})
		}
		m := &mapping{}
		m.set("key", str(v.Key))
		m.set("value", str(string(jsonText(raw))))
		m.set("enabled", boolean(!v.Disabled))
		if v.Secret {
			m.set("type", str("secret"))
		}
		list.Content = append(list.Content, m.node())
	}
	if len(list.Content) == 0 {
		list.Style = yaml.FlowStyle
	}
	m := &mapping{}
	m.set("name", str(scope.Name))
	m.set("values", list)
	return encodeYAML(m.node()), notes, nil
}
