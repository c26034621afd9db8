package main

import (
	"time"

	"postie/runner"
	"postie/runner/event"
	"postie/runner/runlog"
)

// A start is a place in a run: an item may run more than once in an iteration.
type start struct {
	iteration int
	id        string
}

// paceOf is that of the run that the log recorded; what it does not hold
// starts at once.
func paceOf(name string) (runner.Pace, error) {
	log, c, err := runlog.Open(name)
	if err != nil {
		return nil, cannotRun("run log %s: %s", name, plainCause(err))
	}
	defer c.Close()
	var began time.Time
	offsets := map[start][]time.Duration{}
	for e, err := range log.Events(runlog.RunStarted, runlog.ItemStarted) {
		if err != nil {
			return nil, cannotRun("run log %v", err)
		}
		switch e := e.(type) {
		case *event.RunStarted:
			began = e.Time
		case *event.ItemStarted:
			at := start{e.Cursor.Iteration, e.Item.ID}
			offsets[at] = append(offsets[at], e.Time.Sub(began))
		}
	}
	return func(cur event.Cursor, item event.ItemRef) time.Duration {
		at := start{cur.Iteration, item.ID}
		left := offsets[at]
		if len(left) == 0 {
			return 0
		}
		offsets[at] = left[1:]
		return left[0]
	}, nil
}
