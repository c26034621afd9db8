package criteria

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"postie/runner/event"
)

// A Bound is a threshold taken apart: p95<500ms, or {Login}.p99<1s.
type Bound struct {
	Text       string  // as written
	Request    string  // name, path or glob of requests; "" is all
	Figure     string  // p95, failed
	Percentile float64 // of a figure such as p95, otherwise 0
	Unit       string  // of the figure: ms, %, /s, or "" for a number
	Op         string  // <, <=, >, >=, ==
	Value      float64 // in the unit
	Relative   bool    // Value is a percentage of the figure of a baseline
}

// String is the threshold as written.
func (b Bound) String() string { return b.Text }

// Holds reports whether a figure is within a limit: Value, or what it comes to.
func (b *Bound) Holds(figure, limit float64) bool {
	switch b.Op {
	case "<":
		return figure < limit
	case "<=":
		return figure <= limit
	case ">":
		return figure > limit
	case "==":
		return figure == limit
	}
	return figure >= limit
}

// comparisons, the longer of two that start alike first.
var comparisons = []string{"<=", ">=", "==", "<", ">"}

// A Unit is what a figure is measured in, and reads a limit in it.
type Unit struct {
	Name  string
	Parse func(string) (float64, error)
}

// Units of figures. A percentage may be written without its sign.
var (
	Milliseconds = Unit{"ms", parseMillis}
	Percent      = Unit{"%", func(s string) (float64, error) { return parseNumber(strings.TrimSuffix(s, "%")) }}
	Number       = Unit{"", parseNumber}
)

func parseNumber(s string) (float64, error) { return strconv.ParseFloat(strings.TrimSpace(s), 64) }

// parseMillis reads 500ms, 2s, or a number of milliseconds.
func parseMillis(s string) (float64, error) {
	if v, err := parseNumber(s); err == nil {
		return v, nil
	}
	d, err := time.ParseDuration(s)
	return event.Milliseconds(d), err
}

// A Grammar says which thresholds there are. Percentiles of response times, p50
// to p99.9, are figures of each.
type Grammar struct {
	Figures  map[string]Unit
	Requests bool   // figures of single requests may be bounded
	Baseline bool   // limits may be percentages of a baseline's figures
	Examples string // for errors: "p95<500ms and failed<1%"
}

// Parse reads a comma-separated list. Errors quote the threshold and say what is
// wrong with it.
func (g *Grammar) Parse(list string) ([]Bound, error) {
	var out []Bound
	for text := range strings.SplitSeq(list, ",") {
		b, err := g.ParseOne(strings.TrimSpace(text))
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// ParseOne reads a single threshold.
func (g *Grammar) ParseOne(text string) (Bound, error) {
	b := Bound{Text: text}
	if problem := g.read(&b); problem != "" {
		return b, fmt.Errorf("%q: %s; %s are thresholds", text, problem, g.Examples)
	}
	return b, nil
}

// read takes the text apart, and returns what is wrong with it.
func (g *Grammar) read(b *Bound) (problem string) {
	rest := b.Text
	if g.Requests && strings.HasPrefix(rest, "{") {
		name, after, ok := strings.Cut(rest[1:], "}.")
		if !ok {
			return "no figure after the request, as in {Login}.p95<500ms"
		}
		b.Request, rest = name, after
	}
	limit := ""
	for _, op := range comparisons {
		if figure, after, ok := strings.Cut(rest, op); ok {
			b.Figure, b.Op, limit = strings.TrimSpace(figure), op, strings.TrimSpace(after)
			break
		}
	}
	if b.Op == "" {
		return "no <, <=, >, >= or =="
	}
	unit, known := g.Figures[b.Figure]
	if digits, ok := strings.CutPrefix(b.Figure, "p"); ok && !known {
		p, err := strconv.ParseFloat(digits, 64)
		if err != nil || !(p > 0 && p <= 100) {
			return "no such percentile"
		}
		b.Percentile, unit, known = p, Milliseconds, true
	}
	if !known {
		return "no such figure; there are p50 to p99.9, " + strings.Join(slices.Sorted(maps.Keys(g.Figures)), ", ")
	}
	b.Unit = unit.Name
	if g.Baseline && b.Unit != "%" && strings.HasSuffix(limit, "%") {
		b.Relative, unit = true, Percent
	}
	var err error
	if b.Value, err = unit.Parse(limit); err != nil || math.IsNaN(b.Value) || math.IsInf(b.Value, 0) {
		return "no such bound"
	}
	return ""
}
