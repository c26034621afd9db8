package convert

import (
	"cmp"
	"encoding/xml"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// xml writes a sample as the xml members of its schema demand.
func (r *openAPI) xml(x *sample) string {
	w := &xmlWriter{}
	w.out.WriteString(`<?xml version="1.0" encoding="UTF-8"?>`)
	name := componentName(x.schema)
	if name == "" {
		name = "root"
	}
	if x.kind == listSample {
		w.root(x, name)
	} else {
		w.element(x, name, 0)
	}
	return strings.TrimPrefix(w.out.String(), "\n")
}

type xmlWriter struct{ out strings.Builder }

// xmlOf returns the xml member of a schema, or of one of which it is made.
func xmlOf(ref *openapi3.SchemaRef) openapi3.XML {
	for s := range madeOf(ref, anyPart) {
		if x := s.XML; x != nil && (s == ref.Value || x.Name != "" || x.Namespace != "" || x.Attribute || x.Wrapped) {
			return *x
		}
	}
	return openapi3.XML{}
}

// named returns the name of a schema's element or attribute.
func named(x openapi3.XML, name string) string {
	if x.Name != "" {
		name = x.Name
	}
	if x.Prefix != "" {
		return x.Prefix + ":" + name
	}
	return name
}

// root writes a list as a document, which needs its wrapping element.
func (w *xmlWriter) root(x *sample, name string) {
	about := xmlOf(x.schema)
	w.open(named(about, name), about, nil, 0)
	inner := componentName(itemsOf(x.schema))
	if inner == "" {
		inner = cmp.Or(about.Name, name)
	}
	for _, e := range x.list {
		w.element(e, inner, 1)
	}
	w.close(named(about, name), len(x.list) > 0, 0)
}

// element writes a value as elements. A list becomes one element for each of
// its values unless it is wrapped.
func (w *xmlWriter) element(x *sample, name string, depth int) {
	about := xmlOf(x.schema)
	switch {
	case x.kind == scalarSample && string(x.scalar) == "null":
		return
	case x.kind == listSample && about.Wrapped:
		outer := named(about, name)
		w.open(outer, about, nil, depth)
		inner := name
		if about.Name != "" {
			inner = about.Name
		}
		for _, e := range x.list {
			w.element(e, inner, depth+1)
		}
		w.close(outer, len(x.list) > 0, depth)
		return
	case x.kind == listSample:
		for _, e := range x.list {
			w.element(e, name, depth)
		}
		return
	}
	name = named(about, name)
	var attributes, children []member
	for _, m := range x.members {
		if xmlOf(m.value.schema).Attribute && m.value.kind == scalarSample {
			attributes = append(attributes, m)
		} else {
			children = append(children, m)
		}
	}
	w.open(name, about, attributes, depth)
	for _, m := range children {
		w.element(m.value, m.key, depth+1)
	}
	if x.kind == scalarSample {
		w.escape(x.text())
	}
	w.close(name, len(children) > 0, depth)
}

func (w *xmlWriter) open(name string, about openapi3.XML, attributes []member, depth int) {
	w.line(depth)
	w.out.WriteString("<" + name)
	if about.Namespace != "" {
		xmlns := "xmlns"
		if about.Prefix != "" {
			xmlns += ":" + about.Prefix
		}
		w.attribute(xmlns, about.Namespace)
	}
	for _, m := range attributes {
		x := xmlOf(m.value.schema)
		if x.Namespace != "" && x.Prefix != "" && (x.Prefix != about.Prefix || x.Namespace != about.Namespace) {
			w.attribute("xmlns:"+x.Prefix, x.Namespace)
		}
		w.attribute(named(x, m.key), m.value.text())
	}
	w.out.WriteByte('>')
}

func (w *xmlWriter) attribute(name, value string) {
	w.out.WriteString(" " + name + `="`)
	w.escape(value)
	w.out.WriteByte('"')
}

func (w *xmlWriter) close(name string, lines bool, depth int) {
	if lines {
		w.line(depth)
	}
	w.out.WriteString("</" + name + ">")
}

func (w *xmlWriter) line(depth int) { w.out.WriteString("\n" + strings.Repeat("  ", depth)) }

func (w *xmlWriter) escape(s string) {
	if xml.EscapeText(&w.out, []byte(s)) != nil {
		return // writing to a strings.Builder never fails
	}
}
