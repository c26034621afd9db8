package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"postie/cmd/internal/term"
	"postie/runner"
)

func tableOf(t *testing.T, requests, runs int) *table {
	t.Helper()
	var names []string
	for i := range runs {
		names = append(names, fmt.Sprintf("tenant-%d", i+1))
	}
	out := newTable(names)
	for run := range runs {
		for i := range requests {
			item := runner.ItemRef{Path: []string{"C", fmt.Sprintf("request %d", i+1)}}
			cursor := runner.Head{Cursor: runner.Cursor{Run: run}}
			for _, e := range []runner.Event{
				&runner.ItemStarted{Head: cursor, Item: item},
				&runner.RequestFinished{Head: cursor, Item: item, Source: "item", Response: &runner.Response{Code: 200 + 300*(run%2)}},
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
		{2, 3, "\n           tenant-1  tenant-2  tenant-3\nrequest 1  ✓ 200     ✓ 500     ✓ 200\nrequest 2  ✓ 200     ✓ 500     ✓ 200\n"},
		{2, 12, "\n1  request 1\n2  request 2\n\n           1      2\ntenant-1   ✓ 200  ✓ 200\ntenant-2   ✓ 500  ✓ 500\n"},
		{30, 12, "\n            tenant-1  tenant-2  tenant-3  tenant-4  tenant-5  tenant-6"},
	} {
		var b bytes.Buffer
		tableOf(t, tt.requests, tt.runs).print(&term.Streams{Out: &b, Width: 80})
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
