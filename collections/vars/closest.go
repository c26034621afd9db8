package vars

import (
	"iter"
	"strings"
)

// maxNear is the longest name, in runes, that Closest compares.
const maxNear = 128

// Closest returns the defined name most like name, or "" when none is near.
func (s *Stack) Closest(name string) string {
	return Closest(name, func(yield func(string) bool) {
		for _, layer := range s.layers() {
			for v := range layer.All() {
				if !v.Disabled && !yield(v.Key) {
					return
				}
			}
		}
		if strings.HasPrefix(name, "$") && s.Dynamic != nil {
			for _, n := range Names() {
				if !yield(n) {
					return
				}
			}
		}
	})
}

// Closest returns the candidate most like name, or "" when none is near: a
// third of its letters may differ.
func Closest(name string, candidates iter.Seq[string]) string {
	want := []rune(strings.ToLower(name))
	if len(want) > maxNear {
		return ""
	}
	best, near := len(want)/3+2, ""
	for candidate := range candidates {
		have := []rune(strings.ToLower(candidate))
		if candidate == name || len(have) > maxNear {
			continue
		}
		if d := distance(want, have); d < best && d < len(want) {
			best, near = d, candidate
		}
	}
	return near
}

// distance is how many letters to insert, delete or replace (Levenshtein).
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := diagonal
			if x != y {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
