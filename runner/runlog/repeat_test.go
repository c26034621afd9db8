package runlog

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Tests that follow each other are read as each would be alone.
func TestRepeat(t *testing.T) {
	const (
		cursor = `"cursor":{"iteration":0,"position":0,"length":1,"cycles":1,"ref":"r"}`
		item   = `"item":{"id":"i","name":"a","path":["x","a"],"line":1}`
	)
	line := func(time, middle, rest string) string {
		return fmt.Sprintf(`{"v":1,"event":"TestFinished","time":"2026-11-29T08:39:%sZ",%s,%s}`, time, middle, rest)
	}
	usual := cursor + "," + item + `,"listen":"test","scriptId":"s"`
	lines := []string{
		line("01", usual, `"name":"one","index":0,"error":{"name":"E","message":"m"},"line":7`),
		line("02", usual, `"name":"two","index":1`),
		line("03", usual, `"name":"three \"quoted\"","index":2,"skipped":true`),
		line("04", usual, `"item":{"id":"other","name":"b"},"name":"repeated","index":3`),
		line("05", cursor+`,"item":{"id":"other","name":"a"},"listen":"test"`, `"name":"no script","index":4`),
		line("06", cursor+`,"item":{"id":"other","name":"a"},"listen":"test","scriptId":"s"`, `"name":"with one","index":5`),
		`{"v":1,"event":"TestFinished","name":"no order","time":"2026-11-29T08:39:07Z",` + usual + `,"index":6}`,
		line("08", usual, `"name":"after it","index":7`),
		line("09", usual, `"name":"","index":8`),
		line("10", usual, `"name":"é","index":9`),
		line("11", usual, `"name":"tab\t","index":10`),
		line("12", usual, `"name":"spaced","index": 11 `),
		line("13", usual, `"name":"again","index":12,"index":13`),
	}
	var text bytes.Buffer
	for _, l := range lines {
		text.WriteString(l + "\n")
	}
	r := NewReader(&text)
	for _, l := range lines {
		got, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		want, err := decode([]byte(l))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", l, diff)
		}
	}
	if _, err := r.Next(); err != io.EOF {
		t.Error(err)
	}
}
