package report

import (
	"iter"

	"postie/runner/event"
)

// Merge is the logs as one of several runs, in order.
func Merge(logs ...Log) Log {
	if len(logs) == 1 {
		return logs[0]
	}
	return merged(logs)
}

type merged []Log

// Events implements Log.
func (m merged) Events(kinds ...string) iter.Seq2[event.Event, error] {
	return func(yield func(event.Event, error) bool) {
		base := 0
		for _, log := range m {
			last := -1
			for e, err := range log.Events(kinds...) {
				if err != nil {
					yield(nil, err)
					return
				}
				last = max(last, event.HeadOf(e).Cursor.Run)
				event.HeadOf(e).Cursor.Run += base
				if !yield(e, nil) {
					return
				}
			}
			base += last + 1
		}
	}
}
