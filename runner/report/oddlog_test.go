package report_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"testing"

	"postie/runner/report"
	"postie/runner/runlog"
	"postie/runner/runnertest"
)

// reportOdd makes every report of a log that is odd, alone and merged. That it
// cannot be read is an error; nothing panics.
func reportOdd(good, odd []byte) {
	log := runlog.New("odd", bytes.NewReader(odd), int64(len(odd)))
	_ = log.Whole()
	merged := report.Merge(log, runlog.New("good", bytes.NewReader(good), int64(len(good))), log)
	for _, one := range []report.Log{log, merged} {
		for _, f := range report.Formats() {
			switch {
			case f.Render != nil:
				_ = f.Render(io.Discard, one, report.Options{})
			case f.Print != nil:
				_ = report.Replay(one, f.Print(io.Discard, report.CLIOptions{Verbose: true, Width: 80}))
			default:
				_ = f.Folder(one, report.Options{}, func(string) (io.WriteCloser, error) { return nopCloser{io.Discard}, nil })
			}
		}
		_ = report.Replay(one, report.NewTable(report.TableOptions{Names: []string{"a", "b", "c"}}))
	}
}

// TestOddLogs makes reports of logs in which something is missing, or is not
// what it should be.
func TestOddLogs(t *testing.T) {
	t.Parallel()
	good, err := os.ReadFile("testdata/run.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(30) {
		reportOdd(good, runnertest.OddLog(good, rand.New(rand.NewPCG(seed, 1))))
	}
}

// FuzzOddLogs goes on with other seeds.
func FuzzOddLogs(f *testing.F) {
	good, err := os.ReadFile("testdata/run.ndjson")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint64(1))
	f.Fuzz(func(_ *testing.T, seed uint64) {
		reportOdd(good, runnertest.OddLog(good, rand.New(rand.NewPCG(seed, 1))))
	})
}
