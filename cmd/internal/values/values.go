// Package values has types of flag values that pflag does not have.
package values

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

var errPositive = errors.New("must be a positive number")

// A Count is an integer of at least 1.
type Count int

// String implements pflag.Value; help shows no default.
func (c *Count) String() string { return "" }

// Type implements pflag.Value.
func (c *Count) Type() string { return "n" }

// Set implements pflag.Value.
func (c *Count) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return errPositive
	}
	*c = Count(n)
	return nil
}

// Times is a number of repetitions; 0 is none.
type Times int

// String implements pflag.Value; help shows no default.
func (t *Times) String() string { return "" }

// Type implements pflag.Value.
func (t *Times) Type() string { return "n" }

// Set implements pflag.Value.
func (t *Times) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return errors.New("want 0, 1 or more")
	}
	*t = Times(n)
	return nil
}

// A Limit is a number, or 0 for no limit, which is stored as -1.
type Limit int

// String implements pflag.Value.
func (l *Limit) String() string { return "" }

// Type implements pflag.Value.
func (l *Limit) Type() string { return "n" }

// Set implements pflag.Value.
func (l *Limit) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return errors.New("must be a number from 0 on")
	}
	*l = Limit(n)
	if n == 0 {
		*l = -1
	}
	return nil
}

// A List holds the values of a flag that may be repeated. pflag's own list
// writes its default as CSV when the flag is defined, which would allocate 4 KB
// for each of a hundred flags at every start.
type List []string

// String implements pflag.Value; help shows no default.
func (l *List) String() string { return "" }

// Type implements pflag.Value. cobra recognises a repeatable flag by this name.
func (l *List) Type() string { return "stringArray" }

// Set implements pflag.Value.
func (l *List) Set(s string) error { return l.Append(s) }

// Append implements pflag.SliceValue.
func (l *List) Append(s string) error {
	*l = append(*l, s)
	return nil
}

// Replace implements pflag.SliceValue.
func (l *List) Replace(all []string) error {
	*l = slices.Clone(all)
	return nil
}

// GetSlice implements pflag.SliceValue.
func (l *List) GetSlice() []string { return *l }

// Millis is a duration that is given in milliseconds, as in newman, or as 1.5s
// or 2m.
type Millis time.Duration

// String implements pflag.Value.
func (m *Millis) String() string { return "" }

// Type implements pflag.Value.
func (m *Millis) Type() string { return "ms" }

// Set implements pflag.Value.
func (m *Millis) Set(s string) error {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		if n < 1 || n > int64(time.Duration(1<<63-1)/time.Millisecond) {
			return errPositive
		}
		*m = Millis(time.Duration(n) * time.Millisecond)
		return nil
	}
	d, err := time.ParseDuration(s)
	switch {
	case err != nil:
		return errors.New("want milliseconds or 10s")
	case d <= 0:
		return errPositive
	}
	*m = Millis(d)
	return nil
}

// A Rate is given as 10, 10/s or 600/m, and stored per second.
type Rate float64

// String implements pflag.Value.
func (r *Rate) String() string { return "" }

// Type implements pflag.Value.
func (r *Rate) Type() string { return "rate" }

// Set implements pflag.Value.
func (r *Rate) Set(s string) error {
	number, unit, _ := strings.Cut(s, "/")
	n, err := strconv.ParseFloat(number, 64)
	per, ok := map[string]float64{"": 1, "s": 1, "m": 60, "h": 3600}[unit]
	if err != nil || !ok || !(n > 0 && n <= 1e6) {
		return errors.New("want a rate such as 10/s or 600/m")
	}
	*r = Rate(n / per)
	return nil
}
