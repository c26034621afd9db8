package convert

import (
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// responses returns the answers of an operation as saved examples: one for each
// example of the document, or a generated one.
func (r *openAPI) responses(list *openapi3.Responses, source *value, req *request) []response {
	out := []response{}
	if list == nil {
		return out
	}
	for _, status := range order(list.Map(), source) {
		ref := list.Value(status)
		code := statusCode(status, len(out) == 0)
		if ref == nil || ref.Value == nil || code == 0 || strconv.Itoa(code) != status && len(ref.Value.Content) == 0 {
			continue
		}
		out = append(out, r.saved(code, status, ref.Value, req)...)
	}
	return out
}

// statusCode returns the code of an answer: the lowest one of a range such as
// 4XX. The default answer is a success when there is no other success,
// otherwise an error.
func statusCode(status string, first bool) int {
	if code, err := strconv.Atoi(status); err == nil && code >= 100 && code <= 999 {
		return code
	}
	switch {
	case len(status) == 3 && strings.EqualFold(status[1:], "xx") && status[0] >= '1' && status[0] <= '5':
		return int(status[0]-'0') * 100
	case status == "default" && first:
		return 200
	case status == "default":
		return 500
	}
	return 0
}

// saved returns the examples of one answer.
func (r *openAPI) saved(code int, status string, v *openapi3.Response, req *request) []response {
	description := ""
	if v.Description != nil {
		description = *v.Description
	}
	one := response{Name: text(strings.TrimSpace(status + " " + description)), Original: req, Code: count(code), Header: r.headers(v)}
	var out []response
	kinds := order(v.Content, r.raw(v.Extensions, "content"))
	for i, kind := range kinds {
		media := v.Content[kind]
		if media == nil {
			media = &openapi3.MediaType{}
		}
		list := r.answers(kind, media, r.raw(v.Extensions, "examples").get(kind))
		if i > 0 && len(list) == 1 && list[0].name == "" && !list[0].written {
			continue // of generated bodies one media type is enough
		}
		for _, a := range list {
			out = append(out, a.as(one, len(kinds) > 1))
		}
	}
	if len(out) == 0 {
		empty := text("")
		one.Body = &empty
		out = append(out, one)
	}
	return out
}

// An answer is a body that a response may have.
type answer struct {
	name, kind, text string
	written          bool // written by the document's author
}

// as returns an answer as a saved example with a name of its own.
func (a answer) as(one response, many bool) response {
	switch {
	case a.name != "":
		one.Name += text(": " + a.name)
	case many && a.written:
		one.Name += text(" (" + a.kind + ")")
	}
	one.Language = text(rawLanguage(a.kind))
	kind, body := text(a.kind), text(a.text)
	one.Header = append([]pair{{Key: "Content-Type", Value: &kind}}, slices.DeleteFunc(slices.Clone(one.Header), func(p pair) bool {
		return strings.EqualFold(string(p.Key), "Content-Type")
	})...)
	one.Body = &body
	return one
}

// answers returns the examples of a media type as texts. old has those of a
// Swagger 2.0 response.
func (r *openAPI) answers(key string, media *openapi3.MediaType, old *value) []answer {
	kind := concrete(key, media)
	s := r.sampler(true)
	var out []answer
	for _, name := range order(media.Examples, r.raw(media.Extensions, "examples")) {
		if e := media.Examples[name]; e != nil && e.Value != nil {
			if v := r.exampleValue(e.Value); v != nil {
				out = append(out, answer{name, kind, r.mediaText(kind, media, s.attach(v, media.Schema, 0)), true})
			}
		}
	}
	if len(out) > 0 {
		return out
	}
	v := r.raw(media.Extensions, "example")
	if v == nil {
		v = old
	}
	if v != nil {
		return []answer{{"", kind, r.mediaText(kind, media, s.attach(v, media.Schema, 0)), true}}
	}
	if isFile(media.Schema) {
		return []answer{{kind: kind}}
	}
	x := s.sample(media.Schema, 0)
	if x == nil {
		return []answer{{kind: kind}}
	}
	return []answer{{"", kind, r.mediaText(kind, media, x), false}}
}

func (r *openAPI) headers(v *openapi3.Response) []pair {
	out := []pair{}
	for _, name := range order(v.Headers, r.raw(v.Extensions, "headers")) {
		h := v.Headers[name]
		if h == nil || h.Value == nil {
			continue
		}
		p := h.Value.Parameter
		p.In = "header"
		x, media := r.parameterSample(&p)
		value := text(x.text())
		if media == "" {
			value = text(r.serialization(&p, asIs).text(name, x))
		}
		out = append(out, pair{Key: text(name), Value: &value, Description: text(p.Description)})
	}
	return out
}
