package convert

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"postie/collections/regex"
)

// valueOf returns a member of a mapping; nil when there is none.
func valueOf(m *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i+1]
		}
	}
	return nil
}

func nullNode() *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"} }

// A mapping is a YAML mapping while it is built.
type mapping struct{ content []*yaml.Node }

func newMapping(kind string) *mapping {
	m := &mapping{}
	m.set("$kind", str(kind))
	return m
}

// set adds a member, unless the value is nil.
func (m *mapping) set(key string, v *yaml.Node) {
	if v != nil {
		m.content = append(m.content, str(key), v)
	}
}

// text adds a string, unless it is empty.
func (m *mapping) text(key string, t text) {
	if t != "" {
		m.set(key, str(string(t)))
	}
}

func (m *mapping) json(key string, raw json.RawMessage) {
	if len(raw) > 0 && string(raw) != "null" && string(raw) != "{}" {
		m.set(key, jsonNode(raw))
	}
}

// name adds a name, unless the name of the file is the same.
func (m *mapping) name(name text, stem string) {
	if string(name) != stem {
		m.set("name", str(string(name)))
	}
}

func (m *mapping) node() *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Content: m.content}
	if len(m.content) == 0 {
		n.Style = yaml.FlowStyle // {}
	}
	return n
}

func str(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
}

func number(n int) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(n)}
}

func boolean(b bool) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(b)}
}

// jsonNode converts a JSON value to a YAML node.
func jsonNode(raw json.RawMessage) *yaml.Node {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	n, err := nextNode(dec)
	if err != nil {
		return str(string(raw))
	}
	return n
}

// nextNode reads one value, and keeps the order of members.
func nextNode(dec *json.Decoder) (*yaml.Node, error) {
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch t := tok.(type) {
	case string:
		return str(t), nil
	case bool:
		return boolean(t), nil
	case json.Number:
		tag := "!!int"
		if strings.ContainsAny(t.String(), ".eE") {
			tag = "!!float"
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: t.String()}, nil
	case json.Delim:
		n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		if t == '{' {
			n = &yaml.Node{Kind: yaml.MappingNode}
		}
		for dec.More() {
			child, err := nextNode(dec)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, child)
		}
		if len(n.Content) == 0 {
			n.Style = yaml.FlowStyle
		}
		_, err := dec.Token() // the closing bracket
		return n, err
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}, nil
}

// A row is a row of a key list.
type row struct {
	key         *text // nil for null
	value       *yaml.Node
	description text
	disabled    bool
	secret      bool
}

// keyList returns a map, or a list of objects when a row has more than a key
// and a value, or when a map would lose something. It is nil when there are no
// rows.
func keyList(rows []row) *yaml.Node {
	if len(rows) == 0 {
		return nil
	}
	if isMap(rows) {
		m := &mapping{}
		for _, r := range rows {
			m.set(string(*r.key), r.value)
		}
		return m.node()
	}
	out := &yaml.Node{Kind: yaml.SequenceNode}
	for _, r := range rows {
		m := &mapping{}
		if r.key == nil {
			m.set("key", nullNode())
		} else {
			m.set("key", str(string(*r.key)))
		}
		m.set("value", r.value)
		if r.disabled {
			m.set("disabled", boolean(true))
		}
		m.text("description", r.description)
		out.Content = append(out.Content, m.node())
	}
	return out
}

// isMap reports whether a JavaScript map can hold the rows in their order.
func isMap(rows []row) bool {
	seen := map[text]bool{}
	for _, r := range rows {
		if r.key == nil || r.description != "" || r.disabled || seen[*r.key] || *r.key == "__proto__" ||
			len(rows) > 1 && wholeNumber().MatchString(string(*r.key)) {
			return false
		}
		seen[*r.key] = true
	}
	return true
}

// wholeNumber matches a key that JavaScript moves before all other keys of a
// map.
var wholeNumber = regex.Lazy(`^(0|[1-9][0-9]*)$`)
