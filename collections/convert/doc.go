// Package convert turns other descriptions of requests into Postman
// collections, and collections into Postman's v3 directories of YAML files.
// Nothing is dropped in silence: what has no place on the other side is a
// [Note].
package convert

import "fmt"

// A Note is about something the other format cannot hold, or that deserves a
// word.
type Note struct {
	File string // "" when the input is one text
	Line int    // 0 when unknown
	Text string
}

// String is the note with its place, as it is printed.
func (n Note) String() string {
	switch {
	case n.File == "":
		return n.Text
	case n.Line == 0:
		return n.File + ": " + n.Text
	}
	return fmt.Sprintf("%s:%d: %s", n.File, n.Line, n.Text)
}
