package event

import (
	"math"
	"slices"
)

// Quantiles estimate percentiles within one percent, in little memory however
// many values there are: they count in buckets that grow by that much.
type Quantiles struct {
	counts map[int]int
	n      int
}

// grain is the ratio of a bucket to the one before.
const grain = 1.01

// Add counts a value.
func (q *Quantiles) Add(v float64) {
	if q.counts == nil {
		q.counts = map[int]int{}
	}
	q.n++
	q.counts[bucket(v)]++
}

func bucket(v float64) int {
	if v <= 0.001 {
		return math.MinInt32
	}
	return int(math.Floor(math.Log(v) / math.Log(grain)))
}

// Len is how many values were counted.
func (q *Quantiles) Len() int { return q.n }

// Merge adds the values that another has counted.
func (q *Quantiles) Merge(o *Quantiles) {
	if q.counts == nil {
		q.counts = map[int]int{}
	}
	q.n += o.n
	for bucket, n := range o.counts {
		q.counts[bucket] += n
	}
}

// At is the value that p of all are not above.
func (q *Quantiles) At(p float64) float64 {
	var keys []int
	for k := range q.counts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	rank, seen := int(math.Ceil(p*float64(q.n))), 0
	for _, k := range keys {
		if seen += q.counts[k]; seen >= rank && k != math.MinInt32 {
			return math.Pow(grain, float64(k)+0.5)
		}
	}
	return 0
}
