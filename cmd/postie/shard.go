package main

import (
	"fmt"
	"strconv"
	"strings"

	"postie/cmd/internal/term"
	"postie/runner"
)

// A shard is one part of a run that is spread over several machines. The zero
// value is the whole run.
type shard struct {
	index, of int // index counts from 1
}

// has reports whether the part holds the i-th of what is spread, from 0.
func (s shard) has(i int) bool { return s.of == 0 || i%s.of == s.index-1 }

func (s shard) String() string { return fmt.Sprintf("shard %d/%d", s.index, s.of) }

// A ci is how a CI system tells a job which part it is.
type ci struct {
	index, of string
	from      int // the first index
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

// shardOf reads --shard: i/n, auto, or auto/n where the CI system tells the
// index alone.
func shardOf(text string, s *term.Streams) (shard, error) {
	if text == "" {
		return shard{}, nil
	}
	index, of, _ := strings.Cut(text, "/")
	from := 1
	if index == "auto" {
		c, ok := ciOf(s)
		if !ok {
			return shard{}, usageError("--shard auto: no variable of a CI system tells the part, such as CI_NODE_INDEX; give it as 2/5")
		}
		index, from = s.Getenv(c.index), c.from
		if of == "" {
			of = s.Getenv(c.of)
		}
		if of == "" {
			return shard{}, usageError("--shard auto: %s is not set; give the number of parts as auto/5", c.of)
		}
	}
	i, err := strconv.Atoi(index)
	n, err2 := strconv.Atoi(of)
	i += 1 - from
	if err != nil || err2 != nil || i < 1 || i > n {
		return shard{}, usageError("--shard %s: want part/parts, such as 2/5", text)
	}
	return shard{i, n}, nil
}

func ciOf(s *term.Streams) (ci, bool) {
	for _, c := range cis {
		if s.Getenv(c.index) != "" {
			return c, true
		}
	}
	return ci{}, false
}

// part leaves a run the shard's part of it: of its iterations, or of its
// top-level folders and requests when there is one. Those of a folder stay
// together, for one may need what another sets.
func (s shard) part(o *runner.Options) {
	if s.of == 0 {
		return
	}
	if runner.Cycles(*o) > 1 {
		o.Only = s.has
		o.AllowEmpty = o.AllowEmpty || s.index > runner.Cycles(*o)
		return
	}
	whole := o.Select
	if len(whole) == 0 {
		for _, n := range o.Collection.Root().Children() {
			whole = append(whole, n.ID())
		}
	}
	var mine []string
	for i, name := range whole {
		if s.has(i) {
			mine = append(mine, name)
		}
	}
	o.Select = mine
	if len(mine) == 0 {
		o.Only, o.AllowEmpty = func(int) bool { return false }, true
	}
}
