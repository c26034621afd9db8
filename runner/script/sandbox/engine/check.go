package engine

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
)

// checked opens and checks the first machine of the process. When the check
// fails, fallback is the reason why machines share the plain allocator.
var (
	checked  sync.Once
	fallback string
)

// Fallback returns why machines share the plain allocator: they then have no
// images, which is slower, and Revoke does not stop them. It returns "" when
// machines have heaps of their own, and is known after the first Open.
func Fallback() string { return fallback }

// ForceFallback makes all machines share the plain allocator, with this reason.
// It is for tests, and must be called before the first Open.
func ForceFallback(reason string) {
	checked.Do(func() { fallback = reason })
}

// Trust skips the check of the first Open. Use it on a platform where this
// version of the engine was checked before.
func Trust() { checked.Do(useOwnHeaps) }

// openChecked opens the first machine: with a heap of its own if that works as
// expected.
func openChecked() (*Machine, error) {
	useOwnHeaps()
	m, err := open()
	if err == nil {
		err = m.check()
	}
	if err == nil {
		return m, nil
	}
	fallback = err.Error() // m is not closed, because closing it may do anything
	usePlainHeap()
	return open()
}

// check checks what this package assumes about the engine's internal layout. It
// leaves the machine as it was.
func (m *Machine) check() (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the engine's memory is laid out in another way: %v", p)
		}
	}()
	if m.heap == nil {
		return errors.New("the engine takes its memory from elsewhere")
	}
	if !m.Freeze(&Images{}) {
		return errors.New("the engine's memory cannot be copied")
	}
	m.WatchEval(func(string) string { return "check" }, func(string) func() { return nil })
	if err := m.expect(evalsTwice, "3,30"); err != nil {
		return err
	}
	m.Restore()
	m.evaluator = nil
	if err := m.expect(whatIsLeft, "undefined,number,6"); err != nil {
		return err
	}
	m.Restore()
	m.heap.thaw()
	return m.heap.checkRevoke()
}

// checkRevoke revokes the memory and restores it.
func (h *vmHeap) checkRevoke() error {
	h.gone = h.spans()
	defer func() { h.gone = nil }()
	if err := errors.Join(h.protect(noAccess), h.protect(fullAccess)); err != nil {
		return fmt.Errorf("the engine's memory cannot be taken away: %w", err)
	}
	return nil
}

// evalsTwice evaluates a long text where a local variable is visible, and
// changes the machine.
const evalsTwice = `
	var left = Array.from({ length: 64 }, (_, i) => ({ i }));
	delete Math.sin;
	(() => {
		const text = 'x + 2 * x' + ' '.repeat(5000);
		const at = (x) => eval(text);
		return [at(1), at(10)].join();
	})()`

const whatIsLeft = `[typeof left, typeof Math.sin(0), [1, 2, 3].reduce((a, b) => a + b)].join()`

func (m *Machine) expect(source, want string) error {
	got, err := m.Eval(source, 0)
	if err != nil {
		return fmt.Errorf("the engine does not work with a heap of its own: %w", err)
	}
	if got != want {
		return fmt.Errorf("the engine does not work with a heap of its own: it answers %v, not %s", got, want)
	}
	return nil
}
