package load

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A Schedule is the amount of load over time: virtual users, or iterations a
// second. It ends after the last stage, or earlier after Iterations.
type Schedule struct {
	Users      []Stage // active virtual users: a closed model
	Rate       []Stage // iterations started per second: an open model
	MaxUsers   int     // of an open model: how many may be active at once
	Iterations int     // in total; 0: not limited
}

// A Stage changes the load linearly from its value before to Target.
type Stage struct {
	Duration time.Duration
	Target   float64
	Hold     bool // keeps the value before
}

// Fixed returns the stages of a constant load.
func Fixed(target float64, d time.Duration) []Stage {
	return []Stage{{Target: target}, {Duration: d, Hold: true}}
}

func (s *Schedule) check() error {
	open := len(s.Rate) > 0
	switch {
	case open && len(s.Users) > 0:
		return errors.New("a load has virtual users or a rate, not both")
	case !open && len(s.Users) == 0:
		return errors.New("a load needs virtual users or a rate")
	case open && s.MaxUsers < 1:
		return errors.New("a rate needs to know how many virtual users may be at work at once")
	case s.Iterations < 0:
		return fmt.Errorf("%d iterations", s.Iterations)
	}
	if s.line().most() <= 0 {
		return errors.New("a load of nothing: no stage has a virtual user, or a rate")
	}
	if s.line().length() <= 0 && s.Iterations == 0 {
		return errors.New("a load needs a duration or a number of iterations")
	}
	return nil
}

// Open reports whether iterations start at a rate, however long responses take.
func (s *Schedule) Open() bool { return len(s.Rate) > 0 }

// Most returns the largest number of virtual users, or the highest rate.
func (s *Schedule) Most() float64 { return s.line().most() }

// line returns the load as a function of time.
func (s *Schedule) line() line {
	stages := s.Users
	if s.Open() {
		stages = s.Rate
	}
	var out line
	at := 0.0
	for _, st := range stages {
		to := st.Target
		if st.Hold {
			to = at
		}
		if st.Duration > 0 {
			out = append(out, piece{at, to, st.Duration})
		}
		at = to
	}
	if len(out) == 0 { // lasts as long as the iterations
		out = line{{at, at, 0}}
	}
	return out
}

// A line is a piecewise linear function of time.
type line []piece

type piece struct {
	from, to float64
	d        time.Duration
}

func (l line) length() (d time.Duration) {
	for _, p := range l {
		d += p.d
	}
	return d
}

// at returns the value at a time, or the last value after the end.
func (l line) at(t time.Duration) float64 {
	last := 0.0
	for _, p := range l {
		if t < p.d {
			return p.from + (p.to-p.from)*float64(t)/float64(p.d)
		}
		t -= p.d
		last = p.to
	}
	return last
}

// most returns the largest value.
func (l line) most() (m float64) {
	for _, p := range l {
		m = max(m, p.from, p.to)
	}
	return m
}

// when returns the time at which the area under the line reaches n, which is
// the n-th arrival of a rate. It returns false when the line ends before.
func (l line) when(n float64) (time.Duration, bool) {
	var before time.Duration
	for _, p := range l {
		secs := p.d.Seconds()
		area := (p.from + p.to) / 2 * secs
		if n > area {
			n -= area
			before += p.d
			continue
		}
		return before + time.Duration(p.reach(n, secs)*float64(time.Second)), true
	}
	return before, false
}

// reach solves from·t + slope/2·t² = n for t, in seconds.
func (p piece) reach(n, secs float64) float64 {
	slope := 0.0
	if secs > 0 {
		slope = (p.to - p.from) / secs
	}
	if slope == 0 {
		if p.from == 0 {
			return secs
		}
		return n / p.from
	}
	return (math.Sqrt(p.from*p.from+2*slope*n) - p.from) / slope
}

// ParseStage parses 30s:100 (to 100 within 30 s) and 2m (hold for 2 minutes). A
// rate may be written 1m:500/s.
func ParseStage(text string) (Stage, error) {
	d, target, more := strings.Cut(text, ":")
	took, err := ParseDuration(d)
	if err != nil {
		return Stage{}, fmt.Errorf("%q: a stage starts with its time, as in 30s:100", text)
	}
	if _, err := strconv.ParseFloat(d, 64); err == nil && !more { // the user probably means 100 users
		return Stage{}, fmt.Errorf("%q: a stage starts with its time, as in 30s:100", text)
	}
	if !more {
		return Stage{Duration: took, Hold: true}, nil
	}
	n, err := ParseRate(target)
	if err != nil {
		return Stage{}, fmt.Errorf("%q: want a number after the time, as in 30s:100", text)
	}
	return Stage{Duration: took, Target: n}, nil
}

// ParseDuration parses 30s, 1m30s, or a number of seconds.
func ParseDuration(s string) (time.Duration, error) {
	if n, err := strconv.ParseFloat(s, 64); err == nil && n > 0 && n < 1e9 {
		return time.Duration(n * float64(time.Second)), nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%q: want a duration such as 30s or 2m", s)
	}
	return d, nil
}

// ParseRate parses 200, 200/s, 600/m or 3600/h. It returns iterations per
// second.
func ParseRate(s string) (float64, error) {
	number, unit, _ := strings.Cut(s, "/")
	n, err := strconv.ParseFloat(number, 64)
	per, ok := map[string]float64{"": 1, "s": 1, "m": 60, "h": 3600}[unit]
	if err != nil || !ok || !(n >= 0 && n <= 1e6) {
		return 0, fmt.Errorf("%q: want a rate such as 200/s or 600/m", s)
	}
	return n / per, nil
}

// ProfileNames are Postman's load profiles.
var ProfileNames = []string{"fixed", "ramp-up", "spike", "peak"}

// Profile returns the stages of one of Postman's load profiles, for a number of
// virtual users and a duration.
//
//   - fixed: all users, all the time
//   - ramp-up: from a quarter to all in the first half, then all
//   - spike: a tenth, with a sudden peak of all in the middle
//   - peak: a fifth, up to all, which stay for a while, and down again
func Profile(name string, users float64, d time.Duration) ([]Stage, error) {
	part := func(share float64) time.Duration { return time.Duration(share * float64(d)) }
	switch name {
	case "fixed":
		return Fixed(users, d), nil
	case "ramp-up":
		return []Stage{{Target: users / 4}, {Duration: part(.5), Target: users}, {Duration: part(.5), Hold: true}}, nil
	case "spike":
		return []Stage{{Target: users / 10}, {Duration: part(.4), Hold: true}, {Duration: part(.1), Target: users},
			{Duration: part(.1), Target: users / 10}, {Duration: part(.4), Hold: true}}, nil
	case "peak":
		return []Stage{{Target: users / 5}, {Duration: part(.2), Hold: true}, {Duration: part(.2), Target: users},
			{Duration: part(.2), Hold: true}, {Duration: part(.2), Target: users / 5}, {Duration: part(.2), Hold: true}}, nil
	}
	return nil, fmt.Errorf("%q: want one of %s", name, strings.Join(ProfileNames, ", "))
}
