package mask_test

import (
	"encoding/json"
	"testing"

	"postie/collections/vars"
	"postie/runner/mask"
)

// What is written of a scope has empty secret variables, and secrets that are
// part of other values are hidden.
func TestScope(t *testing.T) {
	t.Parallel()
	m := mask.New(mask.Options{Names: []string{"mine"}})
	m.Learn("the-secret", mask.Run)
	m.Learn("12345678", mask.Run)
	in := vars.NewScope("e", vars.Variable{Key: "flagged", Value: "x", Secret: true}, vars.Variable{Key: "Mine", Value: 7.0}, vars.Variable{Key: "apiToken", Value: "x"},
		vars.Variable{Key: "token", Value: "x", Type: "default"}, vars.Variable{Key: "url", Value: "http://h/?q=the%2Dsecret"},
		vars.Variable{Key: "object", Value: json.RawMessage(`{"a":"the-secret"}`)}, vars.Variable{Key: "number", Value: 12345678.0}, vars.Variable{Key: "plain", Value: "y"})
	want := map[string]string{"flagged": "", "Mine": "", "apiToken": "", "token": "x", "url": "http://h/?q=******", "object": `{"a":"******"}`, "number": "******", "plain": "y"}
	for v := range m.Scope(in).All() {
		got := vars.Text(v.Value)
		if raw, ok := v.Value.(json.RawMessage); ok {
			got = string(raw)
		}
		if got != want[v.Key] {
			t.Errorf("%s is %q, want %q", v.Key, got, want[v.Key])
		}
	}
	if v, _ := in.Get("flagged"); v != "x" {
		t.Error("the scope itself was changed")
	}
}
