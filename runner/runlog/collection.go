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

// Collection, asked for among kinds, has RunStarted hold the whole collection,
// if the log has it; else it may hold the ids and names alone. A log of several
// runs has each collection once, with the first run of it.
//
// A line of this kind, which comes before its RunStarted, holds the collection:
// it may be as long as all others together, and those who do not ask for it
// read past it.
const Collection = "Collection"

const collectionBegins = `{"v":1,"event":"Collection",`

// collection writes the collection that a run has, which is not in
// memory.
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

// A compactor leaves out the space between the tokens of the JSON that passes
// through: a collection has the line ends of its file.
type compactor struct {
	w      io.Writer
	quoted bool // in a string
	escape bool // after a backslash
}

// Write implements io.Writer.
func (c *compactor) Write(p []byte) (int, error) {
	from := 0 // of what was not written yet
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

// isCollection reports whether a line, or the start of one, is of this kind.
func isCollection(line []byte) bool { return bytes.HasPrefix(line, []byte(collectionBegins)) }

// readLine reads a line with its end, and how long it is. Of one that holds a
// collection it is the start, unless whole is set. At the end of src the error
// is io.EOF, and the line what is left. The line lasts until the next is read.
func readLine(src *bufio.Reader, whole bool) (line []byte, size int64, err error) {
	if begins, _ := src.Peek(len(collectionBegins)); whole || !isCollection(begins) {
		line, err = src.ReadSlice('\n')
		line = slices.Clip(line) // the next begins where it ends
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

// collectionOf is what a line of this kind holds; nil when it is broken.
func collectionOf(line []byte) json.RawMessage {
	var in struct {
		Collection json.RawMessage `json:"collection"`
	}
	if json.Unmarshal(line, &in) != nil {
		return nil
	}
	return in.Collection
}
