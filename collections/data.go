package collections

import (
	"io"
	"iter"

	"postie/collections/vars"
)

// Data is an iteration data file (CSV or JSON), streamed row by row.
type Data struct{}

// ReadData checks and counts the rows of src.
func ReadData(name string, src io.ReadSeeker) (*Data, error) { panic("todo") }

// Len is the number of rows.
func (d *Data) Len() int { panic("todo") }

// Rows yields one scope per row, from the first; it may be called again.
func (d *Data) Rows() iter.Seq2[*vars.Scope, error] { panic("todo") }
