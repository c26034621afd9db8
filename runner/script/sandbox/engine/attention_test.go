//go:build amd64 || arm64

package engine

import "testing"

// A library is told of before the script calls it: once what loads it is over,
// wherever that is.
func TestAttend(t *testing.T) {
	for _, tt := range []struct{ name, source string }{
		{"at the top", `const lib = (() => { let n = 0; const f = () => n++; for (let i = 0; i < 50; i++) f(); return { seen: () => native() }; })(); lib.seen() > 0`},
		{"within a function", `(() => { const f = () => 1; (() => { for (let i = 0; i < 50; i++) f(); })(); return (() => native())() > 0; })()`},
		{"after little", `(() => { const f = () => 1; f(); f(); return (() => native())() === 0; })()`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			told := 0
			m := machine(t, func(*Call) Value { return Number(float64(told)) })
			m.WatchTicks(func(loaded bool) {
				if loaded {
					told++
				}
			})
			m.Attend()
			if got := text(t, m, `String(`+"eval("+"`"+tt.source+"`"+`))`); got != "true" {
				t.Errorf("%s, want true", got)
			}
		})
	}
}
