package vars

import "strings"

// A Stack looks a name up: local, data, environment, collection, globals,
// then the dynamic values. Any layer may be nil.
type Stack struct {
	Local, Data, Environment, Collection, Globals *Scope
	Dynamic                                       *Dynamic

	Vault *Scope // secrets; in templates by their names after "vault:"
}

// vaultPrefix starts the name of a secret of the vault in a template.
const vaultPrefix = "vault:"

// layers are the scopes from the strongest to the weakest.
func (s *Stack) layers() [5]*Scope {
	return [5]*Scope{s.Local, s.Data, s.Environment, s.Collection, s.Globals}
}

// Get returns the value of the first layer that has name enabled. Dynamic
// values are not looked up here.
func (s *Stack) Get(name string) (Value, bool) {
	v, _, ok := s.find(name)
	return v, ok
}

// find also returns the layer that has name.
func (s *Stack) find(name string) (Value, *Scope, bool) {
	if secret, ok := strings.CutPrefix(name, vaultPrefix); ok {
		if v, ok := s.Vault.Get(secret); ok {
			return v, s.Vault, true
		}
	}
	for _, layer := range s.layers() {
		if v, ok := layer.Get(name); ok {
			return v, layer, true
		}
	}
	return nil, nil, false
}

// text is what a template of name becomes.
func (s *Stack) text(name string) (string, bool) {
	if v, layer, ok := s.find(name); ok {
		return Text(v), !s.blank(v, layer)
	}
	if s.Dynamic == nil || !strings.HasPrefix(name, "$") {
		return "", false
	}
	v, ok := s.Dynamic.Value(name)
	return Text(v), ok
}

// resolves reports whether text would give name a text, without making one.
func (s *Stack) resolves(name string) bool {
	if v, layer, ok := s.find(name); ok {
		return !s.blank(v, layer)
	}
	return s.Dynamic != nil && isDynamic(name)
}

// blank reports a null in a data row: it hides the layers below, yet its
// template stays as written. A null elsewhere has the text "null".
func (s *Stack) blank(v Value, layer *Scope) bool {
	_, undefined := v.(Undefined)
	return layer == s.Data && (v == nil || undefined)
}
