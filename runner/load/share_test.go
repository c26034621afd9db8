package load

import (
	"math"
	"testing"
)

// Shares divide numbers so that each belongs to one, in proportion, from the
// first few on; and n-th and below agree.
func TestSharesDivide(t *testing.T) {
	t.Parallel()
	for _, weights := range [][]int{{1}, {1, 1}, {3, 2, 1}, {16, 8, 4}, {1, 99}, {7, 7, 7, 7}} {
		shares, total := Shares(weights...), 0
		for _, w := range weights {
			total += w
		}
		owner := map[int]int{}
		for i, s := range shares {
			d := s.divide()
			for n := 0; d.nth(n) < 1000; n++ {
				if was, ok := owner[d.nth(n)]; ok {
					t.Fatalf("%v: %d belongs to %d and %d", weights, d.nth(n), was, i)
				}
				owner[d.nth(n)] = i
				if d.below(d.nth(n)) != n || d.below(d.nth(n)+1) != n+1 {
					t.Fatalf("%v: number %d is not the %d-th", weights, d.nth(n), n)
				}
			}
			for _, n := range []int{total, 10 * total, 997} {
				if want := float64(n*weights[i]) / float64(total); math.Abs(float64(d.below(n))-want) > 2 {
					t.Errorf("%v: share %d has %d of %d, want %v", weights, i, d.below(n), n, want)
				}
			}
		}
		if len(owner) != 1000 {
			t.Errorf("%v: %d of 1000 numbers belong to a share", weights, len(owner))
		}
	}
	for _, bad := range []Share{{From: 1}, {To: 2, Of: 1}, {From: -1, To: 1, Of: 2}, {From: 1, To: 1, Of: 2}} {
		if bad.valid() {
			t.Errorf("%+v is taken", bad)
		}
	}
}
