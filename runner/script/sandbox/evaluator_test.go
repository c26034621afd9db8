package sandbox

import (
	"testing"

	"modernc.org/quickjs"

	"postie/runner/script"
)

// TestEvaluatorCompilesOnce: what a long text compiled to is kept, a short
// text's is not.
func TestEvaluatorCompilesOnce(t *testing.T) {
	t.Parallel()
	r, err := openRealm(&engine{programs: cache{limit: 1 << 20}}, withDefaults(script.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	for range 3 {
		const source = "function at(x) { return eval('x + ' + ' '.repeat(5000) + 1) + (0, eval)(' '.repeat(5000) + 1) + eval('x') }; at(1)"
		if _, err := r.vm.Eval(source, quickjs.EvalGlobal); err != nil {
			t.Fatal(err)
		}
		if _, err := r.vm.Eval("at(2)", quickjs.EvalGlobal); err != nil {
			t.Fatal(err)
		}
	}
	// A function declared three times is three functions, the global scope is one.
	if got, want := len(r.binding.ready), 3+1; got != want {
		t.Errorf("%d texts are kept, want %d", got, want)
	}
}
