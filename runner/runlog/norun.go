package runlog

import (
	"bytes"
	"io"
)

// norun is the only line of a log without a run.
const norun = `{"v":1,"event":"NoRun"}`

// WriteNoRun writes the log of a part of a run that had nothing to do. An empty
// file does not say this: a process leaves one when it ends before it has
// written anything.
func WriteNoRun(w io.Writer) error {
	_, err := io.WriteString(w, norun+"\n")
	return err
}

func isNoRun(line []byte) bool { return bytes.HasPrefix(line, []byte(norun)) }
