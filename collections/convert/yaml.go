package convert

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf16"

	"go.yaml.in/yaml/v4"

	"postie/collections"
	"postie/collections/regex"
)

// Limits of a document. maxNodes is for a document with its aliases expanded,
// in addition to the nodes of its text: a few lines can expand to billions of
// nodes.
const (
	maxNodes = 1_000_000
	maxDepth = 1000
)

// A value is a node of a YAML file; nil when there is none.
type value struct {
	file string
	*yaml.Node
}

// bareTemplate matches a template without quotes, which YAML reads as a map in
// a map.
var bareTemplate = regex.Lazy(`(?m)^[ \t]*(?:- )?[^\s:'"#]+:[ \t]+(\{\{)`)

// parseYAML reads one YAML document.
func parseYAML(file string, src []byte) (*value, error) {
	src = collections.UTF8(src)
	var doc yaml.Node
	if err := unmarshalYAML(src, &doc); err != nil {
		e := &collections.ParseError{File: file, Line: 1, Col: 1, Text: "not valid YAML: " + err.Error()}
		var found *yaml.LoadError
		if errors.As(err, &found) {
			e.Line, e.Col, e.Text = max(found.Mark.Line, 1), max(found.Mark.Column, 1), "not valid YAML: "+found.Message
		}
		if at := bareTemplate().FindSubmatchIndex(src); at != nil {
			e.Line, e.Col = 1+strings.Count(string(src[:at[2]]), "\n"), at[2]-at[0]+1
			e.Text = "not valid YAML: a value that starts with {{ needs quotes"
		}
		return nil, e
	}
	if len(doc.Content) == 0 {
		return nil, &collections.ParseError{File: file, Line: 1, Col: 1, Text: "the file is empty"}
	}
	c := &counter{sizes: map[*yaml.Node]int{}, most: maxNodes + len(src)}
	if at := c.size(doc.Content[0], 0); at < 0 {
		return nil, &collections.ParseError{File: file, Line: 1, Col: 1, Text: c.problem}
	}
	return &value{file, doc.Content[0]}, nil
}

var (
	yamlDirective = regex.Lazy(`(?m)^%YAML[ \t]+1\.[0-9]+`)
	surrogatePair = regex.Lazy(`\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}`)
)

// unmarshalYAML reads what YAML 1.2 allows and the library does not: its
// directive, and the surrogate pairs that YAML has from JSON. Pairs are
// replaced only in a line that the library refused, because in a block they are
// ordinary text.
func unmarshalYAML(src []byte, doc *yaml.Node) error {
	src = yamlDirective().ReplaceAllFunc(src, func(b []byte) []byte { return bytes.Repeat([]byte("#"), len(b)) })
	src, restore := hideBreaks(src)
	for {
		err := yaml.Unmarshal(src, doc)
		restore(doc)
		var found *yaml.LoadError
		if !errors.As(err, &found) {
			return err
		}
		line, lines := found.Mark.Line, bytes.SplitAfter(src, []byte("\n"))
		if line < 1 || line > len(lines) || !surrogatePair().Match(lines[line-1]) {
			return err
		}
		lines[line-1] = surrogatePair().ReplaceAllFunc(lines[line-1], joinSurrogates)
		src = bytes.Join(lines, nil)
	}
}

// hideBreaks replaces characters that end a line in YAML 1.1 and are ordinary
// text in YAML 1.2. restore puts them back.
func hideBreaks(src []byte) (hidden []byte, restore func(*yaml.Node)) {
	var there, back []string
	free := '\uE000'
	for _, c := range []string{"\u0085", "\u2028", "\u2029"} {
		if !bytes.Contains(src, []byte(c)) {
			continue
		}
		for bytes.ContainsRune(src, free) && free < '\uF8FF' {
			free++
		}
		there, back = append(there, c, string(free)), append(back, string(free), c)
		free++
	}
	if len(there) == 0 {
		return src, func(*yaml.Node) {}
	}
	r := strings.NewReplacer(back...)
	return []byte(strings.NewReplacer(there...).Replace(string(src))), func(n *yaml.Node) { restoreText(n, r) }
}

func restoreText(n *yaml.Node, r *strings.Replacer) {
	n.Value = r.Replace(n.Value)
	for _, child := range n.Content {
		restoreText(child, r)
	}
}

func joinSurrogates(b []byte) []byte {
	high, _ := strconv.ParseUint(string(b[2:6]), 16, 16) // four hexadecimal digits each
	low, _ := strconv.ParseUint(string(b[8:12]), 16, 16)
	return fmt.Appendf(nil, `\U%08x`, utf16.DecodeRune(rune(high), rune(low)))
}

// A counter counts the nodes of a tree with its aliases expanded, without
// expanding them.
type counter struct {
	sizes   map[*yaml.Node]int // sizes of nodes with an anchor; 0 while such a node is being counted
	most    int
	problem string
}

