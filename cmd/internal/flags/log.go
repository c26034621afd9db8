package flags

import (
	"errors"
	"io"

	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
	"postie/runner/fserror"
	"postie/runner/runlog"
)

// Logs are the flags that say how a command reads run logs.
type Logs struct{ Partial bool }

// Register defines the flags.
func (f *Logs) Register(fs *pflag.FlagSet) {
	fs.BoolVar(&f.Partial, "partial", false, "go on with a log that is not whole, or whose run ended early")
}

// Open opens a log that must hold a whole run: what is missing in a log may
// have failed. With --partial it also opens an incomplete log.
func (f *Logs) Open(name string) (*runlog.Log, io.Closer, error) {
	log, c, err := runlog.Open(name)
	if err != nil {
		return nil, nil, exit.CannotRun("run log %s: %s", name, fserror.Cause(err))
	}
	if err := log.Whole(); err != nil && !f.forgives(err) {
		c.Close()
		return nil, nil, LogError(err)
	}
	return log, c, nil
}

func (f *Logs) forgives(err error) bool {
	var lacks *runlog.Incomplete
	return f.Partial && errors.As(err, &lacks)
}

// LogError converts an error of reading a log to one that ends the program.
func LogError(err error) error {
	var lacks *runlog.Incomplete
	switch {
	case errors.As(err, &lacks):
		return &exit.Error{Code: exit.Failed, Text: lacks.Error(), Hint: "--partial goes on with what there is"}
	case errors.Is(err, runlog.ErrEmpty):
		return &exit.Error{Code: exit.NotRun, Text: "run log " + err.Error(), Hint: "postie run collection.json --log run.ndjson keeps one"}
	}
	return exit.CannotRun("run log %v", err)
}
