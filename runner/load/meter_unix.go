//go:build unix

package load

import (
	"runtime"
	"syscall"
	"time"
)

// A meter measures the CPU time of this process.
type meter struct{ before time.Duration }

func newMeter() *meter { return &meter{before: used()} }

// share returns the part of all cores that the process used since the last
// call.
func (m *meter) share(since time.Duration) float64 {
	now := used()
	took := now - m.before
	m.before = now
	if since <= 0 {
		return 0
	}
	return min(float64(took)/float64(since)/float64(runtime.NumCPU()), 1)
}

func used() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
