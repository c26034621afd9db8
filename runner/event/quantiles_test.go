package event

import (
	"math"
	"testing"
)

// Percentiles are within a percent, and a million values take as many buckets
// as a thousand.
func TestQuantilesStaySmall(t *testing.T) {
	t.Parallel()
	var q Quantiles
	for i := range 1_000_000 {
		q.Add(float64(i%10000) / 3)
	}
	if len(q.counts) > 1600 {
		t.Errorf("%d buckets", len(q.counts))
	}
	for _, p := range []float64{0.5, 0.9, 0.99} {
		want := p * 10000 / 3
		if got := q.At(p); math.Abs(got-want)/want > 0.011 {
			t.Errorf("p%v: %v, want %v", 100*p, got, want)
		}
	}
	if (&Quantiles{}).At(0.5) != 0 {
		t.Error("nothing has a median")
	}
}
