package collections

import "fmt"

// A ParseError says what is wrong in a document, with file, line and column.
type ParseError struct {
	File      string
	Line, Col int // from 1; 0 when unknown
	Text      string
}

// Error implements error.
func (e *ParseError) Error() string {
	switch {
	case e.Line == 0:
		return fmt.Sprintf("%s: %s", e.File, e.Text)
	case e.Col == 0:
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Text)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Text)
}
