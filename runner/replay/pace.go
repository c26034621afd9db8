package replay

import (
	"time"

	"postie/runner"
	"postie/runner/event"
	"postie/runner/runlog"
)

// A place is an item in an iteration; it may run there more than once.
type place struct {
	iteration int
	id        string
}

// Pace is that of the run that a log recorded: an item starts as long after the
// start of its run as it did then, or later. What the log does not hold starts
// at once.
func Pace(log *runlog.Log) (runner.Pace, error) {
	var began time.Time
	offsets := map[place][]time.Duration{}
	for e, err := range log.Events(runlog.RunStarted, runlog.ItemStarted, runlog.Outline) {
		if err != nil {
			return nil, err
		}
		switch e := e.(type) {
		case *event.RunStarted:
			began = e.Time
		case *event.ItemStarted:
			at := place{e.Cursor.Iteration, e.Item.ID}
			offsets[at] = append(offsets[at], e.Time.Sub(began))
		}
	}
	return func(cur event.Cursor, item event.ItemRef) time.Duration {
		at := place{cur.Iteration, item.ID}
		left := offsets[at]
		if len(left) == 0 {
			return 0
		}
		offsets[at] = left[1:]
		return left[0]
	}, nil
}
