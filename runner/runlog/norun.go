package runlog

import (
	"bytes"
	"io"
)

// norun is the line of a log that no run was to be written to.
const norun = `{"v":1,"event":"NoRun"}`

// WriteNoRun writes the log of a part of a run that had nothing to do. An empty
// file is not one: that is left by a process that ended before it wrote anything.
func WriteNoRun(w io.Writer) error {
	_, err := io.WriteString(w, norun+"\n")
	return err
}

func isNoRun(line []byte) bool { return bytes.HasPrefix(line, []byte(norun)) }
