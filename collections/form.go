package collections

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"postie/collections/vars"
)

// A FormParam is a part of a form body.
type FormParam struct {
	Key         string
	Value       any // a string, nil, vars.Undefined{} when there is none, or other JSON
	Type        string
	Src         []string
	SrcArray    bool // src was an array
	FileName    string
	HasFileName bool // the document has a fileName, which may be empty
	ContentType string
	Disabled    bool
	System      bool // added by the runner
	Notes       Notes

	empty emptyMembers
}

// emptyMembers are members that the document has although they are empty, as
// JSON; "" for members that it does not have.
type emptyMembers struct{ key, contentType, src, content, fileName string }

// parseURLEncoded reads the parameters of a form. In newman they are the
// members of a JavaScript object, so their keys are strings.
func parseURLEncoded(list gjson.Result) []FormParam {
	out := parseForm(list)
	for i := range out {
		p := &out[i]
		switch p.empty.key {
		case noKey:
			p.Key = "undefined"
		case "null":
			p.Key = "null"
		}
		p.Type, p.Src, p.SrcArray, p.FileName, p.HasFileName, p.ContentType = "", nil, false, "", false, ""
		p.empty = emptyMembers{key: p.empty.key}
	}
	return out
}

// fill sets the key and value of a form-data part to what newman uses when the
// document has none.
func (p *FormParam) fill() {
	p.System = false
	if p.empty.key == noKey || p.empty.key == "null" {
		p.empty.key = ""
	}
	switch p.Value {
	case nil, vars.Undefined{}:
		p.Value = ""
	}
	if _, isText := p.Value.(string); p.Type == "file" && (!isText || p.Value == "") {
		p.Value = vars.Undefined{}
	}
}

func parseForm(list gjson.Result) []FormParam {
	out := []FormParam{}
	for p := range elements(list) {
		o := objectOf(p)
		name, src := o.get("fileName"), o.get("src")
		f := FormParam{Key: text(o.get("key")), Value: value(o.get("value")), Type: text(o.get("type")),
			FileName: name.Str, HasFileName: name.Type == gjson.String, ContentType: text(o.get("contentType")),
			Disabled: truthy(o.get("disabled")), System: truthy(o.get("system")), Notes: notes(o)}
		f.empty = emptyMembers{key: oddKey(o.get("key")), contentType: o.get("contentType").Raw, src: src.Raw, fileName: name.Raw}
		if !o.get("value").Exists() {
			f.Value = vars.Undefined{}
		}
		switch {
		case src.IsArray():
			f.Src, f.SrcArray = texts(src), true
		case text(src) != "":
			f.Src = []string{text(src)}
		}
		out = append(out, f)
	}
	return out
}

// oddKey returns a key that is not a string, as JSON, and "" for a string.
func oddKey(r gjson.Result) string {
	switch {
	case !r.Exists():
		return noKey
	case r.Type == gjson.String:
		return ""
	}
	return r.Raw
}

func resolveForm(list []FormParam, expand func(string) string) []FormParam {
	out := make([]FormParam, len(list))
	for i, p := range list {
		p.Key, p.FileName, p.ContentType = expand(p.Key), expand(p.FileName), expand(p.ContentType)
		if s, ok := p.Value.(string); ok {
			p.Value = expand(s)
		}
		src := make([]string, len(p.Src))
		for j, s := range p.Src {
			src[j] = expand(s)
		}
		p.Src = src
		out[i] = p
	}
	return out
}

// Texts returns the values that a form parameter sends: several for an array,
// and an empty string for a value that is not a string, number or boolean.
func (p FormParam) Texts() []string {
	switch v := p.Value.(type) {
	case nil:
		return []string{""}
	case json.RawMessage:
		list := gjson.ParseBytes(v)
		if !list.IsArray() {
			return []string{""}
		}
		var out []string
		for _, e := range list.Array() {
			if e.Type == gjson.JSON {
				e = gjson.Result{}
			}
			out = append(out, e.String())
		}
		return out
	}
	return []string{vars.Text(p.Value)}
}

// noKey means that there is no key.
const noKey = "none"
