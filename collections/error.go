package collections

import "fmt"

// A ParseError says where in which file a document is wrong.
type ParseError struct {
	File      string
	Line, Col int // 1-based; 0 when there is no place
	Text      string
}

func (e *ParseError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.File, e.Text)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Text)
}
