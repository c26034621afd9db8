package runlog

import (
	"bytes"
	"fmt"
	"testing"

	"postie/runner/event"
)

// Reading costs the same for each test, however many a script has.
func BenchmarkReadTests(b *testing.B) {
	for _, n := range []int{100_000, 200_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			log := logOfTests(b, n)
			b.ReportAllocs()
			for b.Loop() {
				for _, err := range log.Events() {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/test")
		})
	}
}

// logOfTests is the log of a script with so many.
func logOfTests(b *testing.B, n int) *Log {
	var text bytes.Buffer
	w := NewWriter(&text)
	for i := range n {
		e := &event.TestFinished{Item: event.ItemRef{ID: "i", Name: "a request", Path: []string{"c", "a request"}}, Listen: "test", Name: fmt.Sprint("test ", i), Index: i}
		if err := w.Report(e, &event.Summary{}); err != nil {
			b.Fatal(err)
		}
	}
	return New("tests.ndjson", bytes.NewReader(text.Bytes()), int64(text.Len()))
}
