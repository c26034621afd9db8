package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"postie/runner/event"
	"postie/runner/script"
)

func tableOf(t *testing.T, requests, runs int) *Table {
	t.Helper()
	var names []string
	for i := range runs {
		names = append(names, fmt.Sprintf("tenant-%d", i+1))
	}
	out := NewTable(TableOptions{Names: names, Width: 80})
	for run := range runs {
		for i := range requests {
			item := event.ItemRef{Path: []string{"C", fmt.Sprintf("request %d", i+1)}}
			cursor := event.Head{Cursor: event.Cursor{Run: run}}
			for _, e := range []event.Event{
				&event.ItemStarted{Head: cursor, Item: item},
				&event.RequestFinished{Head: cursor, Item: item, Source: "item", Response: &event.Response{Code: 200 + 300*(run%2)}},
			} {
				if err := out.Report(e, nil); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return out
}

// A table fits its terminal: as it is, turned, or in parts.
func TestTableFits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		requests, runs int
		want           string
	}{
		{2, 3, "           tenant-1  tenant-2  tenant-3\nrequest 1  ✓ 200     ✓ 500     ✓ 200\nrequest 2  ✓ 200     ✓ 500     ✓ 200\n"},
		{2, 12, "1  request 1\n2  request 2\n\n           1      2\ntenant-1   ✓ 200  ✓ 200\ntenant-2   ✓ 500  ✓ 500\n"},
		{30, 12, "            tenant-1  tenant-2  tenant-3  tenant-4  tenant-5  tenant-6"},
	} {
		var b bytes.Buffer
		tableOf(t, tt.requests, tt.runs).draw(&b)
		if !strings.HasPrefix(b.String(), tt.want) {
			t.Errorf("%d requests, %d runs:\n%s", tt.requests, tt.runs, b.String())
		}
		for line := range strings.Lines(b.String()) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 80 {
				t.Errorf("%d requests, %d runs: a line of %d columns", tt.requests, tt.runs, n)
			}
		}
	}
}

// Colours do not move columns.
func TestTableColor(t *testing.T) {
	t.Parallel()
	table := tableOf(t, 3, 3)
	for i := range 3 {
		_ = table.Report(&event.TestFinished{Head: event.Head{Cursor: event.Cursor{Run: 1}},
			Item: event.ItemRef{Path: []string{"C", fmt.Sprintf("request %d", i+1)}}, Err: &script.Error{}}, nil)
	}
	var plain, colored bytes.Buffer
	table.draw(&plain)
	table.opts.Color = true
	table.draw(&colored)
	bare := strings.NewReplacer("\x1b[31m", "", "\x1b[39m", "").Replace(colored.String())
	if bare != plain.String() || strings.Count(colored.String(), "\x1b[31m✗ 500\x1b[39m") != 3 {
		t.Errorf("%q", colored.String())
	}
}

// Without Unicode the marks are plain.
func TestTablePlain(t *testing.T) {
	t.Parallel()
	table := tableOf(t, 1, 2)
	table.opts.NoUnicode = true
	var b bytes.Buffer
	table.draw(&b)
	if want := "           tenant-1  tenant-2\nrequest 1  + 200     + 500\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

// Names of wide characters take two columns each.
func TestTableWide(t *testing.T) {
	t.Parallel()
	table := NewTable(TableOptions{Names: []string{"東京", "b"}})
	for run := range 2 {
		_ = table.Report(&event.ItemStarted{Head: event.Head{Cursor: event.Cursor{Run: run}}, Item: event.ItemRef{Path: []string{"C", "注文"}}}, nil)
	}
	var b bytes.Buffer
	table.draw(&b)
	if want := "      東京   b\n注文  ✓      ✓\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

// What a table costs grows with its runs, not with their square.
func TestTableOfManyRuns(t *testing.T) { // not parallel: it counts allocations
	cost := func(runs int) float64 {
		table := tableOf(t, 1, runs)
		return testing.AllocsPerRun(1, func() { _ = table.Print(io.Discard) })
	}
	if few, many := cost(100), cost(1000); many > 15*few {
		t.Errorf("%.0f allocations for 100 runs, %.0f for 1000", few, many)
	}
}
