package vars

import (
	"encoding/json"
	"iter"
	"slices"
)

// A Variable is one entry of a scope, as its file or a script wrote it.
type Variable struct {
	Key      string
	Value    Value
	Type     string // "string", "boolean", "number", "array", "object", "any" (default), "secret"
	Disabled bool
	Secret   bool // its value is masked on every surface
}

// Members are v as Postman's SDK prints it, without the braces. Types it does
// not know are "any", but for "secret", so that what is read again stays one.
func (v Variable) Members() []byte {
	var out []byte
	if v.Disabled {
		out = append(out, `"disabled":true,`...)
	}
	typ := "any"
	switch v.Type {
	case "string", "boolean", "number", "array", "object", "secret":
		typ = v.Type
	}
	out = append(out, `"type":"`+typ+`"`...)
	if _, undefined := v.Value.(Undefined); !undefined {
		out = append(append(out, `,"value":`...), JSON(v.Value)...)
	}
	return append(append(out, `,"key":`...), stringJSON(v.Key)...)
}

// A Scope is an ordered list of variables. Duplicate keys may exist; the last
// enabled one wins, as in Postman. A Scope is not safe for concurrent use.
type Scope struct {
	ID   string
	Name string
	Meta json.RawMessage // what its file says of itself (scope, export), an object; nil for none

	list  []Variable
	index map[string]int // key → its last enabled entry
}

// A Change is one mutation a script made: Value is nil when Unset, and Key is
// empty when Clear.
type Change struct {
	Key   string
	Value Value
	Unset bool
	Clear bool // of the whole scope, as Scope.Clear
}

// NewScope returns a scope that holds list, each value cast to its type.
func NewScope(name string, list ...Variable) *Scope {
	s := &Scope{Name: name, list: make([]Variable, 0, len(list)), index: make(map[string]int, len(list))}
	for _, v := range list {
		s.Add(v)
	}
	return s
}

// Get returns the value of the last enabled variable named key.
func (s *Scope) Get(key string) (Value, bool) {
	if s == nil {
		return nil, false
	}
	i, ok := s.index[key]
	if !ok {
		return nil, false
	}
	return s.list[i].Value, true
}

// Set gives the last enabled variable named key a new value, cast to the
// variable's type, or appends one when there is none.
func (s *Scope) Set(key string, v Value) {
	if i, ok := s.index[key]; ok {
		s.list[i].Value = Cast(v, s.list[i].Type)
		return
	}
	s.Add(Variable{Key: key, Value: v})
}

// SetSecret is Set for a value to be masked on every surface.
func (s *Scope) SetSecret(key string, v Value) {
	s.Set(key, v)
	s.list[s.index[key]].Secret = true
}

// Add appends v, even when its key is there already.
func (s *Scope) Add(v Variable) {
	v.Value = Cast(v.Value, v.Type)
	s.list = append(s.list, v)
	if !v.Disabled {
		if s.index == nil {
			s.index = make(map[string]int)
		}
		s.index[v.Key] = len(s.list) - 1
	}
}

// Unset removes every enabled variable named key; disabled ones stay.
func (s *Scope) Unset(key string) {
	if _, ok := s.index[key]; !ok {
		return
	}
	s.list = slices.DeleteFunc(s.list, func(v Variable) bool { return v.Key == key && !v.Disabled })
	clear(s.index)
	for i, v := range s.list {
		if !v.Disabled {
			s.index[v.Key] = i
		}
	}
}

// Clear removes every variable, disabled ones too.
func (s *Scope) Clear() {
	s.list = nil
	clear(s.index)
}

// Len counts the variables, disabled ones too.
func (s *Scope) Len() int {
	if s == nil {
		return 0
	}
	return len(s.list)
}

// All yields the variables in order, disabled ones too.
func (s *Scope) All() iter.Seq[Variable] {
	return func(yield func(Variable) bool) {
		if s == nil {
			return
		}
		for _, v := range s.list {
			if !yield(v) {
				return
			}
		}
	}
}

// Clone returns an independent copy, nil for nil.
func (s *Scope) Clone() *Scope {
	if s == nil {
		return nil
	}
	c := NewScope(s.Name, s.list...)
	c.ID, c.Meta = s.ID, s.Meta
	return c
}

// Apply makes the changes of a script, in order.
func (s *Scope) Apply(changes []Change) {
	for _, c := range changes {
		switch {
		case c.Clear:
			s.Clear()
		case c.Unset:
			s.Unset(c.Key)
		default:
			s.Set(c.Key, c.Value)
		}
	}
}
