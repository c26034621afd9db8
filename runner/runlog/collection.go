package runlog

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"postie/runner/event"
)

// Collection, as one of the kinds asked for, makes RunStarted contain the whole
// collection if the log has it. Otherwise RunStarted may contain only ids and
// names. A log of several runs has each collection once, with the first run of
// it.
//
// The collection is in a line of this kind before its RunStarted. The line may
// be as long as all others together; readers that do not ask for it skip it.
const Collection = "Collection"

const collectionBegins = `{"v":1,"event":"Collection",`

// collection writes the collection of a run, which is not in memory.
func (l *Writer) collection(e *event.RunStarted) error {
	cursor, err := json.Marshal(e.Cursor)
	if err != nil {
		return fmt.Errorf("run log: %w", err)
	}
	if _, err := fmt.Fprintf(l.out, `%s"cursor":%s,"collection":`, collectionBegins, cursor); err != nil {
		return err
	}
	if err := e.Print(&compactor{w: l.out}); err != nil {
		return err
	}
	_, err = l.out.WriteString("}\n")
	return err
}

// A compactor removes the white space between the tokens of the JSON that is
// written to it, because a collection has the line ends of its file.
type compactor struct {
	w      io.Writer
	quoted bool // in a string
	escape bool // after a backslash
}

// Write implements io.Writer.
func (c *compactor) Write(p []byte) (int, error) {
	from := 0 // start of what was not written yet
	for i, b := range p {
		switch {
		case c.escape:
			c.escape = false
		case c.quoted:
			c.escape, c.quoted = b == '\\', b != '"'
		case b == '"':
			c.quoted = true
		case b == ' ' || b == '\n' || b == '\r' || b == '\t':
			if _, err := c.w.Write(p[from:i]); err != nil {
				return from, err
			}
			from = i + 1
		}
	}
	if _, err := c.w.Write(p[from:]); err != nil {
		return from, err
	}
	return len(p), nil
}

// isCollection reports whether a line, or the start of a line, has this kind.
func isCollection(line []byte) bool { return bytes.HasPrefix(line, []byte(collectionBegins)) }

// readLine reads a line with its end, and returns its length. Of a line with a
// collection it returns only the start, unless whole is set. At the end of src
// the error is io.EOF, and the line is what is left. The line is valid until
// the next call.
func readLine(src *bufio.Reader, whole bool) (line []byte, size int64, err error) {
	if begins, _ := src.Peek(len(collectionBegins)); whole || !isCollection(begins) {
		line, err = src.ReadSlice('\n')
		line = slices.Clip(line) // the next line begins where it ends
		if errors.Is(err, bufio.ErrBufferFull) {
			var rest []byte
			line = bytes.Clone(line)
			rest, err = src.ReadBytes('\n')
			line = append(line, rest...)
		}
		return line, int64(len(line)), err
	}
	for {
		part, err := src.ReadSlice('\n')
		if size += int64(len(part)); line == nil {
			line = bytes.Clone(part)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, size, err
		}
	}
}

// collectionOf returns the collection in a line of this kind, or nil when it is
// invalid.
func collectionOf(line []byte) json.RawMessage {
	var in struct {
		Collection json.RawMessage `json:"collection"`
	}
	if json.Unmarshal(line, &in) != nil {
		return nil
	}
	return in.Collection
}
