package load

import "slices"

// A Share is the part of a load that one of several generators creates. Users,
// arrivals, iterations and unique rows are numbered over the whole load. A
// number belongs to the share whose range From..To contains the number modulo
// Of. So shares that cover 0 to Of together create the whole load exactly once.
// The zero value is the whole load.
type Share struct {
	From int `json:"from,omitempty"` // inclusive, from 0
	To   int `json:"to,omitempty"`   // exclusive
	Of   int `json:"of,omitempty"`
}

// Shares divides a load by weights, such as the number of processors of each
// machine.
func Shares(weights ...int) []Share {
	of := 0
	for _, w := range weights {
		of += w
	}
	out, at := make([]Share, len(weights)), 0
	for i, w := range weights {
		out[i] = Share{From: at, To: at + w, Of: of}
		at += w
	}
	return out
}

func (s Share) valid() bool {
	return s == Share{} || s.From >= 0 && s.From < s.To && s.To <= s.Of && s.Of <= 1_000_000
}

// A division decides which numbers belong to a share.
type division struct {
	of    int
	slots []int // remainders of the share, ascending
}

// divide spreads the slots of a share over the whole range: neighbors belong to
// different shares, so that also a small load is divided evenly.
func (s Share) divide() division {
	if s.Of <= 1 {
		return division{1, []int{0}}
	}
	step := int(0.618034*float64(s.Of)) | 1
	for gcd(step, s.Of) != 1 {
		step++
	}
	d := division{of: s.Of}
	for i := range s.Of {
		if at := i * step % s.Of; at >= s.From && at < s.To {
			d.slots = append(d.slots, i)
		}
	}
	return d
}

// nth returns the share's n-th number.
func (d division) nth(n int) int { return n/len(d.slots)*d.of + d.slots[n%len(d.slots)] }

// below returns how many of the first n numbers belong to the share.
func (d division) below(n int) int {
	k, _ := slices.BinarySearch(d.slots, n%d.of)
	return n/d.of*len(d.slots) + k
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
