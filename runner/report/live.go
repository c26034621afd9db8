package report

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"postie/runner/event"
	"postie/runner/runlog"
)

// Replay hands the events of a log to a reporter, as a run would.
func Replay(log Log, r event.Reporter) error {
	if p, ok := r.(*perItem); ok {
		all, err := runsOf(log)
		if err != nil && !errors.Is(err, runlog.ErrEmpty) {
			return err
		}
		p.ids.all = all.shareNames
	}
	var sum event.Summary
	for e, err := range log.Events(runlog.Collection) {
		if err != nil {
			return err
		}
		sum.Add(e)
		if err := r.Report(e, &sum); err != nil {
			return err
		}
	}
	if c, ok := r.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// A perItem reporter writes when an execution is complete.
type perItem struct {
	w     *bufio.Writer
	group grouper
	ids   identities
	start func(*event.RunStarted)
	item  func(*Execution)
	end   func(*event.RunFinished)
	close func()
}

// Close implements io.Closer: some formats end with a line of their own,
// after the last run.
func (p *perItem) Close() error {
	if p.close != nil {
		p.close()
	}
	return p.w.Flush()
}

// Report implements event.Reporter.
func (p *perItem) Report(e event.Event, _ *event.Summary) error {
	if s, ok := e.(*event.RunStarted); ok && p.start != nil {
		p.start(s)
	}
	if x := p.group.add(e); x != nil {
		p.item(x)
	}
	if f, ok := e.(*event.RunFinished); ok && p.end != nil {
		p.end(f)
	}
	return p.w.Flush()
}

func (p *perItem) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(p.w, format, args...) // Flush returns the error
}

// NewDot prints a character for each assertion: . passed, F failed, E broken,
// S skipped.
func NewDot(w io.Writer) event.Reporter {
	p := &perItem{w: bufio.NewWriter(w)}
	column := 0
	p.item = func(x *Execution) {
		for _, c := range x.cases() {
			p.printf("%s", map[bool]string{true: c.letter(), false: "."}[c.skipped || c.failure != nil])
			if column++; column%72 == 0 {
				p.printf("\n")
			}
		}
	}
	p.end = func(f *event.RunFinished) { p.printf("\n%s\n", Verdict(&f.Summary, f.Err)) }
	return p
}

func (c *testCase) letter() string {
	switch {
	case c.skipped:
		return "S"
	case c.broken():
		return "E"
	}
	return "F"
}

// Verdict is a run, or several, in a line.
func Verdict(s *event.Summary, err *event.Failure) string {
	line := fmt.Sprintf("%d requests, %d failed; %d assertions, %d failed, %d skipped; %d scripts failed; %s",
		s.Stats.Requests.Total, s.Stats.Requests.Failed, s.Stats.Assertions.Total, s.Stats.Assertions.Failed, s.Skipped,
		s.Stats.Scripts.Failed, took(s.Completed.Sub(s.Started)))
	counted := s.Stats.Requests.Failed + s.Stats.Assertions.Failed + s.Stats.Scripts.Failed
	if err != nil {
		line += "; " + SafeLine(err.Message)
		counted++
	}
	if more := s.FailureCount - counted; more > 0 {
		line += "; " + Counted(more, "other failure") // warnings that count, runs that ended early
	}
	return line
}

// NewEmojitrain prints a face for each item and one for the run, as newman
// does.
func NewEmojitrain(w io.Writer) event.Reporter {
	p := &perItem{w: bufio.NewWriter(w)}
	p.item = func(x *Execution) {
		face := "😀 "
		if x.Failed() {
			face = "😢 "
		}
		p.printf("%s", face)
	}
	p.end = func(f *event.RunFinished) {
		face := " 😍\n"
		if f.Summary.Failed() {
			face = " 😭\n"
		}
		p.printf("%s", face)
	}
	return p
}

// NewProgress draws newman's progress bar on a terminal of a width; without
// one (0) it prints the verdict alone.
func NewProgress(w io.Writer, width int) event.Reporter {
	p := &perItem{w: bufio.NewWriter(w)}
	done := 0
	draw := func(total int) {
		const long = 40
		if width == 0 || total <= 0 {
			return
		}
		full := max(0, min(long, long*done/total))
		p.printf("\rprogress [%s%s] %d%% | %d/%d", strings.Repeat("=", full), strings.Repeat("-", long-full), 100*done/total, done, total)
	}
	p.start = func(s *event.RunStarted) { draw(s.Items * s.Iterations) }
	p.item = func(x *Execution) {
		done++
		draw(x.Cursor.Length * x.Cursor.Cycles)
	}
	p.end = func(f *event.RunFinished) {
		if width > 0 {
			p.printf("\n")
		}
		p.printf("%s\n", Verdict(&f.Summary, f.Err))
	}
	return p
}

// NewTAP writes TAP version 14.
func NewTAP(w io.Writer) event.Reporter {
	p := &perItem{w: bufio.NewWriter(w)}
	n, file := 0, ""
	p.printf("TAP version 14\n")
	p.start = func(s *event.RunStarted) { file = s.File }
	p.item = func(x *Execution) {
		for _, c := range x.cases() {
			n++
			p.tap(n, file, x, &c)
		}
	}
	p.end = func(f *event.RunFinished) {
		if f.Err != nil {
			n++
			p.printf("not ok %d - %s\n  ---\n  message: %s\n  ...\n", n, runCase(f.Err), encode(SafeLine(f.Err.Message)))
		}
	}
	p.close = func() { p.printf("1..%d\n", n) }
	return p
}

