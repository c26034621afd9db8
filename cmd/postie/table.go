package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"postie/cmd/internal/term"
	"postie/runner"
	"postie/runner/report"
)

// A table is requests by runs: what became of each.
type table struct {
	names []string
	rows  []string
	cells map[string]map[int]cell
}

// A cell is one request in one run, over its iterations.
type cell struct {
	ran, failed bool
	code        int
}

func newTable(names []string) *table {
	return &table{names: names, cells: map[string]map[int]cell{}}
}

// Report implements runner.Reporter.
func (t *table) Report(e runner.Event, _ *runner.Summary) error {
	switch e := e.(type) {
	case *runner.ItemStarted:
		t.update(e.Item, e.Cursor.Run, func(c *cell) { c.ran = true })
	case *runner.RequestFinished:
		if e.Source == "item" || e.Source == "replay" {
			t.update(e.Item, e.Cursor.Run, func(c *cell) {
				c.failed = c.failed || e.Err != nil
				if e.Response != nil {
					c.code = e.Response.Code
				}
			})
		}
	case *runner.TestFinished:
		t.update(e.Item, e.Cursor.Run, func(c *cell) { c.failed = c.failed || e.Err != nil })
	case *runner.ScriptFinished:
		t.update(e.Item, e.Cursor.Run, func(c *cell) { c.failed = c.failed || e.Err != nil })
	}
	return nil
}

func (t *table) update(item runner.ItemRef, run int, change func(*cell)) {
	row := strings.Join(item.Path[min(1, len(item.Path)):], " / ")
	if t.cells[row] == nil {
		t.cells[row] = map[int]cell{}
		t.rows = append(t.rows, row)
	}
	c := t.cells[row][run]
	change(&c)
	t.cells[row][run] = c
}

// text says what became of a request without relying on colour.
func (c cell) text() string {
	switch {
	case !c.ran:
		return "–"
	case c.failed && c.code == 0:
		return "✗"
	case c.failed:
		return fmt.Sprintf("✗ %d", c.code)
	case c.code == 0:
		return "✓"
	}
	return fmt.Sprintf("✓ %d", c.code)
}

// longestName bounds a column's head.
const longestName = 24

func (t *table) print(s *term.Streams) {
	widths := make([]int, len(t.names))
	heads := make([]string, len(t.names))
	for i, name := range t.names {
		heads[i] = short(report.Safe(name), longestName)
		widths[i] = max(utf8.RuneCountInString(heads[i]), 5)
	}
	left := 0
	for _, row := range t.rows {
		left = max(left, min(utf8.RuneCountInString(row), 60))
	}
	var b strings.Builder
	b.WriteString("\n" + pad("", left))
	for i, h := range heads {
		b.WriteString("  " + pad(h, widths[i]))
	}
	for _, row := range t.rows {
		b.WriteString("\n" + pad(short(report.Safe(row), 60), left))
		for i := range t.names {
			b.WriteString("  " + pad(t.cells[row][i].text(), widths[i]))
		}
	}
	for line := range strings.Lines(b.String() + "\n") {
		fmt.Fprintln(s.Out, strings.TrimRight(line, " \n"))
	}
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}

func short(s string, width int) string {
	runes := []rune(s)
	if len(runes) <= width {
		return s
	}
	return string(runes[:width-1]) + "…"
}
