package runner_test

import (
	"flag"
	"testing"

	"postie/runner/runnertest"
	"postie/runner/script/sandbox"
)

var _ = flag.Bool("update", false, "rewrite the scenarios' goldens")

// TestScenarios runs the collections of testdata/scenarios: each states a
// rule of Postman's, or of ours where we differ.
func TestScenarios(t *testing.T) {
	t.Parallel()
	runnertest.RunScenarios(t, "testdata/scenarios", sandbox.New())
}
