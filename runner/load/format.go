package load

import (
	"encoding/json"
	"io"
)

// A Format is a file format of reports.
type Format struct {
	Name  string // json
	What  string // description
	Write func(io.Writer, *Report) error
}

// Formats returns all formats except Text.
func Formats() []Format {
	return []Format{
		{"json", "the figures as JSON", JSON},
		{"html", "a page with charts", HTML},
		{"junit", "a test case for each threshold, as JUnit XML", JUnit},
		{"csv", "the series, a row a second", CSV},
	}
}

// JSON writes the report with its histograms. ParseReport reads this format.
func JSON(w io.Writer, r *Report) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
