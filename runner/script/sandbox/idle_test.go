package sandbox

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"postie/runner/script"
)

// opened is a realm that may serve again, on no other test's account.
func opened(t *testing.T) *realm {
	t.Helper()
	r, err := newRealm(&cache{}, true)
	if err != nil {
		t.Fatal(err)
	}
	r.vm.SetMemoryLimit(uintptr(withDefaults(script.Options{}).Memory))
	return r
}

// rummage leaves traces of all kinds: globals, prototypes, the API's own
// objects, what a machine holds on the side, and a heap that grew and shrank.
const rummage = `
	globalThis.left = 'a global';
	Array.prototype.left = Object.prototype.left = 'on a prototype';
	JSON.parse = Array.prototype.map = () => 'changed';
	delete Array.prototype.filter;
	Object.freeze(Object.prototype);
	setTimeout.left = 1;
	globalThis.ring = {}; ring.ring = ring;
	globalThis.texts = Array.from({ length: 1e4 }, (_, i) => 'text ' + i);
	new ArrayBuffer(1e6);
	globalThis.weak = new WeakRef({});
	Promise.reject(new Error('nobody handles it'));
	Promise.resolve().then(() => { globalThis.later = 1; });
	eval('globalThis.evaluated = 1' + ' '.repeat(5000));`

// traces lists what of it a script finds.
const traces = `[
	typeof left, typeof ring, typeof texts, typeof weak, typeof later, typeof evaluated, [].left, ({}).left, setTimeout.left,
	JSON.parse('1'), [1].map((n) => n + 1)[0], typeof [].filter, Object.isFrozen(Object.prototype),
].join()`

// A realm that served is what it was before.
func TestRealmIsRestored(t *testing.T) {
	r := opened(t)
	text := func(source string) string {
		t.Helper()
		v, err := r.vm.Eval(source, 0)
		if err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		s, _ := v.(string)
		return s
	}
	fresh := text(traces)
	r.vm.Restore()
	for range 3 {
		text(rummage)
		if found := text(traces); found == fresh {
			t.Fatalf("nothing is left behind: %s", found)
		}
		r.vm.Restore()
		if found := text(traces); found != fresh {
			t.Errorf("found %s, want %s", found, fresh)
		}
	}
	r.broken = true
	r.close()
}

// Realms are laid out alike in memory, so that they need not keep an image each.
func TestRealmsShareAnImage(t *testing.T) {
	opened(t).end() // it may be the first of the process, which learns names for all
	a, b := opened(t), opened(t)
	defer a.end()
	defer b.end()
	if a.vm.InUse() && !a.vm.SharesImage(b.vm) {
		t.Error("two realms have two images")
	}
}

// What must not serve again returns its heap: a realm that broke, one that
// grew, one that did not answer.
func TestRealmEnds(t *testing.T) {
	for name, spoil := range map[string]func(*realm){
		"broken": func(r *realm) { r.broken = true },
		"large": func(r *realm) {
			if _, err := r.vm.Eval(fmt.Sprintf("new ArrayBuffer(%d)", maxIdleHeap+1), 0); err != nil {
				t.Error(err)
			}
		},
		"lost":   func(r *realm) { r.vm.Revoke() },
		"single": func(r *realm) { r.reusable = false },
	} {
		r := opened(t)
		if _, err := r.vm.Eval(rummage, 0); err != nil {
			t.Fatal(err)
		}
		spoil(r)
		r.close()
		if r.vm.InUse() {
			t.Errorf("%s: its heap is in use", name)
		}
	}
}

// Warm opens as many realms as will be needed at once, and no more than may wait.
func TestWarm(t *testing.T) {
	for idle.take() != nil { // those of other tests
	}
	for _, c := range []struct{ n, want int }{{1, 1}, {3, 3}, {1000, maxIdleRealms()}} {
		<-warm(t.Context(), &opener{}, c.n)
		if n := idle.count(); n != c.want {
			t.Errorf("%d asked for: %d wait, want %d", c.n, n, c.want)
		}
	}
	for r := idle.take(); r != nil; r = idle.take() {
		r.end()
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if <-warm(ctx, &opener{}, 3); idle.count() != 0 {
		t.Error("realms are opened after the end")
	}
}

// The next sandbox gets a realm that was restored, with its own limits.
func TestRealmServesAgain(t *testing.T) {
	for idle.take() != nil { // those of other tests
	}
	r := opened(t)
	r.close()
	again, err := openRealm(&cache{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.close()
	again.vm.SetMemoryLimit(2 << 20)
	if again != r {
		t.Fatal("another realm was opened")
	}
	if _, err := r.vm.Eval(`"x".repeat(4e6)`, 0); err == nil {
		t.Error("the limit is the former's")
	}
}

// A sandbox waits for a realm that is being opened in advance, and opens none of
// its own. When that one fails, it does.
func TestTakeWaitsForWarm(t *testing.T) {
	for name, put := range map[string]*realm{"opened": {}, "failed": nil} {
		i := newIdleRealms()
		i.expect(1)
		got := make(chan *realm)
		go func() { got <- i.take() }()
		for waits := false; !waits; {
			i.mu.Lock()
			waits = i.waiting == 1
			i.mu.Unlock()
			runtime.Gosched()
		}
		if second := i.take(); second != nil {
			t.Errorf("%s: two sandboxes got one realm", name)
		}
		if put != nil {
			i.put(put)
		}
		i.expect(-1)
		if r := <-got; r != put {
			t.Errorf("%s: got %v", name, r)
		}
	}
}
