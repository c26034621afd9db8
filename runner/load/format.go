package load

import (
	"encoding/json"
	"io"
)

// A Format is a form that a report can be written in.
type Format struct {
	Name  string // json
	What  string // what is written, in words
	Write func(io.Writer, *Report) error
}

// Formats are those there are, but for Text.
func Formats() []Format {
	return []Format{
		{"json", "the figures as JSON", JSON},
		{"html", "a page with charts", HTML},
		{"junit", "a test case for each threshold, as JUnit XML", JUnit},
		{"csv", "the series, a row a second", CSV},
	}
}

// JSON writes the report with its histograms, as ParseReport reads it.
func JSON(w io.Writer, r *Report) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
