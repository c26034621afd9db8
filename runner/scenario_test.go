package runner_test

import (
	"flag"
	"os"
	"os/exec"
	"testing"

	"postie/runner/runnertest"
	"postie/runner/script/sandbox"
	"postie/runner/script/sandbox/engine"
)

var _ = flag.Bool("update", false, "rewrite the scenarios' goldens")

// plainAllocator is set in the process that runs the scenarios on an engine
// that found its insides other than expected.
const plainAllocator = "POSTIE_TEST_PLAIN_ALLOCATOR"

// TestScenarios runs the collections of testdata/scenarios: each states a
// rule of Postman's, or of ours where we differ.
func TestScenarios(t *testing.T) {
	if why := os.Getenv(plainAllocator); why != "" {
		if engine.ForceFallback(why); engine.Fallback() != why {
			t.Fatal("a machine was opened before the fallback was forced")
		}
	}
	t.Parallel()
	runnertest.RunScenarios(t, "testdata/scenarios", sandbox.New())
}

// TestScenariosOnThePlainAllocator runs the same where machines have no heaps
// of their own. What machines have is the process's, so it takes another one.
func TestScenariosOnThePlainAllocator(t *testing.T) {
	t.Parallel()
	if os.Getenv(plainAllocator) != "" {
		t.Skip("this is that process")
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestScenarios$")
	cmd.Env = append(os.Environ(), plainAllocator+"=a test")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