var tapEscapes = strings.NewReplacer(`\`, `\\`, "#", `\#`)

func (p *perItem) tap(n int, file string, x *Execution, c *testCase) {
	status, directive := "ok", ""
	if c.failure != nil {
		status = "not ok"
	}
	if c.skipped {
		directive = " # SKIP"
	}
	p.printf("%s %d - %s%s\n", status, n, tapEscapes.Replace(SafeLine(caseName(x, c))), directive)
	if c.failure == nil {
		return
	}
	p.printf("  ---\n  message: %s\n  severity: %s\n  at: %s\n", encode(SafeLine(c.failure.Message)), c.failure.Kind, encode(c.failure.At))
	if c.failure.Line > 0 {
		p.printf("  file: %s\n  line: %d\n", encode(cmp.Or(c.failure.File, file)), c.failure.Line)
	}
	if c.failure.Expected != nil && c.failure.Actual != nil {
		p.printf("  wanted: %s\n  found: %s\n", encode(SafeLine(*c.failure.Expected)), encode(SafeLine(*c.failure.Actual)))
	}
	p.printf("  ...\n")
}

// caseName is a test's name after that of its item.
func caseName(x *Execution, c *testCase) string {
	name := x.fullName() + " > " + c.name
	if x.Cursor.Cycles > 1 {
		name += fmt.Sprintf(" (iteration %d)", x.Cursor.Iteration+1)
	}
	return name
}

// NewTeamCity writes TeamCity's service messages.
func NewTeamCity(w io.Writer) event.Reporter {
	p := &perItem{w: bufio.NewWriter(w)}
	file, suite := "", ""
	p.start = func(s *event.RunStarted) {
		file, suite = s.File, s.Name
		p.message("testSuiteStarted", "name", suite)
	}
	p.item = func(x *Execution) {
		for _, c := range x.cases() {
			c.name = p.ids.of(x.Cursor, labelled(x.Run, x.fullName()), c.name)
			name := labelled(x.Run, caseName(x, &c))
			if c.skipped {
				p.message("testIgnored", "name", name)
				continue
			}
			p.message("testStarted", "name", name)
			if f := c.failure; f != nil {
				p.message("testFailed", "name", name, "message", f.Message, "details", describe(file, x, f))
			}
			p.message("testFinished", "name", name, "duration", fmt.Sprint(x.Time().Milliseconds()))
		}
	}
	p.end = func(f *event.RunFinished) {
		if f.Err != nil {
			p.message("buildProblem", "description", f.Err.Message)
		}
		p.message("testSuiteFinished", "name", suite)
	}
	return p
}

func (p *perItem) message(kind string, pairs ...string) {
	p.printf("##teamcity[%s", kind)
	for i := 0; i < len(pairs); i += 2 {
		p.printf(" %s='%s'", pairs[i], teamCity(pairs[i+1]))
	}
	p.printf("]\n")
}

// teamCity escapes a value of a service message.
func teamCity(s string) string {
	var b strings.Builder
	for _, r := range xmlChars(s) {
		switch {
		case strings.ContainsRune("|'[]", r):
			b.WriteString("|" + string(r))
		case r == '\n':
			b.WriteString("|n")
		case r == '\r':
			b.WriteString("|r")
		case r < 0x80:
			b.WriteRune(r)
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&b, "|0x%04x|0x%04x", hi, lo)
		default:
			fmt.Fprintf(&b, "|0x%04x", r)
		}
	}
	return b.String()
}

// NewGitHub writes an annotation for each failure and warning, in the words
// of GitHub Actions' workflow commands.
func NewGitHub(w io.Writer) event.Reporter {
	p := &perItem{w: bufio.NewWriter(w)}
	file := ""
	p.start = func(s *event.RunStarted) { file = s.File }
	p.item = func(x *Execution) {
		for _, c := range x.cases() {
			if c.failure != nil {
				p.annotate("error", cmp.Or(c.failure.File, x.Item.File, file), c.failure.Line, caseName(x, &c), describe(file, x, c.failure))
			}
		}
		for _, w := range x.Warnings {
			if !w.Strict && !w.Console {
				p.annotate("warning", cmp.Or(x.Item.File, file), x.Item.Line, x.fullName(), w.Text)
			}
		}
	}
	p.end = func(f *event.RunFinished) {
		if f.Err != nil {
			p.annotate("error", file, 0, "run", f.Err.Message)
		}
		p.printf("%s\n", Verdict(&f.Summary, f.Err))
	}
	return p
}

var (
	commandText  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandValue = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func (p *perItem) annotate(level, file string, line int, title, text string) {
	p.printf("::%s file=%s", level, commandValue.Replace(Safe(file)))
	if line > 0 {
		p.printf(",line=%d", line)
	}
	p.printf(",title=%s::%s\n", commandValue.Replace(Safe(title)), commandText.Replace(Safe(strings.TrimSpace(text))))
}
