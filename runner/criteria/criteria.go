// Package criteria has the pass criteria of a run beyond its scripts'
// assertions: checks of each answer, values taken from it, and bounds on the
// run as a whole. Its functions are pure: they read answers and summaries and
// return assertions and failures, which the runner reports.
package criteria

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"postie/runner/event"
	"postie/runner/script"
)

// Options are the pass criteria of a run. The zero value asks for nothing.
type Options struct {
	Asserts  []Assert  // checks of every item's answer, after its tests
	Extracts []Extract // variables set from every item's answer, before them

	FailOn       []Status // answers that fail
	RequireTests bool     // an item without an assertion fails
	Strict       bool     // warnings are failures

	MaxDuration time.Duration // of the whole run; 0: any
	Thresholds  []Threshold   // on figures of the whole run

	// Defer says that the run is a part of one. The bounds on the whole run
	// then go into its log, and are judged when the parts are merged.
	Defer bool
}

// RunWide are the bounds on the whole run as text; see ParseRunWide.
func (o *Options) RunWide() []string {
	var out []string
	for _, t := range o.Thresholds {
		out = append(out, t.Text)
	}
	if o.MaxDuration > 0 {
		out = append(out, longest+o.MaxDuration.String())
	}
	return out
}

// longest introduces MaxDuration among the texts of RunWide.
const longest = "max-duration="

// ParseRunWide reads what RunWide wrote.
func ParseRunWide(texts []string) (Options, error) {
	var o Options
	for _, text := range texts {
		if d, ok := strings.CutPrefix(text, longest); ok {
			took, err := time.ParseDuration(d)
			if err != nil {
				return o, fmt.Errorf("%q: no duration", text)
			}
			o.MaxDuration = took
			continue
		}
		list, err := ParseThresholds(text)
		if err != nil {
			return o, err
		}
		o.Thresholds = append(o.Thresholds, list...)
	}
	return o, nil
}

// PerItem are the criteria that one item can meet or miss, without those that
// need the whole run. When a run is split into several, the rest is judged once,
// on the merged summary.
func (o Options) PerItem() Options {
	o.MaxDuration, o.Thresholds = 0, nil
	return o
}

// Answer checks an item's answer against the asserts. Messages quote what was
// found only after hide has hidden its secrets, and only then cut it.
func (o *Options) Answer(r *script.Response, hide func(json string) string) []script.Assertion {
	var out []script.Assertion
	for i := range o.Asserts {
		a := &o.Asserts[i]
		found := script.Assertion{Name: a.text, Index: i}
		if ok, got := a.holds(r); !ok {
			value := quoted(got, hide)
			found.Err = assertionError("expected %s but got %s", a.text, value)
			if a.want.Exists() {
				want := a.want.Raw
				found.Expected, found.Actual = &want, &value
			}
		}
		out = append(out, found)
	}
	return out
}

// Item checks an item that is done: the status it ended with, and whether
// anything was asserted of it.
func (o *Options) Item(r *script.Response, asserted int) []script.Assertion {
	var out []script.Assertion
	if i := slices.IndexFunc(o.FailOn, func(s Status) bool { return s.Matches(r.Code) }); i >= 0 {
		out = append(out, script.Assertion{Name: "status is not " + o.FailOn[i].text,
			Err: assertionError("the response is %d %s", r.Code, r.Status)})
	}
	if o.RequireTests && asserted == 0 {
		out = append(out, script.Assertion{Name: "has a test",
			Err: assertionError("the request was not tested: no script made an assertion")})
	}
	return out
}

// Run judges a run that came to its end by its merged summary and all its
// response times, in milliseconds. It returns nil when nothing is missed.
func (o *Options) Run(s *event.Summary, times *event.Quantiles) *event.Failure {
	if o.Defer {
		return nil
	}
	var missed []string
	if took := s.Completed.Sub(s.Started); o.MaxDuration > 0 && took > o.MaxDuration {
		missed = append(missed, fmt.Sprintf("the run took %s, more than %s", took.Round(time.Millisecond), o.MaxDuration))
	}
	for i := range o.Thresholds {
		t := &o.Thresholds[i]
		if !t.measured(s, times) {
			missed = append(missed, fmt.Sprintf("threshold %s: nothing was measured", t.Text))
		} else if v := t.value(s, times); !t.Holds(v, t.Value) {
			missed = append(missed, fmt.Sprintf("threshold %s: %s is %s%s", t.Text, t.Figure, rounded(v), t.Unit))
		}
	}
	if len(missed) == 0 {
		return nil
	}
	return &event.Failure{Kind: event.KindThreshold, Name: "Threshold", Message: strings.Join(missed, "; ")}
}

func rounded(v float64) string {
	return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64)
}

func assertionError(format string, args ...any) *script.Error {
	return &script.Error{Type: "Error", Name: "AssertionError", Message: fmt.Sprintf(format, args...)}
}
