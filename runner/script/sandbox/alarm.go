package sandbox

import (
	"errors"
	"math"
	"sync"
	"time"

	"postie/runner/script/sandbox/engine"
)

// An alarm revokes the memory of a machine that does not answer. The engine
// interrupts JavaScript in time, but not its own native code: a sort of two
// billion holes takes minutes.
type alarm struct {
	vm *engine.Machine

	mu    sync.Mutex
	timer *time.Timer
	set   bool
	more  func() time.Duration // returns extra time when the alarm goes off; nil: there is none
}

// grace is how long native code may go on after a script's time is up.
const grace = time.Second

var errStuck = errors.New("the JavaScript engine does not answer")

func newAlarm(vm *engine.Machine) *alarm {
	a := &alarm{vm: vm}
	a.timer = time.AfterFunc(math.MaxInt64, a.goOff)
	a.timer.Stop()
	return a
}

// goOff revokes the machine's memory, unless the script gets more time.
func (a *alarm) goOff() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.set {
		return
	}
	if a.more != nil {
		if d := a.more(); d > 0 {
			a.timer.Reset(d + grace)
			return
		}
	}
	a.vm.Revoke()
}

// start sets the alarm.
func (a *alarm) start(in time.Duration, more func() time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.timer.Reset(in)
	a.set, a.more = true, more
}

// hasten makes an alarm that is set go off after the given time, without extra
// time.
func (a *alarm) hasten(in time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.set {
		a.timer.Reset(in)
		a.more = nil
	}
}

// stop turns the alarm off. It reports whether the machine still has its
// memory.
func (a *alarm) stop() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.set = false
	a.timer.Stop()
	return !a.vm.Revoked()
}

// run calls f, which works on the machine. When f takes longer than the limit
// plus grace, the realm is given up.
func (r *realm) run(within time.Duration, more func() time.Duration, f func() (any, error)) (any, error) {
	running.Add(1)
	defer running.Add(-1)
	r.alarm.start(within+grace, more)
	got, err := r.vm.Guard(f)
	if !r.alarm.stop() {
		r.broken = true
		return nil, errStuck
	}
	r.broken = r.broken || errors.Is(err, engine.ErrPanicked)
	return got, err
}

// lost reports whether the machine's memory was revoked.
func (r *realm) lost() bool { return r.vm.Revoked() }
