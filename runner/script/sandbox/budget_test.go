package sandbox

import (
	"math"
	"testing"
	"testing/synctest"
	"time"
)

// A script's time: by default what it keeps the engine busy for, else all.
func TestBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(0)
		if b.left() != defaultTimeout || b.wait() != math.MaxInt64 {
			t.Errorf("at first %v, waiting %v", b.left(), b.wait())
		}
		time.Sleep(time.Hour) // it waits
		began := time.Now()
		time.Sleep(10 * time.Second)
		b.spend(began)
		if left := b.left(); left != defaultTimeout-10*time.Second {
			t.Errorf("after ten seconds of work %v are left", left)
		}
		b = newBudget(time.Minute)
		time.Sleep(20 * time.Second)
		if left := b.left(); left != 40*time.Second || b.wait() != left {
			t.Errorf("of a minute %v are left, waiting %v", left, b.wait())
		}
		time.Sleep(time.Minute)
		if b.left() > 0 || b.wait() > 0 || b.more() != 0 {
			t.Errorf("after more than a minute %v are left", b.left())
		}
	})
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
