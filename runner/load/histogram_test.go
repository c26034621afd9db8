package load

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// Percentiles of a million times are those of the sorted times within three
// digits, and two halves merged are the whole.
func TestHistogramAgainstSorting(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	n := 1_000_000
	if testing.Short() {
		n = 100_000
	}
	times := make([]time.Duration, n)
	var whole, left, right Histogram
	for i := range times {
		times[i] = time.Duration(rng.ExpFloat64()*50e3) * time.Microsecond
		whole.Add(times[i])
		if i%2 == 0 {
			left.Add(times[i])
		} else {
			right.Add(times[i])
		}
	}
	left.Merge(&right)
	slices.Sort(times)
	for _, p := range []float64{1, 50, 90, 95, 99, 99.9, 99.99} {
		want := float64(times[int(math.Ceil(p/100*float64(n)))-1])
		if got := float64(whole.At(p)); math.Abs(got-want)/want > 0.001 {
			t.Errorf("p%v: %v, want %v", p, time.Duration(got), time.Duration(want))
		}
		if left.At(p) != whole.At(p) {
			t.Errorf("p%v: the halves have %s, the whole %s", p, left.At(p), whole.At(p))
		}
	}
	if left.Len() != whole.Len() || left.Max() != whole.Max() || left.Min() != whole.Min() {
		t.Error("the halves are not the whole")
	}
	var read Histogram
	if err := read.decode(whole.encode()); err != nil || read.At(95) != whole.At(95) || read.Len() != whole.Len() {
		t.Errorf("what was written is read as %s, want %s (%v)", read.At(95), whole.At(95), err)
	}
	if (&Histogram{}).At(50) != 0 || (&Histogram{}).Mean() != 0 {
		t.Error("nothing has a median")
	}
}

func BenchmarkHistogramAdd(b *testing.B) {
	var h Histogram
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		h.Add(time.Duration(i%100000) * time.Microsecond)
	}
}
