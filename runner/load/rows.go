package load

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"postie/collections/vars"
)

// Order is the order in which iterations use data rows.
type Order string

// The orders. Sequential starts again after the last row. Unique uses each row
// once among all virtual users; the load ends after the last row.
const (
	Sequential Order = "sequential"
	Random     Order = "random"
	Unique     Order = "unique"
)

// ParseOrder reads sequential, random or unique.
func ParseOrder(s string) (Order, error) {
	switch o := Order(s); o {
	case Sequential, Random, Unique:
		return o, nil
	}
	return "", fmt.Errorf("%q: want sequential, random or unique", s)
}

// maxRandomRows is the number of rows from which random ones are chosen.
const maxRandomRows = 100_000

// rows gives data rows to all users.
type rows struct {
	order Order
	mu    sync.Mutex
	all   iter.Seq2[*vars.Scope, error] // nil without data
	pull  func() (*vars.Scope, error, bool)
	stop  func()
	held  []*vars.Scope
	share division // of unique rows
	read  int      // number of unique rows read
	used  int      // number of the share's rows used
	out   bool
}

func newRows(o *Options, d division) *rows {
	r := &rows{order: o.Order, share: d, used: o.Given}
	if o.Run.Data == nil {
		return r
	}
	r.all = o.Run.Data.Rows()
	if r.order == Random {
		for row, err := range r.all {
			if err != nil || len(r.held) == maxRandomRows {
				break
			}
			r.held = append(r.held, row)
		}
	}
	return r
}

// next returns a row, or nil when there is no data. It returns false when
// unique rows have run out.
func (r *rows) next() (*vars.Scope, bool) {
	if r.all == nil {
		return nil, true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.out {
		return nil, false
	}
	if r.order == Random && len(r.held) > 0 {
		return r.held[rand.IntN(len(r.held))], true
	}
	if r.order == Unique {
		return r.unique()
	}
	for range 2 { // starts again after the last row
		if row, ok := r.following(); ok {
			return row, true
		}
	}
	return nil, true
}

// unique returns the share's next row.
func (r *rows) unique() (*vars.Scope, bool) {
	for mine := r.share.nth(r.used); ; {
		row, ok := r.following()
		if !ok {
			r.out = true
			return nil, false
		}
		if r.read++; r.read > mine {
			r.used++
			return row, true
		}
	}
}

// following returns the next row. It returns false once after the last row.
func (r *rows) following() (*vars.Scope, bool) {
	if r.pull == nil {
		r.pull, r.stop = iter.Pull2(r.all)
	}
	row, err, ok := r.pull()
	if ok && err == nil {
		return row, true
	}
	r.stop()
	r.pull = nil
	return nil, false
}

func (r *rows) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pull != nil {
		r.stop()
		r.pull = nil
	}
}

func (r *rows) ranOut() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.out
}

// A Span is the range of a random pause.
type Span struct{ Min, Max time.Duration }

// ParseSpan parses 1s..3s, or 2s for a constant pause.
func ParseSpan(s string) (Span, error) {
	low, high, more := strings.Cut(s, "..")
	a, err := ParseDuration(low)
	if err != nil {
		return Span{}, err
	}
	if !more {
		return Span{a, a}, nil
	}
	b, err := ParseDuration(high)
	if err != nil || b < a {
		return Span{}, fmt.Errorf("%q: want a time, or two as in 1s..3s", s)
	}
	return Span{a, b}, nil
}

func (s Span) pick() time.Duration {
	if s.Max <= s.Min {
		return s.Min
	}
	return s.Min + time.Duration(rand.Int64N(int64(s.Max-s.Min)))
}
