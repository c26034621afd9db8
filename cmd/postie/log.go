package main

import (
	"errors"
	"io"

	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
	"postie/runner/fserror"
	"postie/runner/runlog"
)

// logFlags say how the run logs that a command reads are taken.
type logFlags struct{ partial bool }

func (f *logFlags) register(fs *pflag.FlagSet) {
	fs.BoolVar(&f.partial, "partial", false, "go on with a log that is not whole, or whose run ended early")
}

// open opens a log that holds a whole run. What another does not hold is not
// known to have passed: it fails, but with --partial.
func (f *logFlags) open(name string) (*runlog.Log, io.Closer, error) {
	log, c, err := runlog.Open(name)
	if err != nil {
		return nil, nil, exit.CannotRun("run log %s: %s", name, fserror.Cause(err))
	}
	if err := log.Whole(); err != nil && !f.forgives(err) {
		c.Close()
		return nil, nil, logError(err)
	}
	return log, c, nil
}

func (f *logFlags) forgives(err error) bool {
	var lacks *runlog.Incomplete
	return f.partial && errors.As(err, &lacks)
}

// logError is what reading a log ends with.
func logError(err error) error {
	var lacks *runlog.Incomplete
	switch {
	case errors.As(err, &lacks):
		return &exit.Error{Code: exit.Failed, Text: lacks.Error(), Hint: "--partial goes on with what there is"}
	case errors.Is(err, runlog.ErrEmpty):
		return &exit.Error{Code: exit.NotRun, Text: "run log " + err.Error(), Hint: "postie run collection.json --log run.ndjson keeps one"}
	}
	return exit.CannotRun("run log %v", err)
}
