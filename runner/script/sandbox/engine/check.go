package engine

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
)

// checked opens the first machine of the process. What is found amiss then is
// why the package does without heaps of its own.
var (
	checked  sync.Once
	fallback string
)

// Fallback is why machines share the plain allocator: they have no images then,
// which is slower, and Revoke does not stop them. It is empty when they have
// heaps of their own, and known once a machine was opened.
func Fallback() string { return fallback }

// ForceFallback has all machines share the plain allocator, for that reason. It
// must be called before the first is opened; it is for tests.
func ForceFallback(reason string) {
	checked.Do(func() { fallback = reason })
}

// Trust takes for granted what the first Open would check. It is for a kind of
// machine on which this version of the engine was checked before.
func Trust() { checked.Do(useOwnHeaps) }

// openChecked opens the first machine: one with a heap of its own, if it works
// as expected.
func openChecked() (*Machine, error) {
	useOwnHeaps()
	m, err := open()
	if err == nil {
		err = m.check()
	}
	if err == nil {
		return m, nil
	}
	fallback = err.Error() // m is left alone: it is not known what closing it does
	usePlainHeap()
	return open()
}

// check tries what the package knows of the engine's insides. The machine is
// afterwards what it was before.
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
	m.WatchEval(func(string) string { return "check" }, func(string) {})
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

// checkRevoke takes the memory away and gives it back.
func (h *vmHeap) checkRevoke() error {
	h.gone = h.spans()
	defer func() { h.gone = nil }()
	if err := errors.Join(h.protect(noAccess), h.protect(fullAccess)); err != nil {
		return fmt.Errorf("the engine's memory cannot be taken away: %w", err)
	}
	return nil
}

// evalsTwice has a long text evaluated where it sees a variable, and leaves
// something behind.
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
