package packages_test

import (
	"context"
	"testing"

	"postie/runner/script"
	"postie/runner/script/sandbox"
)

// one is a host of a single library.
type one struct {
	bench
	library script.Library
}

func (o *one) Library(context.Context, string) (*script.Library, error) { return &o.library, nil }

func answer(t *testing.T, lib script.Library) string {
	t.Helper()
	o := &one{library: lib}
	box, err := sandbox.New().Open(t.Context(), o, script.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	_, err = box.Run(t.Context(), &script.Script{Listen: script.Test, Source: "pm.test(require('x').name, () => {})"}, &script.Context{})
	if err != nil || len(o.tests) != 1 {
		t.Fatal(err, o.tests)
	}
	return o.tests[0].Name
}

// TestBytecode: it stands for its source, and for no other.
func TestBytecode(t *testing.T) {
	t.Parallel()
	code, err := sandbox.CompileLibrary("x", "exports.name = 'a'")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		lib  script.Library
		want string
	}{
		{"its source", script.Library{Source: "exports.name = 'a'", Bytecode: code}, "a"},
		{"another source", script.Library{Source: "exports.name = 'b'", Bytecode: code}, "b"},
		{"too short", script.Library{Source: "exports.name = 'b'", Bytecode: code[:20]}, "b"},
	} {
		if got := answer(t, test.lib); got != test.want {
			t.Errorf("%s: %q, not %q", test.name, got, test.want)
		}
	}
}

func BenchmarkRequireLodash(b *testing.B) {
	s := store(b)
	b.ReportAllocs()
	for b.Loop() {
		run(b, s, "require('lodash')")
	}
}
