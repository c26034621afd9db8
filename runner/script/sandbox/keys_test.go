//go:build amd64 || arm64

package sandbox

import (
	"testing"

	"postie/runner/script"
)

// A collator keeps no more of a text than its key.
func TestCollatorKeepsKeysAlone(t *testing.T) {
	t.Parallel()
	box, err := New().Open(t.Context(), &user{t: t}, script.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	u := &user{t: t, sandbox: box.(*sandbox)}
	u.run(`["straße one", "straße two", "straße", "ß"].sort((a, b) => a.localeCompare(b)); 0`)
	keys := u.realm.collator("en", "").keys
	if len(keys) != 4 {
		t.Errorf("%d keys, want 4", len(keys))
	}
	for text, key := range keys {
		if cap(key) > 16*len(text) {
			t.Errorf("%q: the key takes %d bytes", text, cap(key))
		}
	}
}
