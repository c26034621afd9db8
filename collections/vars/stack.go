package vars

// A Stack looks a name up: local, data, environment, collection, globals,
// then the dynamic values. Any layer may be nil.
type Stack struct {
	Local, Data, Environment, Collection, Globals *Scope
	Dynamic                                       *Dynamic
}

// Get returns the value of the first layer that has name enabled. Dynamic
// values are not looked up here.
func (s *Stack) Get(name string) (Value, bool) { panic("todo") }

// Expand replaces {{name}}, and <<name>> when name is defined. Names that no
// layer defines stay as written.
func (s *Stack) Expand(text string) string { panic("todo") }

// Unresolved returns the names of the {{templates}} left in text that no
// layer defines, each once, in order.
func (s *Stack) Unresolved(text string) []string { panic("todo") }

// Closest returns the defined name most like name, or "" when none is near.
func (s *Stack) Closest(name string) string { panic("todo") }
