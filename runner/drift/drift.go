// Package drift compares the answers of two runs of the same requests: two
// tenants, or one tenant before and after a release.
package drift

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// A Kind says in which way two answers differ.
type Kind string

// Kinds of findings.
const (
	Absent  Kind = "absent"  // the request was made in one run only
	Status  Kind = "status"  // another status code, or an error
	Failed  Kind = "failed"  // no answer in either run: nothing to compare
	Header  Kind = "header"  // a header that matters is missing or another
	Missing Kind = "missing" // a member that the second body lacks
	Added   Kind = "added"   // a member that the first body lacks
	Type    Kind = "type"    // another JSON type
	Length  Kind = "length"  // an array of another length
	Value   Kind = "value"   // another value
	Text    Kind = "text"    // bodies that are not JSON differ
)

// A Finding is one difference. A and B are JSON, or text, cut off when long.
type Finding struct {
	Item string `json:"item"`
	Try  int    `json:"try,omitempty"`
	Path string `json:"path"` // $.items[2].name, header etag, status
	Kind Kind   `json:"kind"`
	A    string `json:"a,omitempty"`
	B    string `json:"b,omitempty"`
}

// Rules say what does not count. The zero value compares everything but
// headers other than Content-Type.
type Rules struct {
	Ignore    []string // patterns of paths: $.items.*.updatedAt, header etag, status
	Headers   []string // compared too, besides Content-Type
	ShapeOnly bool     // values may differ, names and types may not
}

// Compare lists where b differs from a, in a's order. It holds one answer of
// each at a time. The error is that of reading them.
func Compare(a, b Answers, r Rules) ([]Finding, error) {
	c := &comparison{rules: r, ignore: patterns(r.Ignore)}
	theirs := map[Key]int{}
	for i := range b.Len() {
		theirs[b.Key(i)] = i
	}
	for i := range a.Len() {
		c.at = a.Key(i)
		j, made := theirs[c.at]
		if !made {
			c.add("request", Absent, "made", "not made")
			continue
		}
		delete(theirs, c.at)
		mine, err := a.Answer(i)
		if err != nil {
			return nil, err
		}
		other, err := b.Answer(j)
		if err != nil {
			return nil, err
		}
		c.answers(&mine, &other)
	}
	for i := range b.Len() {
		if _, left := theirs[b.Key(i)]; left {
			c.at = b.Key(i)
			c.add("request", Absent, "not made", "made")
		}
	}
	return c.found, nil
}

// Learn returns patterns for what differs between runs that should be alike,
// such as times and ids: the indices of arrays become *.
func Learn(a, again Answers, r Rules) ([]string, error) {
	found, err := Compare(a, again, r)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, f := range found {
		if f.Kind == Absent || f.Kind == Status || f.Kind == Failed {
			continue
		}
		if p := anyIndex(f.Path); !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out, nil
}

// anyIndex turns $.a[3].b into $.a.*.b.
func anyIndex(path string) string {
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		end := strings.IndexByte(path[i:], ']')
		if path[i] == '[' && end > 0 && !strings.ContainsAny(path[i+1:i+end], `"`) {
			b.WriteString(".*")
			i += end
			continue
		}
		b.WriteByte(path[i])
	}
	return b.String()
}

type comparison struct {
	rules  Rules
	ignore [][]string
	at     Key
	found  []Finding
}

func (c *comparison) add(path string, k Kind, a, b string) {
	if c.ignored(path) {
		return
	}
	c.found = append(c.found, Finding{Item: c.at.Item, Try: c.at.Try, Path: path, Kind: k, A: cut(a), B: cut(b)})
}

const longest = 200

func cut(s string) string {
	if len(s) > longest {
		return strings.ToValidUTF8(s[:longest], "") + "…"
	}
	return s
}

func (c *comparison) answers(a, b *Answer) {
	if a.Unknown || b.Unknown {
		return
	}
	if a.Failed() && b.Failed() {
		c.add("request", Failed, a.outcome(), b.outcome())
		return
	}
	if a.Code != b.Code || a.Error != b.Error {
		c.add("status", Status, a.outcome(), b.outcome())
		return // the other differences follow from it
	}
	for _, name := range append([]string{"content-type"}, c.rules.Headers...) {
		name = strings.ToLower(name)
		x, y := strings.Join(a.Header[name], ", "), strings.Join(b.Header[name], ", ")
		if x != y && !strings.EqualFold(x, y) {
			c.add("header "+name, Header, x, y)
		}
	}
	if a.NoBody || b.NoBody {
		return
	}
	if !json.Valid(a.Body) || !json.Valid(b.Body) {
		if string(a.Body) != string(b.Body) && (!c.rules.ShapeOnly || json.Valid(a.Body) != json.Valid(b.Body)) {
			c.add("body", Text, string(a.Body), string(b.Body))
		}
		return
	}
	c.values("$", gjson.ParseBytes(a.Body), gjson.ParseBytes(b.Body))
}

func (a *Answer) outcome() string {
	if a.Error != "" {
		return a.Error
	}
	return fmt.Sprint(a.Code)
}

func (c *comparison) values(path string, a, b gjson.Result) {
	if a.Raw == b.Raw || c.ignored(path) {
		return
	}
	switch {
	case typeOf(a) != typeOf(b):
		c.add(path, Type, a.Raw, b.Raw)
	case a.IsObject():
		c.objects(path, a, b)
	case a.IsArray():
		c.arrays(path, a.Array(), b.Array())
	case a.Raw != b.Raw && a.String() != b.String() && !c.rules.ShapeOnly:
		c.add(path, Value, a.Raw, b.Raw)
	}
}

func typeOf(r gjson.Result) string {
	switch {
	case r.IsObject():
		return "object"
	case r.IsArray():
		return "array"
	case r.Type == gjson.True || r.Type == gjson.False:
		return "boolean"
	}
	return r.Type.String()
}

func (c *comparison) objects(path string, a, b gjson.Result) {
	theirs := b.Map()
	seen := map[string]bool{}
	a.ForEach(func(k, v gjson.Result) bool {
		name := k.String()
		if seen[name] {
			return true
		}
		seen[name] = true
		sub := member(path, name)
		if w, ok := theirs[name]; ok {
			c.values(sub, v, w)
		} else {
			c.add(sub, Missing, v.Raw, "")
		}
		return true
	})
	b.ForEach(func(k, v gjson.Result) bool {
		if name := k.String(); !seen[name] {
			seen[name] = true
			c.add(member(path, name), Added, "", v.Raw)
		}
		return true
	})
}

func (c *comparison) arrays(path string, a, b []gjson.Result) {
	if len(a) != len(b) && !c.rules.ShapeOnly {
		// A path of its own, so that the length can be ignored and the elements not.
		c.add(path+".length", Length, fmt.Sprint(len(a)), fmt.Sprint(len(b)))
	}
	for i := range min(len(a), len(b)) {
		c.values(fmt.Sprintf("%s[%d]", path, i), a[i], b[i])
	}
}

// member is path.name, or path["name"] when the name has other signs in it.
func member(path, name string) string {
	for _, r := range name {
		if r != '_' && r != '-' && r != '$' && (r < '0' || r > '9' && r < 'A' || r > 'Z' && r < 'a' || r > 'z' && r < 0x80) {
			return fmt.Sprintf("%s[%q]", path, name)
		}
	}
	if name == "" {
		return path + `[""]`
	}
	return path + "." + name
}
