// Package convert turns other descriptions of requests into Postman
// collections, and collections into the directories of YAML files of Postman's
// v3 format. Nothing is dropped silently: for what the other format cannot
// express there is a [Note].
package convert

import "fmt"

// A Note says what the other format cannot express, or what deserves attention.
type Note struct {
	File string // "" when the input is a single text
	Line int    // 0 when unknown
	Text string
}

// String returns the note with its place, as it is printed.
func (n Note) String() string {
	switch {
	case n.File == "":
		return n.Text
	case n.Line == 0:
		return n.File + ": " + n.Text
	}
	return fmt.Sprintf("%s:%d: %s", n.File, n.Line, n.Text)
}