// size returns the number of nodes. It is -1, and the problem is set, for a
// tree that must not be processed.
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
	if depth > maxDepth {
		c.problem = fmt.Sprintf("nested deeper than %d levels", maxDepth)
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
		if total += s; total > c.most {
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

// get returns a member of a mapping, the last one of its name; nil when there
// is none.
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

// isNull reports whether there is no value, or null, ~ or an empty value.
func (v *value) isNull() bool {
	return v == nil || v.Kind == yaml.ScalarNode && v.ShortTag() == "!!null"
}

// list returns the entries of a sequence.
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

// merge adds to mappings the members of their merge keys (<<) that they do not
// have themselves. YAML 1.2 has no merge keys, but people write them.
func merge(n *yaml.Node, done map[*yaml.Node]bool) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if done[n] {
		return
	}
	done[n] = true
	for _, child := range n.Content {
		merge(child, done)
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	var members, from []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, val := n.Content[i], n.Content[i+1]
		switch {
		case key.ShortTag() != "!!merge":
			members = append(members, key, val)
		case val.Kind == yaml.SequenceNode:
			from = append(from, val.Content...)
		default:
			from = append(from, val)
		}
	}
	for _, m := range from {
		members = addMissing(members, m)
	}
	n.Content = members
}

func addMissing(members []*yaml.Node, from *yaml.Node) []*yaml.Node {
	if from.Kind == yaml.AliasNode {
		from = from.Alias
	}
	has := map[string]bool{}
	for i := 0; i < len(members); i += 2 {
		has[members[i].Value] = true
	}
	for i := 0; from.Kind == yaml.MappingNode && i+1 < len(from.Content); i += 2 {
		if !has[from.Content[i].Value] {
			members = append(members, from.Content[i], from.Content[i+1])
		}
	}
	return members
}

// text returns the source text of a scalar, or "" for null and for a value that
// is not a scalar.
func (v *value) text() string {
	if v.isNull() || v.Kind != yaml.ScalarNode {
		return ""
	}
	return v.Value
}

// isFlag reports whether the value is a boolean, also in quotes.
func (v *value) isFlag() bool {
	return strings.EqualFold(v.text(), "true") || strings.EqualFold(v.text(), "false")
}

func (v *value) flag() bool { return strings.EqualFold(v.text(), "true") }

// bad returns an error at the position of the value.
func (v *value) bad(format string, args ...any) error {
	return &collections.ParseError{File: v.file, Line: v.Line, Col: v.Column, Text: fmt.Sprintf(format, args...)}
}

// json returns the value as JSON, read by the core schema of YAML 1.2. Values
// that JSON cannot write, such as .inf, become strings.
func (v *value) json() json.RawMessage {
	switch {
	case v.isNull():
		return json.RawMessage("null")
	case v.isMap():
		var b bytes.Buffer
		b.WriteByte('{')
		for i := 0; i+1 < len(v.Content); i += 2 {
			if i > 0 {
				b.WriteByte(',')
			}
			b.Write(quote(v.Content[i].Value))
			b.WriteByte(':')
			b.Write(v.wrap(v.Content[i+1]).json())
		}
		b.WriteByte('}')
		return b.Bytes()
	case v.isList():
		var b bytes.Buffer
		b.WriteByte('[')
		for i, e := range v.list() {
			if i > 0 {
				b.WriteByte(',')
			}
			b.Write(e.json())
		}
		b.WriteByte(']')
		return b.Bytes()
	}
	return v.scalar()
}

// The numbers of YAML 1.2's core schema. The library follows YAML 1.1 where the
// two differ: there, 010 is eight and 1_000 is a thousand.
var (
	yamlDecimal = regex.Lazy(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
	yamlInteger = regex.Lazy(`^(0o[0-7]+|0x[0-9a-fA-F]+)$`)
)

func (v *value) scalar() json.RawMessage {
	plain := v.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
	if tag := v.ShortTag(); !plain || v.Style&yaml.TaggedStyle != 0 && tag == "!!str" {
		return quote(v.Value)
	}
	switch low := strings.ToLower(v.Value); {
	case low == "true" || low == "false":
		return json.RawMessage(low)
	case json.Valid([]byte(v.Value)): // keep the digits as written
		return json.RawMessage(v.Value)
	case yamlInteger().MatchString(v.Value), yamlDecimal().MatchString(v.Value):
		if n, ok := new(big.Rat).SetString(trimZeros(v.Value)); ok && len(v.Value) < 100 {
			return json.RawMessage(decimal(n))
		}
	}
	return quote(v.Value)
}

// trimZeros removes the zeros before a decimal number, because Go would read
// 010 as eight.
func trimZeros(s string) string {
	if yamlInteger().MatchString(s) {
		return s
	}
	sign := ""
	if s[0] == '-' || s[0] == '+' {
		sign, s = s[:1], s[1:]
	}
	return sign + "0" + strings.TrimLeft(s, "0")
}

// decimal returns a number as JSON writes it, without an exponent.
func decimal(n *big.Rat) string {
	if n.IsInt() {
		return n.Num().String()
	}
	return strings.TrimRight(n.FloatString(20), "0")
}

func quote(s string) json.RawMessage {
	b, err := marshal(s)
	if err != nil {
		return json.RawMessage(`""`)
	}
	return b
}

// An entry is an entry of a key list, which is written as a map or as a list of
// objects.
type entry struct {
	key   string
	value *value
	spec  *value // the object of the list; nil in a map
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

// text returns the value of the entry; an object or list as JSON.
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
