//go:build amd64 || arm64

package engine

import "testing"

// The callback runs once the code that loads a library has ended, wherever that
// is, and so before the script calls the library.
func TestAttend(t *testing.T) {
	for _, tt := range []struct{ name, source string }{
		{"at the top", `const lib = (() => { let n = 0; const f = () => n++; for (let i = 0; i < 50; i++) f(); return { seen: () => native() }; })(); lib.seen() > 0`},
		{"within a function", `(() => { const f = () => 1; (() => { for (let i = 0; i < 50; i++) f(); })(); return (() => native())() > 0; })()`},
		{"after little", `(() => { const f = () => 1; f(); f(); return (() => native())() === 0; })()`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			loads := 0
			m := machine(t, func(*Call) Value { return Number(float64(loads)) })
			m.WatchTicks(func(loaded bool) {
				if loaded {
					loads++
				}
			})
			m.Attend()
			if got := text(t, m, `String(`+"eval("+"`"+tt.source+"`"+`))`); got != "true" {
				t.Errorf("%s, want true", got)
			}
		})
	}
}
