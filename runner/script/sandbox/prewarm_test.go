package sandbox

import "testing"

// A machine is opened in advance only for scripts that need one.
func TestPrewarmLooksAtScripts(t *testing.T) {
	t.Parallel()
	const plain = `{"exec":["pm.test('status', () => {","  pm.response.to.have.status(200);","});"]}`
	for _, c := range []struct {
		name, document string
		want           bool
	}{
		{"no script", `{"item":[{"name":"a"}]}`, false},
		{"a plain script", `{"event":[{"script":` + plain + `}]}`, false},
		{"an empty script", `{"exec":[""]}`, false},
		{"a name that is exec", `{"name":"exec","key":"exec"}`, false},
		{"a class", `{"a":` + plain + `,"b":{"exec" : ["class A {}", "new A();"]}}`, true},
		{"a text", `{"exec":"class A {}"}`, true},
	} {
		if got := NewPrewarm(1).needsMachine([]byte(c.document)); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
