package runner

import (
	"sync"

	"postie/collections/vars"
	"postie/runner/mask"
)

// A vault shows the session's secrets to scripts. One that a script sets is
// hidden from then on. Requests that scripts run begin and end side by side, so
// it may be used from several goroutines.
type vault struct {
	mask  *mask.Masker
	mu    sync.Mutex
	scope *vars.Scope
	given bool // the run was given one, or a script has set something
}

func (v *vault) Get(name string) (string, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	value, ok := v.scope.Get(name)
	return vars.Text(value), ok
}

func (v *vault) Set(name, value string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.mask.Learn(value, mask.Recent)
	v.scope.SetSecret(name, value)
	v.given = true
}

func (v *vault) Unset(name string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.scope.Unset(name)
}

// Given implements script.Vault.
func (v *vault) Given() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.given
}

// copy is the secrets as they are now, nil when there is no vault.
func (v *vault) copy() *vars.Scope {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.given {
		return nil
	}
	return v.scope.Clone()
}

// apply makes the changes of a request that a script ran.
func (v *vault) apply(changes []vars.Change) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, c := range changes {
		v.given = true
		if c.Unset {
			v.scope.Unset(c.Key)
		} else {
			v.scope.SetSecret(c.Key, c.Value)
		}
	}
}
