package matrix_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/runner/matrix"
)

// Runs of one name get numbers, so that no two runs have the same name.
func TestNames(t *testing.T) {
	t.Parallel()
	var names matrix.Names
	for _, name := range []string{"a", "b", "a", "a #2", "a", "b", "a #3", ""} {
		names.Add(name)
	}
	want := []string{"a", "b", "a #2", "a #2 #2", "a #3", "b #2", "a #3 #2", ""}
	if d := cmp.Diff(want, names.List()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
