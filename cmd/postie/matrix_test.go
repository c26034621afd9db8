package main

import (
	"slices"
	"testing"
)

// Runs of one name are told apart, by numbers no other run has.
func TestRunNamesAreUnique(t *testing.T) {
	g := &grid{taken: map[string]int{}}
	var got []string
	for _, name := range []string{"a", "b", "a", "a #2", "a", "b", "a #3"} {
		got = append(got, g.unique(name))
	}
	want := []string{"a", "b", "a #2", "a #2 #2", "a #3", "b #2", "a #3 #2"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
