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
			m.WatchTicks(func(loaded bool) int {
				if loaded {
					loads++
				}
				return 0
			})
			m.Attend(&Load{})
			if got := text(t, m, `String(`+"eval("+"`"+tt.source+"`"+`))`); got != "true" {
				t.Errorf("%s, want true", got)
			}
		})
	}
}

// A text that runs again is searched only where a search found something, and
// everywhere once there is nothing any more.
func TestAttendAgain(t *testing.T) {
	const source = `(() => { const f = () => 1; for (let j = 0; j < 4; j++) (() => { for (let i = 0; i < 9 << j; i++) f(); })(); return 1; })()`
	var load Load
	searches, useful := 0, true
	m := machine(t, func(*Call) Value { return Undefined })
	m.WatchTicks(func(loaded bool) int {
		if !loaded {
			return 0
		}
		if searches++; useful && searches%3 == 1 {
			return 1
		}
		return 0
	})
	run := func() int {
		searches = 0
		m.Attend(&load)
		text(t, m, "String(eval(`"+source+"`))")
		m.Attended()
		return searches
	}
	first := run()
	found := len(*load.useful.Load())
	if first <= found || found == 0 {
		t.Fatalf("%d searches, %d of them useful: the test shows nothing", first, found)
	}
	useful = false
	if n := run(); n <= 1 || load.useful.Load() != nil {
		t.Errorf("%d searches where there was nothing any more", n)
	}
	useful = true
	if n := run(); n != first {
		t.Errorf("%d searches after all was forgotten, want %d", n, first)
	}
	m.WatchTicks(func(loaded bool) int {
		if loaded {
			searches++
		}
		return 1
	})
	if n := run(); n != found {
		t.Errorf("%d searches of a text that is known, want %d", n, found)
	}
}
