package collections

import (
	"regexp"
	"slices"
	"strings"
)

// A Filter selects requests by their path below the collection, such as A/B/C.
// The zero value keeps every request.
type Filter struct {
	Grep      []*regexp.Regexp // at least one of them must match; when there are none, every path does
	Exclude   []*regexp.Regexp // none of them may match
	OnlyTests bool             // keep only requests with a test script of their own or of a folder around them
}

// Empty reports whether the filter keeps every request.
func (f *Filter) Empty() bool { return len(f.Grep)+len(f.Exclude) == 0 && !f.OnlyTests }

// Keep reports whether the filter keeps a request.
func (f *Filter) Keep(n *Node) bool {
	if f.OnlyTests && !n.tested() {
		return false
	}
	path := strings.Join(n.Path()[1:], "/")
	matches := func(re *regexp.Regexp) bool { return re.MatchString(path) }
	return (len(f.Grep) == 0 || slices.ContainsFunc(f.Grep, matches)) && !slices.ContainsFunc(f.Exclude, matches)
}

// tested reports whether a request has a test script that is not blank.
func (n *Node) tested() bool {
	return slices.ContainsFunc(n.Scripts("test"), func(s Script) bool { return strings.TrimSpace(s.Source) != "" })
}
