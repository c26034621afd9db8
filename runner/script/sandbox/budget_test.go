package sandbox

import (
	"math"
	"testing"
	"time"
)

// A script's time: by default what it keeps the engine busy for, else all.
func TestBudget(t *testing.T) {
	b := newBudget(0)
	if b.left() != defaultTimeout || b.wait() != math.MaxInt64 {
		t.Errorf("at first %v, waiting %v", b.left(), b.wait())
	}
	b.began = b.began.Add(-time.Hour) // it waited
	b.spend(time.Now().Add(-10 * time.Second))
	if left := b.left(); left > 20*time.Second || left < 19*time.Second {
		t.Errorf("after ten seconds of work %v are left", left)
	}
	b = newBudget(time.Minute)
	if left := b.left(); left > time.Minute || left < 59*time.Second || b.wait() > left {
		t.Errorf("of a minute %v are left, waiting %v", left, b.wait())
	}
	b.began = b.began.Add(-2 * time.Minute)
	if b.left() > 0 || b.wait() > 0 || b.more() != 0 {
		t.Errorf("after two minutes %v are left", b.left())
	}
}

// Where the processor was somebody else's, a script whose time is over goes on;
// where it was the script's, it does not.
func TestBudgetOfStarvedMachine(t *testing.T) {
	now, ok := processTime()
	if !ok {
		t.Skip("no clock of the process")
	}
	b := newBudget(0)
	b.used = defaultTimeout + time.Second // by the clock
	if more := b.more(); more <= 0 || b.left() <= 0 {
		t.Errorf("%v more for a script that was not at work", more)
	}
	b.before.used = now - time.Duration(running.Load()+1)*(defaultTimeout+time.Minute)
	if more := b.more(); more > 0 {
		t.Errorf("%v more for a script that was at work", more)
	}
}
