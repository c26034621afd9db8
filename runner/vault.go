package runner

import (
	"encoding/json"
	"sync"

	"github.com/tidwall/gjson"

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

func (v *vault) Get(name string) (vars.Value, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.scope.Get(name)
}

func (v *vault) Set(name string, value vars.Value) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if compound, ok := value.(json.RawMessage); ok {
		v.hide(gjson.ParseBytes(compound))
	} else {
		v.mask.Learn(vars.Text(value), mask.Recent)
	}
	v.scope.SetSecret(name, value)
	v.given = true
}

// hide hides the values within an object or a list.
func (v *vault) hide(value gjson.Result) {
	if !value.IsObject() && !value.IsArray() {
		v.mask.Learn(value.String(), mask.Recent)
		return
	}
	value.ForEach(func(_, part gjson.Result) bool {
		v.hide(part)
		return true
	})
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
