package mask

import (
	"encoding/json"
	"reflect"
	"slices"
	"sync"

	"postie/runner/event"
	"postie/runner/script"
)

// Hide hides secrets in all texts of an event. It replaces values in the event,
// and never changes what the event points to, which scripts may still read.
func (m *Masker) Hide(e event.Event) {
	h := m.view()
	if q, ok := e.(*event.RequestFinished); ok && q.Source == "token" {
		h = h.withNames(tokenKeys)
	}
	h.replace(reflect.ValueOf(e).Elem())
}

// Failures hides secrets in failures that were collected when fewer secrets
// were known.
func (m *Masker) Failures(list []event.Failure) {
	h := m.view()
	for i := range list {
		h.replace(reflect.ValueOf(&list[i]).Elem())
	}
}

// replace hides secrets in the fields of a struct, nested structs included.
func (h *hider) replace(v reflect.Value) {
	if h.off {
		return
	}
	for _, p := range plans()[v.Type()] {
		f := v.Field(p.index)
		if f.Kind() == reflect.Struct && f.Type() != fieldType {
			h.replace(f)
		} else if out, ok := h.member(f, p.kind); ok {
			f.Set(out)
		}
	}
}

// asWritten are the text fields of events that are not masked, since they
// contain no text of a run: words of the product, identifiers, and files of the
// command line, by which readers identify things. All other texts are masked,
// new fields included.
var asWritten = map[reflect.Type][]string{
	reflect.TypeFor[event.RunStarted]():      {"Version", "File", "ID"},
	reflect.TypeFor[event.ItemRef]():         {"ID", "File"},
	reflect.TypeFor[event.ScriptFinished]():  {"ScriptID", "File"},
	reflect.TypeFor[event.RequestFinished](): {"Source"},
	reflect.TypeFor[event.Response]():        {"Proto"},
	reflect.TypeFor[event.TestFinished]():    {"ScriptID", "File"},
	reflect.TypeFor[event.ConsoleLogged]():   {"Level"},
	reflect.TypeFor[event.Warned]():          {"Kind"},
	reflect.TypeFor[event.Failure]():         {"Kind", "At", "File"},
	reflect.TypeFor[event.Cursor]():          {"Ref"},
	reflect.TypeFor[script.Error]():          {"Type"},
}

// variableLists are the fields that contain variables as JSON.
var variableLists = map[reflect.Type][]string{
	reflect.TypeFor[event.IterationStarted](): {"Data"},
	reflect.TypeFor[event.RunFinished]():      {"Environment", "Globals"},
}

var (
	stringType = reflect.TypeFor[string]()
	fieldType  = reflect.TypeFor[event.Field]()
	cookieType = reflect.TypeFor[script.Cookie]()
	bytesType  = reflect.TypeFor[event.Bytes]()
	jsonType   = reflect.TypeFor[json.RawMessage]()
)

// value returns the masked copy of an addressable value. ok is false when
// nothing must be hidden.
func (h *hider) value(v reflect.Value) (out reflect.Value, ok bool) {
	switch v.Type() {
	case stringType:
		if s := h.text(v.String()); s != v.String() {
			return reflect.ValueOf(s), true
		}
		return v, false
	case fieldType:
		f := v.Addr().Interface().(*event.Field) // avoids the copy that v.Interface makes
		if g := h.field(*f); g != *f {
			return reflect.ValueOf(g), true
		}
		return v, false
	case jsonType:
		return replacedBytes(v, h.json(v.Bytes(), anywhere))
	case bytesType:
		return replacedBytes(v, h.body(v.Bytes()))
	}
	switch v.Kind() {
	case reflect.Pointer:
		return h.pointer(v)
	case reflect.Slice:
		return h.slice(v)
	case reflect.Struct:
		return h.structure(v)
	}
	return v, false
}

// replacedBytes returns b as a value of v's type. ok is false when b is the
// value of v itself.
func replacedBytes(v reflect.Value, b []byte) (reflect.Value, bool) {
	old := v.Bytes()
	if len(b) == len(old) && (len(b) == 0 || &b[0] == &old[0]) {
		return v, false
	}
	return reflect.ValueOf(b).Convert(v.Type()), true
}

func (h *hider) pointer(v reflect.Value) (reflect.Value, bool) {
	if v.IsNil() {
		return v, false
	}
	out, ok := h.value(v.Elem())
	if !ok {
		return v, false
	}
	p := reflect.New(v.Type().Elem())
	p.Elem().Set(out)
	return p, true
}

