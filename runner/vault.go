package runner

import (
	"postie/collections/vars"
	"postie/runner/mask"
)

// A vault shows the session's secrets to scripts. One that a script sets is
// hidden from then on.
type vault struct {
	scope *vars.Scope
	mask  *mask.Masker
}

func (v vault) Get(name string) (string, bool) {
	value, ok := v.scope.Get(name)
	return vars.Text(value), ok
}

func (v vault) Set(name, value string) {
	v.mask.Learn(value, mask.Recent)
	v.scope.SetSecret(name, value)
}

func (v vault) Unset(name string) { v.scope.Unset(name) }
