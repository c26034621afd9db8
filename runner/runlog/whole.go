package runlog

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"postie/runner/event"
)

// An Incomplete says what is missing in a log. A run with a missing part has
// not passed, as far as the log shows.
type Incomplete struct {
	Name  string // of the log
	Why   string
	Early bool // the log is complete, but the run ended before its last request
}

// Error implements error.
func (e *Incomplete) Error() string {
	if e.Early {
		return fmt.Sprintf("%s: the run in it ended early: %s", e.Name, e.Why)
	}
	return fmt.Sprintf("%s: the run log is not whole: %s", e.Name, e.Why)
}

// A census counts the events of one run.
type census struct {
	started, finished   int
	headless            bool // its first line is not the start of the run
	items, iterations   int
	requests, tests     int
	summed              event.Stats // sums in the ends of runs
	bailed, interrupted bool
	err                 *event.Failure
}

// Whole returns nil when the log contains its runs from start to end, and each
// run ran to its end. Otherwise it returns an *Incomplete; ErrEmpty when there
// is no event; or ErrNoRun for a log of WriteNoRun. Other errors are errors of
// reading. It reads the log once and decodes little.
func (l *Log) Whole() error {
	runs := map[int]*census{}
	var cut, described, none bool
	n := 0
	for line, err := range l.lines() {
		if err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
		n++
		if isCollection(line) {
			described = true
			continue // it describes the run, and is nothing that the run did
		}
		if isNoRun(line) {
			none = true
			continue
		}
		if !bytes.HasSuffix(line, []byte("\n")) && !json.Valid(line) {
			if n == 1 && line[0] != '{' {
				return fmt.Errorf("%s:1: %w", l.name, ErrNotLog)
			}
			cut = true
			break
		}
		described = false
		number := runOf(line)
		if runs[number] == nil {
			runs[number] = &census{}
		}
		if err := runs[number].add(bytes.TrimSpace(line)); err != nil {
			return fmt.Errorf("%s:%d: %w", l.name, n, err)
		}
	}
	switch {
	case described, len(runs) == 0 && cut:
		return &Incomplete{Name: l.name, Why: "it ends before its run starts"}
	case len(runs) == 0 && none:
		return fmt.Errorf("%s: %w", l.name, ErrNoRun)
	case len(runs) == 0:
		return fmt.Errorf("%s: %w", l.name, ErrEmpty)
	}
	return l.judge(runs, cut)
}

func (l *Log) judge(runs map[int]*census, cut bool) error {
	var early error
	for _, number := range slices.Sorted(maps.Keys(runs)) {
		why, isEarly := runs[number].lacks()
		if why == "" {
			continue
		}
		if len(runs) > 1 {
			why = fmt.Sprintf("run %d: %s", number+1, why)
		}
		if !isEarly {
			return &Incomplete{Name: l.name, Why: why}
		}
		if early == nil {
			early = &Incomplete{Name: l.name, Why: why, Early: true}
		}
	}
	if cut {
		return &Incomplete{Name: l.name, Why: "its last line is cut off"}
	}
	return early
}

// lines yields the lines of all parts that are not blank, and only the start of
// a line with a collection.
func (l *Log) lines() func(yield func([]byte, error) bool) {
	return func(yield func([]byte, error) bool) {
		for _, p := range l.parts {
			src := bufio.NewReaderSize(io.NewSectionReader(l.src, p.from, p.end-p.from), 64<<10)
			for {
				line, _, err := readLine(src, false)
				if len(bytes.TrimSpace(line)) > 0 && !yield(line, nil) {
					return
				}
				if err == io.EOF {
					break
				}
				if err != nil {
					yield(nil, err)
					return
				}
			}
		}
	}
}

func (c *census) add(line []byte) error {
	kind, err := kindOf(line)
	if err != nil {
		return err
	}
	if c.started == 0 && kind != RunStarted {
		c.headless = true
	}
	switch kind {
	case RunStarted:
		c.started++
	case ItemFinished:
		c.items++
	case IterationFinished:
		c.iterations++
	case RequestFinished:
		c.requests++
	case TestFinished:
		c.tests++
	case RunFinished:
		e, err := decode(line)
		if err != nil {
			return err
		}
		c.end(e.(*event.RunFinished))
	}
	return nil
}

func (c *census) end(e *event.RunFinished) {
	c.finished++
	stats := &e.Summary.Stats
	c.summed.Items.Total += stats.Items.Total
	c.summed.Iterations.Total += stats.Iterations.Total
	c.summed.Requests.Total += stats.Requests.Total
	c.summed.Assertions.Total += stats.Assertions.Total
	c.bailed = c.bailed || e.Bailed
	c.interrupted = c.interrupted || e.Interrupted
	if e.Err != nil && c.err == nil && e.Err.Kind == event.KindRun {
		c.err = e.Err
	}
}

// lacks returns what is missing, or "". early means that the log is complete
// and the run ended early.
func (c *census) lacks() (why string, early bool) {
	for _, part := range []struct {
		name      string
		has, want int
	}{
		{"items", c.items, c.summed.Items.Total}, {"requests", c.requests, c.summed.Requests.Total},
		{"assertions", c.tests, c.summed.Assertions.Total}, {"iterations", c.iterations, c.summed.Iterations.Total},
	} {
		if c.finished > 0 && c.finished == c.started && part.has < part.want {
			why = fmt.Sprintf("it holds %d %s of %d", part.has, part.name, part.want)
			break
		}
	}
	switch {
	case c.headless:
		return "its first lines are missing", false
	case c.finished < c.started:
		return "it ends before the run does", false
	case why != "":
		return why, false
	case c.interrupted:
		return "it was interrupted", true
	case c.err != nil:
		return c.err.Message, true
	case c.bailed:
		return "it stopped at a failure", true
	}
	return "", false
}
