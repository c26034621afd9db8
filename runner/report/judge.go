package report

import (
	"iter"
	"slices"

	"postie/runner/criteria"
	"postie/runner/event"
	"postie/runner/runlog"
)

// Judge looks at the parts of a run that were merged: the bounds on the whole
// run, which no part could judge, are in their logs. When one is missed the
// last run of the log that it returns ends with that failure, which is nil
// otherwise.
func Judge(log Log) (Log, *event.Failure, error) {
	var texts []string
	runs := 0
	for e, err := range log.Events(runlog.RunStarted) {
		if err != nil {
			return nil, nil, err
		}
		start, ok := e.(*event.RunStarted)
		if !ok {
			continue
		}
		runs++
		for _, text := range start.Criteria {
			if !slices.Contains(texts, text) {
				texts = append(texts, text)
			}
		}
	}
	if len(texts) == 0 {
		return log, nil, nil
	}
	checks, err := criteria.ParseRunWide(texts)
	if err != nil {
		return nil, nil, err
	}
	var whole event.Result
	for e, err := range log.Events(runlog.Outline) {
		if err != nil {
			return nil, nil, err
		}
		whole.Add(e)
	}
	missed := checks.Run(&whole.Summary, &whole.Times)
	if missed == nil {
		return log, nil, nil
	}
	return judged{log, runs, missed}, missed, nil
}

// A judged log ends with a failure of the whole.
type judged struct {
	Log
	runs   int
	missed *event.Failure
}

// Events implements Log.
func (j judged) Events(kinds ...string) iter.Seq2[event.Event, error] {
	return func(yield func(event.Event, error) bool) {
		ended := 0
		for e, err := range j.Log.Events(kinds...) {
			if end, ok := e.(*event.RunFinished); ok {
				if ended++; ended == j.runs && end.Err == nil {
					end.Err = j.missed
					end.Summary.FailureCount++
				}
			}
			if !yield(e, err) {
				return
			}
		}
	}
}
