package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"postie/runner/event"
)

// A Table is a reporter for several runs. It shows requests by runs, with the
// outcome of each. Print prints it when the runs have ended.
type Table struct {
	opts   TableOptions
	rows   []string
	cells  map[string]map[int]cell
	runs   int // that ended
	failed int // of them
	total  event.Summary
	causes map[int]string // of runs that failed: the first failure in a line
}

// TableOptions say how a table looks. Names are the names of the runs, in the
// order of their numbers.
type TableOptions struct {
	Names     []string
	NoUnicode bool // use only ASCII marks
	Color     bool
	Width     int // columns of the terminal; 0: 120
}

// A cell is the outcome of one request in one run, over its iterations.
type cell struct {
	ran, failed bool
	code        int
	why         string // node's error code, for a request without an answer
}

// NewTable makes the table of runs.
func NewTable(o TableOptions) *Table {
	if o.Width == 0 {
		o.Width = 120
	}
	return &Table{opts: o, cells: map[string]map[int]cell{}, causes: map[int]string{}}
}

// Report implements event.Reporter.
func (t *Table) Report(e event.Event, _ *event.Summary) error {
	switch e := e.(type) {
	case *event.ItemStarted:
		t.update(e.Item, e.Cursor.Run, func(c *cell) { c.ran = true })
	case *event.RequestFinished:
		if e.Source == "item" || e.Source == "replay" {
			t.update(e.Item, e.Cursor.Run, func(c *cell) {
				if e.Response != nil {
					c.code, c.why = e.Response.Code, ""
				} else if e.Err != nil && !e.Retried {
					c.code, c.why = 0, shortError(e.Err.Code)
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
	f := event.FailureOf(e)
	if f != nil && t.causes[event.HeadOf(e).Cursor.Run] == "" {
		t.causes[event.HeadOf(e).Cursor.Run] = cause(f)
	}
	if f != nil && len(f.Item.Path) > 0 {
		t.update(f.Item, f.Cursor.Run, func(c *cell) { c.failed = true })
	}
	return nil
}

func (t *Table) update(item event.ItemRef, run int, change func(*cell)) {
	row := strings.Join(item.Path[min(1, len(item.Path)):], " / ")
	if t.cells[row] == nil {
		t.cells[row] = map[int]cell{}
		t.rows = append(t.rows, row)
	}
	c := t.cells[row][run]
	change(&c)
	t.cells[row][run] = c
}

// text returns the outcome of a request in a form that does not rely on colour,
// and whether it was a failure.
func (t *Table) text(row string, run int) (text string, failed bool) {
	c := t.cells[row][run]
	none, passed, broken := "–", "✓", "✗"
	if t.opts.NoUnicode {
		none, passed, broken = "-", "+", "x"
	}
	mark := passed
	switch {
	case !c.ran:
		return none, false
	case c.failed:
		mark = broken
	}
	switch {
	case c.code != 0:
		mark += " " + strconv.Itoa(c.code)
	case c.failed && c.why != "":
		mark += " " + SafeLine(c.why)
	}
	return mark, c.failed
}

// The colour of cells in which something failed, and the end of it.
const (
	failedColor = "\x1b[31m"
	noColor     = "\x1b[39m"
)

// Names in the margins are cut at this width.
const (
	longestName    = 24
	longestRequest = 60
	widestCell     = 5 // the least width of a column: ✗ 500
)

// Print shows the grid, and the totals of all runs.
func (t *Table) Print(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b)
	t.draw(b)
	failed := ""
	if t.failed > 0 {
		failed = fmt.Sprintf(", %d failed", t.failed)
		fmt.Fprintf(b, "\n%d of %s failed:\n", t.failed, Counted(len(t.opts.Names), "run"))
		t.printCauses(b)
	}
	fmt.Fprintf(b, "\n%d of %d runs%s: %s\n", t.runs, len(t.opts.Names), failed, Verdict(&t.total, nil))
	return b.Flush()
}

// mostCauses is the largest number of failed runs whose cause is printed.
const mostCauses = 50

// printCauses prints a line for each failed run that says why it failed.
func (t *Table) printCauses(w io.Writer) {
	printed := 0
	for run, name := range t.opts.Names {
		why := t.causes[run]
		if why == "" {
			continue
		}
		if printed == mostCauses {
			fmt.Fprintf(w, "  and %d more\n", len(t.causes)-printed)
			return
		}
		fmt.Fprintf(w, "  %s: %s\n", SafeLine(name), fitted(why, t.opts.Width-columns(name)-4))
		printed++
	}
}

// shortError returns the name of a request's error for a cell.
func shortError(code string) string {
	switch {
	case code == "UNDEFINED_VARIABLE":
		return "undefined"
	case code == "PLACEHOLDER":
		return "placeholder"
	case strings.Contains(code, "CERT"), code == "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
		return "certificate"
	case code == "", strings.HasPrefix(code, "ERR_"), strings.HasPrefix(code, "HPE_"):
		return "error"
	}
	return clip(code, 20)
}

// cause describes a failure in one line.
func cause(f *event.Failure) string {
	where := ""
	if len(f.Item.Path) > 1 {
		where = fitted(strings.Join(f.Item.Path[1:], " / "), longestRequest-20) + ": "
	}
	if f.Test != "" {
		where += f.Test + ": "
	}
	return SafeLine(where + ofItem().ReplaceAllString(f.Message, ""))
}

// fitted returns a text cut to a width.
func fitted(s string, width int) string {
	if width < 20 || columns(s) <= width {
		return s
	}
	return fit(s, width-1) + "…"
}

// draw prints requests by runs; or runs by numbered requests when only that
// fits; or requests by a few runs at a time.
func (t *Table) draw(w io.Writer) {
	limit := t.opts.Width
	upright := newSheet(margin(t.rows, longestRequest), margin(t.opts.Names, longestName), t.opts.Color,
		func(row, run int) (string, bool) { return t.text(t.rows[row], run) })
	turned := newSheet(upright.heads, numbers(len(t.rows)), t.opts.Color,
		func(run, row int) (string, bool) { return t.text(t.rows[row], run) })
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

// margin returns names that fit into a margin.
func margin(names []string, width int) []string {
	out := make([]string, len(names))
	for i, name := range names {
		if out[i] = Safe(name); columns(out[i]) > width {
			out[i] = fit(out[i], width-1) + "…"
		}
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
	color       bool  // colour the cells that failed
	leftWidth   int   // the widest name on the left
	widths      []int // widths of the columns, with the space before each
}

// newSheet measures everything once, because grids of many runs have millions
// of cells.
func newSheet(left, heads []string, color bool, cell func(row, column int) (string, bool)) *sheet {
	s := &sheet{left: left, heads: heads, color: color, cell: cell, widths: make([]int, len(heads))}
	for _, name := range left {
		s.leftWidth = max(s.leftWidth, columns(name))
	}
	for i, head := range heads {
		width := max(columns(head), widestCell)
		for row := range left {
			text, _ := cell(row, i)
			width = max(width, columns(text))
		}
		s.widths[i] = 2 + width
	}
	return s
}

func (s *sheet) width() int {
	width := s.leftWidth
	for _, w := range s.widths {
		width += w
	}
	return width
}

// print prints the columns that fit into a width, and the others below.
func (s *sheet) print(w io.Writer, limit int) {
	for from := 0; from < len(s.heads); {
		to, width := from, s.leftWidth
		for to < len(s.heads) && (to == from || width+s.widths[to] <= limit) {
			width += s.widths[to]
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
		out := pad(name, s.leftWidth)
		for i := from; i < to; i++ {
			text, failed := cell(i)
			space := pad("", s.widths[i]-2-columns(text))
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
