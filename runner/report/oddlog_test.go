package report_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/tidwall/gjson"

	"postie/runner/drift"
	"postie/runner/event"
	"postie/runner/replay"
	"postie/runner/report"
	"postie/runner/runlog"
	"postie/runner/runnertest"
)

// A logReader is what reads logs: it returns an error, or nil, and never panics.
type logReader struct {
	name string
	read func(log *runlog.Log) error
}

// logReaders are all there are: every report, alone and merged with a good log,
// and what rerun, replay and diff read.
func logReaders(good []byte) []logReader {
	all := []logReader{
		{"whole", (*runlog.Log).Whole},
		{"runs", readRuns},
		{"table", func(log *runlog.Log) error {
			return report.Replay(log, report.NewTable(report.TableOptions{Names: []string{"a", "b", "c"}}))
		}},
		{"recording", readRecording},
		{"pace", readPace},
		{"drift", func(log *runlog.Log) error { return readAnswers(log, log) }},
		{"drift from a good one", func(log *runlog.Log) error { return readAnswers(wholeLog(good), log) }},
	}
	for _, f := range report.Formats() {
		all = append(all,
			logReader{f.Name, func(log *runlog.Log) error { return makeReport(f, log) }},
			logReader{f.Name + " of several", func(log *runlog.Log) error {
				merged, _, err := report.Judge(report.Merge(log, wholeLog(good), log))
				if err != nil {
					return err
				}
				return makeReport(f, merged)
			}})
	}
	return all
}

func wholeLog(text []byte) *runlog.Log {
	return runlog.New("log", bytes.NewReader(text), int64(len(text)))
}

func makeReport(f report.Format, log report.Log) error {
	switch {
	case f.Render != nil:
		return f.Render(io.Discard, log, report.Options{})
	case f.Print != nil:
		return report.Replay(log, f.Print(io.Discard, report.CLIOptions{Verbose: true, Width: 80}))
	}
	return f.Folder(log, report.Options{}, func(string) (io.WriteCloser, error) { return nopCloser{io.Discard}, nil })
}

func readRuns(log *runlog.Log) error {
	runs, err := log.Runs()
	if err != nil {
		return err
	}
	for _, one := range runs {
		for _, err := range one.Events(runlog.Collection) {
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func readRecording(log *runlog.Log) error {
	r, err := replay.Read(log)
	if err != nil {
		return err
	}
	c, err := r.Collection()
	if err != nil {
		return err
	}
	for _, part := range []replay.Selection{r.Ran, r.Failed} {
		names, err := replay.Names(c, part.Items)
		if err != nil {
			return err
		}
		if err := replay.Sendable(c, names); err != nil {
			return err
		}
	}
	replay.HasMaskedVariables(c)
	return nil
}

func readPace(log *runlog.Log) error {
	pace, err := replay.Pace(log)
	if err != nil {
		return err
	}
	pace(event.Cursor{}, event.ItemRef{})
	return nil
}

func readAnswers(a, b *runlog.Log) error {
	from, err := drift.ReadLog(a)
	if err != nil {
		return err
	}
	to, err := drift.ReadLog(b)
	if err != nil {
		return err
	}
	if _, err := drift.Learn(from, to, drift.Rules{}); err != nil {
		return err
	}
	found, err := drift.Compare(from, to, drift.Rules{})
	if err != nil {
		return err
	}
	drift.Print(io.Discard, found)
	for i := range to.Len() {
		answer, err := to.Answer(i)
		if err != nil {
			return err
		}
		if _, err := drift.ParseSnapshot(answer.Snapshot(drift.Rules{})); err != nil && !answer.Failed() {
			return fmt.Errorf("an approved answer cannot be read: %w", err)
		}
	}
	return nil
}

// itemLogs are logs of one item each, made of one of many: what goes wrong in
// them is soon found.
func itemLogs(text []byte) [][]byte {
	var before, after []byte
	var items [][]byte
	refs := map[string]int{}
	for line := range bytes.Lines(text) {
		ref := gjson.GetBytes(line, "cursor.ref").Str
		i, seen := refs[ref]
		switch {
		case ref == "" && len(items) == 0:
			before = append(before, line...)
		case ref == "":
			after = append(after, line...)
		case seen:
			items[i] = append(items[i], line...)
		default:
			refs[ref] = len(items)
			items = append(items, append(bytes.Clone(before), line...))
		}
	}
	for i := range items {
		items[i] = append(items[i], after...)
	}
	return items
}

func goodLog(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/run.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestOddLogs gives each reader logs in which something is missing, or is not
// what it should be. That a log cannot be read is an error; nothing panics.
func TestOddLogs(t *testing.T) {
	t.Parallel()
	good := goodLog(t)
	for _, r := range logReaders(good) {
		if err := r.read(wholeLog(good)); err != nil {
			t.Errorf("%s of a good log: %v", r.name, err)
		}
		for seed := range uint64(10) {
			_ = r.read(wholeLog(runnertest.OddLog(good, rand.New(rand.NewPCG(seed, 1)))))
		}
	}
}

// FuzzOddLogs gives other logs to one reader at a time: as they are, or with
// what the seed makes of them.
func FuzzOddLogs(f *testing.F) {
	logs := itemLogs(goodLog(f))
	readers := logReaders(logs[0])
	for i := range readers {
		for j, log := range logs {
			f.Add(log, uint64(j), uint8(i))
		}
	}
	withCollection := append([]byte(`{"v":1,"event":"Collection","cursor":{},"collection":{"item":[{"name":"a","request":"http://h/"}]}}`+"\n"), logs[0]...)
	f.Add(withCollection, uint64(0), uint8(3))
	f.Fuzz(func(_ *testing.T, log []byte, seed uint64, reader uint8) {
		if seed > 0 && len(bytes.TrimSpace(log)) > 0 {
			log = runnertest.OddLog(log, rand.New(rand.NewPCG(seed, 1)))
		}
		_ = readers[int(reader)%len(readers)].read(wholeLog(log))
	})
}
