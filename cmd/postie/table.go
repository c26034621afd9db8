package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"postie/cmd/internal/term"
	"postie/runner/event"
	"postie/runner/report"
)

// A table is requests by runs: what became of each.
type table struct {
	names  []string
	rows   []string
	cells  map[string]map[int]cell
	plain  bool // no marks beyond ASCII
	color  bool
	runs   int // that ended
	failed int // of them
	total  event.Summary
}

// A cell is one request in one run, over its iterations.
type cell struct {
	ran, failed bool
	code        int
}

func newTable(names []string, plain bool) *table {
	return &table{names: names, cells: map[string]map[int]cell{}, plain: plain}
}

// Report implements event.Reporter.
func (t *table) Report(e event.Event, _ *event.Summary) error {
	switch e := e.(type) {
	case *event.ItemStarted:
		t.update(e.Item, e.Cursor.Run, func(c *cell) { c.ran = true })
	case *event.RequestFinished:
		if e.Source == "item" || e.Source == "replay" {
			t.update(e.Item, e.Cursor.Run, func(c *cell) {
				if e.Response != nil {
					c.code = e.Response.Code
				}
			})
		}
	case *event.RunFinished:
		t.runs++
		if e.Summary.Failed() {
			t.failed++
		}
		t.total.Merge(&e.Summary)
	}
	if f := event.FailureOf(e); f != nil && f.Item.ID != "" {
		t.update(f.Item, f.Cursor.Run, func(c *cell) { c.failed = true })
	}
	return nil
}

func (t *table) update(item event.ItemRef, run int, change func(*cell)) {
	row := strings.Join(item.Path[min(1, len(item.Path)):], " / ")
	if t.cells[row] == nil {
		t.cells[row] = map[int]cell{}
		t.rows = append(t.rows, row)
	}
	c := t.cells[row][run]
	change(&c)
	t.cells[row][run] = c
}

// text says what became of a request without relying on colour, and whether
// that was a failure.
func (t *table) text(row string, run int) (text string, failed bool) {
	c := t.cells[row][run]
	none, passed, broken := "–", "✓", "✗"
	if t.plain {
		none, passed, broken = "-", "+", "x"
	}
	mark := passed
	switch {
	case !c.ran:
		return none, false
	case c.failed:
		mark = broken
	}
	if c.code != 0 {
		mark = fmt.Sprintf("%s %d", mark, c.code)
	}
	return mark, c.failed
}

// The colour of cells in which something failed, and the end of it.
const (
	failedColor = "\x1b[31m"
	noColor     = "\x1b[39m"
)

// Names in the margins are cut off here.
const (
	longestName    = 24
	longestRequest = 60
	widestCell     = 5 // ✗ 500
)

// print shows the grid, and what the runs came to together.
func (t *table) print(s *term.Streams) {
	limit := s.Width
	if limit == 0 {
		limit = 120
	}
	fmt.Fprintln(s.Out)
	t.draw(s.Out, limit)
	failed := ""
	if t.failed > 0 {
		failed = fmt.Sprintf(", %d failed", t.failed)
	}
	fmt.Fprintf(s.Out, "\n%d of %d runs%s: %s\n", t.runs, len(t.names), failed, report.Verdict(&t.total, nil))
}

// draw shows requests by runs; runs by numbered requests when that is what
// fits; else requests by a few runs at a time.
func (t *table) draw(w io.Writer, limit int) {
	upright := &sheet{left: cut(t.rows, longestRequest), heads: cut(t.names, longestName), color: t.color,
		cell: func(row, run int) (string, bool) { return t.text(t.rows[row], run) }}
	turned := &sheet{left: upright.heads, heads: numbers(len(t.rows)), color: t.color,
		cell: func(run, row int) (string, bool) { return t.text(t.rows[row], run) }}
	if upright.width() <= limit || turned.width() > limit {
		upright.print(w, limit)
		return
	}
	for i, name := range upright.left {
		fmt.Fprintf(w, "%*d  %s\n", len(numbers(len(t.rows))[len(t.rows)-1]), i+1, name)
	}
	fmt.Fprintln(w)
	turned.print(w, limit)
}

// cut are names fit for a margin.
func cut(names []string, width int) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = short(report.Safe(name), width)
	}
	return out
}

func numbers(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = strconv.Itoa(i + 1)
	}
	return out
}

// A sheet is a grid of short texts with names on the left and above.
type sheet struct {
	left, heads []string
	cell        func(row, column int) (text string, failed bool)
	color       bool // of those that failed
}

func (s *sheet) margin() int {
	width := 0
	for _, name := range s.left {
		width = max(width, utf8.RuneCountInString(name))
	}
	return width
}

// column is the width of one, with the space before it.
func (s *sheet) column(i int) int { return 2 + max(utf8.RuneCountInString(s.heads[i]), widestCell) }

func (s *sheet) width() int {
	width := s.margin()
	for i := range s.heads {
		width += s.column(i)
	}
	return width
}

// print writes the columns that fit a width, and the others below.
func (s *sheet) print(w io.Writer, limit int) {
	for from := 0; from < len(s.heads); {
		to, width := from, s.margin()
		for to < len(s.heads) && (to == from || width+s.column(to) <= limit) {
			width += s.column(to)
			to++
		}
		if from > 0 {
			fmt.Fprintln(w)
		}
		s.block(w, from, to)
		from = to
	}
}

func (s *sheet) block(w io.Writer, from, to int) {
	line := func(name string, cell func(column int) (string, bool)) {
		out := pad(name, s.margin())
		for i := from; i < to; i++ {
			text, failed := cell(i)
			space := pad("", s.column(i)-2-utf8.RuneCountInString(text))
			if failed && s.color {
				text = failedColor + text + noColor
			}
			out += "  " + text + space
		}
		fmt.Fprintln(w, strings.TrimRight(out, " "))
	}
	line("", func(column int) (string, bool) { return s.heads[column], false })
	for row, name := range s.left {
		line(name, func(column int) (string, bool) { return s.cell(row, column) })
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
