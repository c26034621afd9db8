package vars

import "iter"

// A Variable is one entry of a scope, as its file or a script wrote it.
type Variable struct {
	Key      string
	Value    Value
	Type     string // "string", "boolean", "number", "array", "object", "any" (default), "secret"
	Disabled bool
	Secret   bool // its value is masked on every surface
}

// A Scope is an ordered list of variables. Duplicate keys may exist; the last
// enabled one wins, as in Postman. A Scope is not safe for concurrent use.
type Scope struct {
	ID   string
	Name string

	list  []Variable
	index map[string]int
}

// A Change is one mutation a script made: Value is nil when Unset.
type Change struct {
	Key   string
	Value Value
	Unset bool
}

func NewScope(name string, list ...Variable) *Scope { panic("todo") }

func (s *Scope) Get(key string) (Value, bool) { panic("todo") }
func (s *Scope) Set(key string, v Value)      { panic("todo") }
func (s *Scope) Unset(key string)             { panic("todo") }
func (s *Scope) Clear()                       { panic("todo") }
func (s *Scope) Len() int                     { panic("todo") }
func (s *Scope) All() iter.Seq[Variable]      { panic("todo") }
func (s *Scope) Clone() *Scope                { panic("todo") }
func (s *Scope) Apply(changes []Change)       { panic("todo") }
func (s *Scope) Add(v Variable)               { panic("todo") }
