package collections

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/tidwall/gjson"

	"postie/collections/vars"
)

var languages = map[string]string{
	"json": "application/json", "javascript": "application/javascript",
	"html": "text/html", "xml": "application/xml",
}

var jsonType = regexp.MustCompile(`^application/(\S+\+)?json`)

// RawText is the text that a raw body sends, without comments when it is JSON,
// and the Content-Type it gets when the request names none.
func (r *Request) RawText() (text, contentType string) {
	if r.Body == nil {
		return "", ""
	}
	contentType = languages[r.Body.Language]
	if r.Body.Raw != nil {
		text = *r.Body.Raw
	}
	if r.SendsJSON() {
		text = stripComments(text)
	}
	if contentType == "" {
		contentType = "text/plain"
	}
	return text, contentType
}

// SendsJSON reports whether Postman takes a raw body for JSON: by its language,
// else by the request's Content-Type.
func (r *Request) SendsJSON() bool {
	return r.Body != nil && (r.Body.Language == "json" || r.Body.Language == "" && jsonTyped(r.Header))
}

// jsonTyped reports whether newman takes a body without a language for JSON: by
// the first Content-Type that is enabled. A single one counts even when it is
// disabled, and several do when all are, whatever they say.
func jsonTyped(list []Header) bool {
	first, n := -1, 0
	for i, h := range list {
		if strings.EqualFold(h.Key, "Content-Type") {
			n++
			if first < 0 || list[first].Disabled && !h.Disabled {
				first = i
			}
		}
	}
	if n > 1 && list[first].Disabled {
		return true
	}
	return n > 0 && jsonType.MatchString(list[first].Value)
}

// stripComments removes // and /* */ outside strings.
func stripComments(text string) string {
	if !strings.Contains(text, "//") && !strings.Contains(text, "/*") {
		return text
	}
	var out strings.Builder
	inString := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case inString:
			out.WriteByte(c)
			if c == '\\' && i+1 < len(text) {
				i++
				out.WriteByte(text[i])
			}
			inString = c != '"'
		case strings.HasPrefix(text[i:], "//"):
			n := strings.IndexByte(text[i:], '\n') // a \r before it goes too
			if n < 0 {
				return out.String()
			}
			i += n - 1
		case strings.HasPrefix(text[i:], "/*"):
			n := strings.Index(text[i+2:], "*/")
			if n < 0 {
				return out.String()
			}
			i += n + 3
		default:
			out.WriteByte(c)
			inString = c == '"'
		}
	}
	return out.String()
}

// GraphQLText is the JSON that carries a GraphQL body: query, operationName and
// variables in newman's order. Variables given as a text go in verbatim, even
// when they are no JSON.
func (b *Body) GraphQLText() string {
	g := gjson.ParseBytes(b.GraphQL)
	text := g.Get("variables").Type == gjson.String
	var members []string
	for _, k := range []string{"query", "operationName", "variables"} {
		v := g.Get(k)
		switch {
		case !v.Exists(), text && v.Type != gjson.String, text && k == "variables" && v.Str == "":
		case text && k == "variables":
			members = append(members, `"variables":`+v.Str)
		default:
			members = append(members, `"`+k+`":`+v.Raw)
		}
	}
	return "{" + strings.Join(members, ",") + "}"
}

// Texts are the values a form parameter sends: several for an array, an empty
// one for what is neither text, number nor boolean.
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