func (h *hider) slice(v reflect.Value) (reflect.Value, bool) {
	out, changed := v, false
	for i := range v.Len() {
		x, ok := h.value(v.Index(i))
		if !ok {
			continue
		}
		if !changed {
			out, changed = reflect.MakeSlice(v.Type(), v.Len(), v.Len()), true
			reflect.Copy(out, v)
		}
		out.Index(i).Set(x)
	}
	return out, changed
}

func (h *hider) structure(v reflect.Value) (reflect.Value, bool) {
	out, changed := v, false
	for _, p := range plans()[v.Type()] {
		x, ok := h.member(v.Field(p.index), p.kind)
		if !ok {
			continue
		}
		if !changed {
			out, changed = reflect.New(v.Type()).Elem(), true
			out.Set(v)
		}
		out.Field(p.index).Set(x)
	}
	return out, changed
}

func (h *hider) member(v reflect.Value, kind memberKind) (reflect.Value, bool) {
	switch kind {
	case variablesMember:
		return replacedBytes(v, h.json(v.Bytes(), inVariables))
	case cookieMember:
		if v.Len() > 0 {
			return reflect.ValueOf(Masked), true
		}
		return v, false
	}
	return h.value(v)
}

// field hides secrets in a header field. Of a credential it shows only the
// scheme.
func (h *hider) field(f event.Field) event.Field {
	if h.names.field(f.Name) {
		f.Value = credentialValue(f.Value)
	} else {
		f.Value = h.text(f.Value)
	}
	f.Name = h.text(f.Name)
	return f
}

// withNames returns a hider that also hides the values of these keys.
func (h *hider) withNames(keys []string) *hider {
	out := *h
	out.names.keys = append([]string(nil), h.names.keys...)
	out.names.add(keys)
	return &out
}

// Secrets returns the names of the header fields that contain a secret: a
// redirect to another origin must not send them.
func (m *Masker) Secrets(list []event.Field) []string {
	h := m.view()
	var out []string
	for _, f := range list {
		if h.names.field(f.Name) || h.text(f.Value) != f.Value {
			out = append(out, f.Name)
		}
	}
	return out
}

// A plan is a field of a struct that may contain texts.
type plan struct {
	index int
	kind  memberKind
}

type memberKind int

const (
	anyMember memberKind = iota
	variablesMember
	cookieMember
)

// plans has the text fields of each struct in events. They are computed once,
// because reflection for each event would be slow.
var plans = sync.OnceValue(func() map[reflect.Type][]plan {
	all := map[reflect.Type][]plan{}
	for _, t := range []reflect.Type{
		reflect.TypeFor[event.RunStarted](), reflect.TypeFor[event.IterationStarted](), reflect.TypeFor[event.ItemStarted](),
		reflect.TypeFor[event.ScriptFinished](), reflect.TypeFor[event.RequestFinished](), reflect.TypeFor[event.TestFinished](),
		reflect.TypeFor[event.ConsoleLogged](), reflect.TypeFor[event.Warned](), reflect.TypeFor[event.ItemFinished](),
		reflect.TypeFor[event.IterationFinished](), reflect.TypeFor[event.RunFinished](), reflect.TypeFor[event.Failure](),
	} {
		hasText(t, all)
	}
	return all
})

// hasText reports whether a type may contain texts. It adds plans for the type
// and the types in it.
func hasText(t reflect.Type, all map[reflect.Type][]plan) bool {
	switch t {
	case stringType, fieldType, jsonType, bytesType:
		return true
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		return hasText(t.Elem(), all)
	case reflect.Struct:
		return planned(t, all)
	}
	return false
}

func planned(t reflect.Type, all map[reflect.Type][]plan) bool {
	if list, ok := all[t]; ok {
		return len(list) > 0
	}
	all[t] = nil // a type may contain itself
	var list []plan
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() || slices.Contains(asWritten[t], f.Name) || !hasText(f.Type, all) {
			continue
		}
		p := plan{index: i}
		switch {
		case slices.Contains(variableLists[t], f.Name):
			p.kind = variablesMember
		case t == cookieType && f.Name == "Value":
			p.kind = cookieMember
		}
		list = append(list, p)
	}
	all[t] = list
	return len(list) > 0
}
