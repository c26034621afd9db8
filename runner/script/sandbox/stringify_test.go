//go:build amd64 || arm64

package sandbox

import "testing"

// JSON.stringify of scripts is the fast one: whatever the sandbox wraps around
// it comes later.
func TestStringifyIsFast(t *testing.T) {
	t.Parallel()
	r, err := newRealm(&cache{}, true)
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	if r.vm.Accelerates() && !r.fastJSON {
		t.Error("the engine's JSON.stringify was not found")
	}
}
