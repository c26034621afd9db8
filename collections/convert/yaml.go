package convert

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"postie/collections"
)

// maxNodes bounds a YAML file with its aliases expanded: a bomb of a few lines
// stands for billions.
const maxNodes = 1_000_000

// A value is a node of a YAML file; nil when there is none.
type value struct {
	file string
	*yaml.Node
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(?:unknown anchor )?`)

// bareTemplate finds a template that YAML takes for a map in a map.
var bareTemplate = regexp.MustCompile(`(?m)^[ \t]*(?:- )?[^\s:'"#]+:[ \t]+(\{\{)`)

// parseYAML reads one YAML document.
func parseYAML(file string, src []byte) (*value, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(src, &doc); err != nil {
		msg := err.Error()
		e := &collections.ParseError{File: file, Line: 1, Col: 1}
		if m := yamlLine.FindStringSubmatch(msg); m != nil {
			if n, err := strconv.Atoi(m[1]); err == nil {
				e.Line = n
			}
			if m[1] != "" {
				msg = strings.TrimPrefix(msg, m[0])
			}
		}
		e.Text = "not valid YAML: " + strings.TrimPrefix(msg, "yaml: ")
		if at := bareTemplate.FindSubmatchIndex(src); at != nil {
			e.Line, e.Col = 1+strings.Count(string(src[:at[2]]), "\n"), at[2]-at[0]+1
			e.Text = "not valid YAML: a value that starts with {{ needs quotes"
		}
		return nil, e
	}
	if len(doc.Content) == 0 {
		return nil, &collections.ParseError{File: file, Line: 1, Col: 1, Text: "the file is empty"}
	}
	c := &counter{sizes: map[*yaml.Node]int{}}
	if at := c.size(doc.Content[0], 0); at < 0 {
		return nil, &collections.ParseError{File: file, Line: 1, Col: 1, Text: c.problem}
	}
	return &value{file, doc.Content[0]}, nil
}

// A counter measures a tree with its aliases expanded, without expanding them.
type counter struct {
	sizes   map[*yaml.Node]int // of anchored nodes; 0 while inside
	problem string
}

// size is -1, with the problem set, for a tree that must not be walked.
func (c *counter) size(n *yaml.Node, depth int) int {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if known, ok := c.sizes[n]; ok {
		if known == 0 {
			c.problem = "an anchor holds itself"
			return -1
		}
		return known
	}
	if depth > 1000 {
		c.problem = "nested deeper than 1000 levels"
		return -1
	}
	if len(n.Content) > 0 {
		c.sizes[n] = 0
	}
	total := 1
	for _, child := range n.Content {
		s := c.size(child, depth+1)
		if s < 0 {
			return -1
		}
		if total += s; total > maxNodes {
			c.problem = fmt.Sprintf("aliases make more than %d values", maxNodes)
			return -1
		}
	}
	if len(n.Content) > 0 {
		c.sizes[n] = total
	}
	return total
}

func (v *value) wrap(n *yaml.Node) *value {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return &value{v.file, n}
}

// get is a mapping's member, the last of its name; nil when there is none.
func (v *value) get(key string) *value {
	if v == nil || v.Kind != yaml.MappingNode {
		return nil
	}
	for i := len(v.Content) - 2; i >= 0; i -= 2 {
		if v.Content[i].Value == key {
			return v.wrap(v.Content[i+1])
		}
	}
	return nil
}

func (v *value) isMap() bool  { return v != nil && v.Kind == yaml.MappingNode }
func (v *value) isList() bool { return v != nil && v.Kind == yaml.SequenceNode }

// isNull is true of nothing, null, ~ and an empty value.
func (v *value) isNull() bool {
	return v == nil || v.Kind == yaml.ScalarNode && v.ShortTag() == "!!null"
}

// list are a sequence's entries.
func (v *value) list() []*value {
	if !v.isList() {
		return nil
	}
	out := make([]*value, len(v.Content))
	for i, n := range v.Content {
		out[i] = v.wrap(n)
	}
	return out
}

// text is a scalar's source text; "" for null and for what is no scalar.
func (v *value) text() string {
	if v.isNull() || v.Kind != yaml.ScalarNode {
		return ""
	}
	return v.Value
}

func (v *value) flag() bool { return strings.EqualFold(v.text(), "true") }

// bad is an error at the value.
func (v *value) bad(format string, args ...any) error {
	return &collections.ParseError{File: v.file, Line: v.Line, Col: v.Column, Text: fmt.Sprintf(format, args...)}
}

// json is the value as JSON: scalars that YAML reads as numbers and booleans
// are such when JSON can write them, everything else is a text.
func (v *value) json() json.RawMessage {
	switch {
	case v.isNull():
		return json.RawMessage("null")
	case v.isMap():
		var b strings.Builder
		b.WriteByte('{')
		for i := 0; i+1 < len(v.Content); i += 2 {
			if i > 0 {
				b.WriteByte(',')
			}
			b.Write(quote(v.Content[i].Value))
			b.WriteByte(':')
			b.Write(v.wrap(v.Content[i+1]).json())
		}
		return json.RawMessage(b.String() + "}")
	case v.isList():
		var parts []string
		for _, e := range v.list() {
			parts = append(parts, string(e.json()))
		}
		return json.RawMessage("[" + strings.Join(parts, ",") + "]")
	}
	switch v.ShortTag() {
	case "!!bool", "!!int", "!!float":
		if low := strings.ToLower(v.Value); json.Valid([]byte(low)) {
			return json.RawMessage(low)
		}
	}
	return quote(v.Value)
}

func quote(s string) json.RawMessage {
	b, err := marshal(s)
	if err != nil {
		return json.RawMessage(`""`)
	}
	return b
}

// An entry is one of a key list, which is written as a map or as a list of
// objects.
type entry struct {
	key   string
	value *value
	spec  *value // the object, nil in a map
}

// entries reads a key list.
func (v *value) entries() []entry {
	var out []entry
	if v.isMap() {
		for i := 0; i+1 < len(v.Content); i += 2 {
			out = append(out, entry{key: v.Content[i].Value, value: v.wrap(v.Content[i+1])})
		}
	}
	for _, e := range v.list() {
		if e.isMap() {
			out = append(out, entry{key: e.get("key").text(), value: e.get("value"), spec: e})
		}
	}
	return out
}

// text is the entry's value; a structure is its JSON.
func (e entry) text() text {
	if e.value.isMap() || e.value.isList() {
		return text(e.value.json())
	}
	return text(e.value.text())
}

func (e entry) pair() pair {
	v := e.text()
	return pair{Key: text(e.key), Value: &v, Description: text(e.spec.get("description").text()), Disabled: flag(e.spec.get("disabled").flag())}
}
