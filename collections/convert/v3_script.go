package convert

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"postie/collections"
)

// phase returns the v2.1 event for the type of a script. The second names are
// old ones, which Postman no longer reads.
func phase(kind string) (listen string, old bool) {
	switch kind {
	case "beforeRequest", "beforeQuery":
		return "prerequest", false
	case "afterResponse":
		return "test", false
	case "prerequest", "test":
		return kind, true
	}
	return "", false
}

// scripts reads the scripts of a request (prefix "") or of a folder ("http:").
// A folder's scripts for GraphQL requests are added to each such request below
// it, unless they are the same as the scripts for HTTP.
func (r *v3Reader) scripts(v *value, prefix string) (out, graphQL []scopedEvent, err error) {
	if v != nil && !v.isList() && !v.isNull() {
		r.note(v, "scripts is not a list: nothing runs")
	}
	for _, s := range v.list() {
		kind := s.get("type").text()
		bare, http := strings.CutPrefix(kind, "http:")
		bare, query := strings.CutPrefix(bare, "graphql:")
		listen, old := phase(bare)
		switch {
		case listen == "":
			r.note(s, "script of type %q: not run", kind)
			continue
		case (http || query) != (prefix != ""), old:
			r.note(s, "script of type %q: Postman ignores it here; write %s", kind, prefix+map[string]string{
				"prerequest": "beforeRequest", "test": "afterResponse"}[listen])
		}
		e, err := r.script(s, listen)
		switch {
		case err != nil:
			return nil, nil, err
		case e == nil:
		case query && prefix != "":
			graphQL = append(graphQL, *e)
		default:
			out = append(out, *e)
		}
	}
	return out, slices.DeleteFunc(graphQL, func(e scopedEvent) bool {
		return slices.ContainsFunc(out, func(o scopedEvent) bool {
			return o.Listen == e.Listen && slices.Equal(o.Script.Exec, e.Script.Exec)
		})
	}), nil
}

// A scopedEvent is a script with the positions of its lines.
type scopedEvent struct {
	event
	lines []collections.Place
}

// script returns nil, with a note, for a script without code.
func (r *v3Reader) script(s *value, listen string) (*scopedEvent, error) {
	if lang := s.get("language"); !lang.isNull() && lang.text() != "text/javascript" {
		return nil, lang.bad("language %q; scripts are text/javascript", lang.text())
	}
	code := s.get("code")
	if code == nil {
		r.note(s, "script without code: nothing runs")
		return nil, nil
	}
	e := &scopedEvent{event: event{Listen: text(listen), Script: script{ID: text(s.get("id").text()), Type: "text/javascript"}}}
	e.Script.Exec = asTexts(strings.Split(strings.ReplaceAll(code.text(), "\r\n", "\n"), "\n"))
	e.Script.Packages, e.Script.Requests = optional(s.get("packages")), optional(s.get("requests"))
	e.Disabled = flag(s.get("disabled").flag())
	e.lines = linesOf(code, len(e.Script.Exec))
	return e, nil
}

// events adds scripts to the document, and the positions of their lines in the
// order of the document's scripts.
func (r *v3Reader) events(list []scopedEvent) []event {
	var out []event
	for _, e := range list {
		r.origin.Scripts = append(r.origin.Scripts, e.lines)
		out = append(out, e.event)
	}
	return out
}

// linesOf returns the positions of the lines of a text. Only the lines of a
// literal block are in lines of the file; of other styles just the beginning is
// known.
func linesOf(v *value, n int) []collections.Place {
	out := make([]collections.Place, n)
	for i := range out {
		out[i] = placeOf(v)
		if v.Style&yaml.LiteralStyle != 0 {
			out[i].Line += i + 1
			out[i].Col = 1
		}
	}
	return out
}
