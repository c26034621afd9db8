package cluster

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"postie/collections"
	"postie/runner"
	"postie/runner/event"
	"postie/runner/matrix"
)

// rowsOf is a run of one request with so many rows of data.
func rowsOf(t testing.TB, url string, n int) runner.Options {
	t.Helper()
	var csv strings.Builder
	csv.WriteString("id\n")
	for i := range n {
		fmt.Fprintln(&csv, i)
	}
	data, err := collections.ReadData("rows.csv", strings.NewReader(csv.String()))
	if err != nil {
		t.Fatal(err)
	}
	o := runner.Options{Documents: runner.Documents{Collection: parse(t, `{"info":{"name":"R"},"item":[{"name":"A","request":"`+url+`/{{id}}"}]}`)}}
	o.Data = data
	return o
}

// An order checks that iterations come one after the other, and does something
// with the last.
type order struct {
	t    testing.TB
	next int
	at   func(iteration int)
}

func (o *order) Report(e event.Event, _ *event.Summary) error {
	if e, ok := e.(*event.IterationFinished); ok {
		if e.Cursor.Iteration != o.next {
			o.t.Errorf("iteration %d comes after %d", e.Cursor.Iteration, o.next-1)
		}
		o.next = e.Cursor.Iteration + 1
		if o.at != nil {
			o.at(e.Cursor.Iteration)
		}
	}
	return nil
}

// BenchmarkRows shows that a row costs the same among many as among few: in
// time, and in memory that is still in use when it is reported.
func BenchmarkRows(b *testing.B) {
	for _, n := range []int{2_000, 20_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			srv, h, key := startServer(b), startHub(b), NewKey()
			startWorker(b, h, key, WorkerOptions{Name: "w", Slots: 4})
			bus := connectTo(b, h, key)
			b.ReportAllocs()
			var early, late runtime.MemStats
			for b.Loop() {
				d, err := NewDispatcher(b.Context(), bus, DispatcherOptions{})
				if err != nil {
					b.Fatal(err)
				}
				seen := &order{t: b, at: func(i int) {
					switch i {
					case n / 10:
						runtime.GC()
						runtime.ReadMemStats(&early)
					case n - 1:
						runtime.GC()
						runtime.ReadMemStats(&late)
					}
				}}
				if _, err := matrix.Parallel(b.Context(), rowsOf(b, srv.URL, n), matrix.Options{Workers: 8, CarryRows: d.CarryRows, Chunk: 200, Reporters: []event.Reporter{seen}}); err != nil {
					b.Fatal(err)
				}
				if err := d.Close(); err != nil {
					b.Fatal(err)
				}
			}
			rows := float64(b.N * n)
			b.ReportMetric(float64(b.Elapsed().Microseconds())/rows, "µs/row")
			b.ReportMetric((float64(late.HeapAlloc)-float64(early.HeapAlloc))/float64(n), "heldB/row")
		})
	}
}
