package matrix

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"postie/runner"
)

// A Shard is one part of a run that is divided among several machines. Index
// counts from 1 to Of; the zero value is the whole run.
type Shard struct{ Index, Of int }

// Whole reports whether the run is not divided.
func (s Shard) Whole() bool { return s.Of == 0 }

// Has reports whether item i, counted from 0, belongs to the part.
func (s Shard) Has(i int) bool { return s.Whole() || i%s.Of == s.Index-1 }

// String is "shard 2/5".
func (s Shard) String() string { return fmt.Sprintf("shard %d/%d", s.Index, s.Of) }

// Part is "2/5", and "" for the whole run.
func (s Shard) Part() string {
	if s.Whole() {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Index, s.Of)
}

// A ci has the two environment variables with which a CI system numbers
// parallel jobs.
type ci struct {
	index, of string
	first     int // the index of the first part
}

// cis are tried in order: GitLab, CircleCI, Buildkite, Bazel and others, an
// indexed Kubernetes job.
var cis = []ci{
	{"CI_NODE_INDEX", "CI_NODE_TOTAL", 1},
	{"CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0},
	{"BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0},
	{"TEST_SHARD_INDEX", "TEST_TOTAL_SHARDS", 0},
	{"JOB_COMPLETION_INDEX", "JOB_COMPLETIONS", 0},
}

// ParseShard parses i/n; auto, which uses the variables of a CI system; or
// auto/n when the CI system has only the index. "" is the whole run.
func ParseShard(text string, getenv func(string) string) (Shard, error) {
	if text == "" {
		return Shard{}, nil
	}
	index, of, _ := strings.Cut(text, "/")
	first := 1
	if index == "auto" {
		c, ok := ciOf(getenv)
		if !ok {
			return Shard{}, errors.New("auto: no variable of a CI system says the part, such as CI_NODE_INDEX; give it as 2/5")
		}
		index, first = getenv(c.index), c.first
		if of == "" {
			of = getenv(c.of)
		}
		if of == "" {
			return Shard{}, fmt.Errorf("auto: %s is not set; give the number of parts as auto/5", c.of)
		}
	}
	i, err := strconv.Atoi(index)
	n, err2 := strconv.Atoi(of)
	i += 1 - first
	if err != nil || err2 != nil || i < 1 || i > n {
		return Shard{}, fmt.Errorf("%s: want part/parts, such as 2/5", text)
	}
	return Shard{i, n}, nil
}

func ciOf(getenv func(string) string) (ci, bool) {
	for _, c := range cis {
		if getenv(c.index) != "" {
			return c, true
		}
	}
	return ci{}, false
}

// Apply limits a run to the shard's part: of its iterations, or of its
// top-level folders and requests when there is one iteration. The requests of a
// folder stay together, because one may need what another sets. A part without
// a request is no error. Limits on the whole run are checked when the parts are
// merged.
func (s Shard) Apply(o *runner.Options) {
	if s.Whole() {
		return
	}
	o.Checks.Defer = true // a part cannot judge the whole run
	if n := o.IterationCount(); n > 1 {
		o.Only = s.Has
		o.AllowEmpty = o.AllowEmpty || s.Index > n
		return
	}
	whole := o.Select
	if len(whole) == 0 {
		for _, n := range o.Collection.Root().Children() {
			whole = append(whole, n.ID())
		}
	}
	o.Select = nil
	for i, name := range whole {
		if s.Has(i) {
			o.Select = append(o.Select, name)
		}
	}
	if len(o.Select) == 0 { // an empty list would select everything
		o.Only, o.AllowEmpty = func(int) bool { return false }, true
	}
}
