package sandbox

import (
	"slices"
	"testing"

	"postie/runner/script"
)

// A machine returns its heap, all of it, when it closes; a large one is
// unmapped, and a small one serves the next machine.
func TestHeapsAreReturned(t *testing.T) {
	is := func(h *vmHeap) (live, idle bool) {
		heaps.Lock()
		defer heaps.Unlock()
		return heaps.live[h], slices.Contains(heaps.idle, h)
	}
	vm, err := newVM()
	if err != nil {
		t.Fatal(err)
	}
	b := bind(vm)
	h := b.heap()
	if live, idle := is(h); !live || idle {
		t.Errorf("at work: live %v, idle %v", live, idle)
	}
	if _, err := vm.Eval(`"x".repeat(1e6).length`, 0); err != nil {
		t.Error(err)
	}
	if h.peak < 1e6 {
		t.Errorf("peak %d", h.peak)
	}
	heaps.Lock()
	heaps.idle = nil // others' must not crowd it out
	heaps.Unlock()
	if err := vm.Close(); err != nil {
		t.Error(err)
	}
	if live, idle := is(h); live || !idle {
		t.Errorf("closed: live %v, idle %v", live, idle)
	}
	large := &vmHeap{peak: maxIdle + 1}
	retire(large)
	if _, idle := is(large); idle {
		t.Error("a large heap is kept")
	}
}

// A realm that closes gives back all of its heap at once, whatever scripts left
// in it, and also when its machine can run no more.
func TestRealmDropsItsHeap(t *testing.T) {
	for _, stopped := range []bool{false, true} {
		r, err := openRealm(&engine{}, withDefaults(script.Options{}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.vm.Eval(`globalThis.ring = {}; ring.ring = ring; globalThis.texts = Array.from({length: 1e4}, (_, i) => "text " + i)`, 0); err != nil {
			t.Error(err)
		}
		if stopped {
			r.binding.abandon(r.vm)
		}
		h := r.binding.heap()
		if len(h.blocks) < 100 {
			t.Errorf("%d blocks in use", len(h.blocks))
		}
		r.close()
		heaps.Lock()
		live := heaps.live[h]
		heaps.Unlock()
		if len(h.blocks) > 0 || live {
			t.Errorf("stopped %v: %d blocks in use, live %v", stopped, len(h.blocks), live)
		}
	}
}

// The limit on memory is kept by machines with heaps of their own.
func TestHeapLimit(t *testing.T) {
	vm, err := newVM()
	if err != nil {
		t.Fatal(err)
	}
	defer vm.Close()
	vm.SetMemoryLimit(4 << 20)
	for _, source := range []string{`"x".repeat(8e6)`, `const a = []; for (;;) a.push({});`, `new ArrayBuffer(8e6)`} {
		if _, err := vm.Eval(source, 0); err == nil {
			t.Errorf("%s stays within 4 MB", source)
		}
	}
	if _, err := vm.Eval(`1 + 1`, 0); err != nil {
		t.Error(err)
	}
}
