package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"postie/runner/event"
)

// CLIOptions shape the terminal report. The zero value is newman's default
// without a terminal.
type CLIOptions struct {
	Color        bool
	NoUnicode    bool
	Width        int  // columns; 0: not a terminal
	Live         bool // show the current item, and erase the line again
	Verbose      bool
	Quiet        bool // summary and failures only
	OnlyFailures bool // leave out executions in which nothing failed

	// Again returns the words of a command line that repeats the run with this
	// number, without its reports; may be nil.
	Again func(run int) []string

	NoBanner, NoConsole, NoAssertions, NoSuccessAssertions bool
	NoSummary, NoFailures, Timestamps                      bool

	Slow     time.Duration // slower responses are marked; 0: none
	Location *time.Location
}

// A CLI is newman's terminal report, printed line by line as things happen.
// Where newman says little it says more: where a failure is, with which data,
// what was expected, and what to try next.
type CLI struct {
	out     io.Writer
	opts    CLIOptions
	style   style
	sym     symbols
	buf     bytes.Buffer // output of one event, or of one item with OnlyFailures
	parents map[string]owner
	group   string // id of the last printed folder
	label   string // of the run, among several
	file    string
	boxed   bool // a console box is open
	live    bool // a progress line is on the terminal
	failed  bool // something failed in this item
	held    []heldFailure
	failing int
	fold    fold // of held
	run     int  // number of the run
	// response is the response of the item's request; explained means that the
	// list has shown it.
	response  *event.Response
	explained bool
	whole     bool            // the run is printed while it goes on, and not only if it fails
	data      json.RawMessage // the data row of the iteration
	noted     notes
}

// NewCLI returns a CLI that writes to w.
func NewCLI(w io.Writer, o CLIOptions) *CLI {
	c := &CLI{out: w, opts: o, style: style{o.Color}, sym: unicodeSymbols, noted: notes{}, fold: newFold()}
	if o.NoUnicode {
		c.sym = plainSymbols
	}
	if c.opts.Location == nil {
		c.opts.Location = time.Local
	}
	return c
}

// Report implements event.Reporter.
func (c *CLI) Report(e event.Event, sum *event.Summary) error {
	if f := event.FailureOf(e); f != nil {
		c.fail(f)
	}
	switch e := e.(type) {
	case *event.RunStarted:
		c.started(e)
	case *event.IterationStarted:
		c.iteration(e)
	case *event.ItemStarted:
		c.item(e)
	case *event.RequestFinished:
		c.request(e)
	case *event.ScriptFinished:
		c.script(e)
	case *event.TestFinished:
		c.test(e)
	case *event.ConsoleLogged:
		c.console(e)
	case *event.Warned:
		c.warned(e)
	case *event.ItemFinished:
		c.itemFinished(e)
	case *event.RunFinished:
		c.finished(e, sum)
		return c.flush()
	}
	if c.opts.OnlyFailures && itemEvent(e) {
		return nil // until the end of the item
	}
	return c.flush()
}

func itemEvent(e event.Event) bool {
	switch e.(type) {
	case *event.ItemStarted, *event.RequestFinished, *event.ScriptFinished, *event.TestFinished,
		*event.ConsoleLogged, *event.Warned:
		return true
	}
	return false
}

// maxHeld limits how many failures are listed at the end. All failures are
// counted.
const maxHeld = 1000

func (c *CLI) fail(f *event.Failure) {
	c.failing++
	c.failed = true
	c.hold(f)
}

// flush writes what an event has printed, in place of the progress line.
func (c *CLI) flush() error {
	if c.buf.Len() == 0 {
		return nil
	}
	if !c.whole && c.buf.Len() < mostKept {
		return nil // until it is known whether the run fails
	}
	c.whole = true
	c.erase()
	_, err := c.out.Write(c.buf.Bytes())
	c.buf.Reset()
	return err
}

// mostKept is how many bytes of one run among several are buffered.
const mostKept = 8 << 20

// erase removes the progress line.
func (c *CLI) erase() {
	if c.live {
		c.live = false
		_, _ = io.WriteString(c.out, "\r\x1b[K") // the next write returns the error
	}
}

// printf prints text, and closes an open console box before.
func (c *CLI) printf(format string, args ...any) {
	c.unbox()
	fmt.Fprintf(&c.buf, format, args...)
}

func (c *CLI) started(e *event.RunStarted) {
	c.parents, c.file, c.group, c.label = parents(e.Collection), e.File, "", e.Label
	c.held, c.failing, c.noted, c.fold = nil, 0, notes{}, newFold() // of the run before
	c.run = e.Cursor.Run
	c.whole = e.Label == "" || c.opts.Verbose
	if c.opts.Quiet {
		return
	}
	if !c.opts.NoBanner && e.Cursor.Run == 0 {
		c.printf("postie\n\n")
	}
	if name := first(e.Name, e.ID); name != "" {
		if e.Cursor.Run > 0 {
			c.printf("\n")
		}
		if e.Label != "" {
			name += " (" + e.Label + ")"
		}
		c.printf("%s\n", SafeLine(name))
	}
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

func (c *CLI) iteration(e *event.IterationStarted) {
	c.data = e.Data
	if e.Cursor.Cycles > 1 && !c.opts.Quiet && !c.opts.OnlyFailures {
		c.printf("\n%s\n", c.style.gray(c.style.underline(fmt.Sprintf("Iteration %d/%d", e.Cursor.Iteration+1, e.Cursor.Cycles))))
	}
}

// folder returns the path of the folder of an item, without the collection.
func folder(it event.ItemRef) string {
	if len(it.Path) < 3 {
		return ""
	}
	return strings.Join(it.Path[1:len(it.Path)-1], " / ")
}

// fullName returns an item's path without the collection.
func fullName(it event.ItemRef) string {
	if len(it.Path) < 2 {
		return it.Name
	}
	return strings.Join(it.Path[1:], " / ")
}

func (c *CLI) item(e *event.ItemStarted) {
	c.fold.nextItem()
	c.response, c.explained = nil, false
	c.failed = false
	if c.opts.Quiet {
		c.progress(e)
		return
	}
	parent, in := c.parents[e.Item.ID].ID, folder(e.Item)
	if parent != c.group {
		if in != "" {
			c.printf("\n%s %s", c.sym.folder, SafeLine(in))
		}
		c.group = parent
	}
	mark := c.sym.sub
	if in == "" {
		mark = c.sym.root
	}
	c.printf("\n%s %s\n", mark, SafeLine(e.Item.Name))
	if !c.opts.OnlyFailures {
		_ = c.flush() // the next write returns the error
	}
	c.progress(e)
}

// progress shows the current item on a terminal.
func (c *CLI) progress(e *event.ItemStarted) {
	if !c.opts.Live {
		return
	}
	c.erase()
	total := max(e.Cursor.Length*e.Cursor.Cycles, 1)
	done := e.Cursor.Iteration*e.Cursor.Length + e.Cursor.Position
	line := fmt.Sprintf("  [%d/%d] %s", done+1, total, SafeLine(e.Item.Name))
	if c.failing > 0 {
		line += fmt.Sprintf(", %d failed", c.failing)
	}
	_, _ = io.WriteString(c.out, c.style.gray(fit(line, max(c.opts.Width, 20)-1))) // the next write returns the error
	c.live = true
}

func (c *CLI) request(e *event.RequestFinished) {
	if e.Source == "item" || e.Source == "replay" {
		c.response = e.Response
	}
	if c.opts.Quiet {
		return
	}
	c.printf("  ")
	if c.opts.Timestamps {
		c.printf("%s  ", c.style.gray("["+e.Time.In(c.opts.Location).Format("1/2/2006, 3:04:05 PM")+"]"))
	}
	c.printf("%s %s ", c.style.gray(SafeLine(e.Request.Method)), c.style.gray(SafeLine(e.Request.Display)))
	if e.Err != nil || e.Response == nil {
		c.printf("%s\n", c.style.red("[errored]"))
		if e.Err != nil {
			c.printf("%s\n", c.style.red("     "+indent(Safe(e.Err.Message), "     ")))
		}
		return
	}
	if c.opts.Verbose {
		c.verbose(e)
		return
	}
	r := e.Response
	c.printf("%s%s\n", c.style.gray(fmt.Sprintf("[%d %s, %s, %s]", r.Code, SafeLine(r.Status), size(r.BodySize+r.HeadSize), answered(r))),
		c.slow(r.Time))
}

// answered returns the response time. Below newman's millisecond it returns the
// measured time.
func answered(r *event.Response) string {
	if r.Time == 0 {
		return took(r.Timings.Total)
	}
	return took(r.Time)
}

func (c *CLI) slow(d time.Duration) string {
	if c.opts.Slow == 0 || d < c.opts.Slow {
		return ""
	}
	return " " + c.style.yellow("slow")
}

// indent puts prefix before each line but the first.
func indent(s, prefix string) string { return strings.ReplaceAll(s, "\n", "\n"+prefix) }

func (c *CLI) script(e *event.ScriptFinished) {
	if e.Err == nil || c.opts.Quiet {
		return
	}
	c.printf("%s\n", c.style.alert(fmt.Sprintf("%3d%s %s in %s-script", c.failing, c.sym.script, SafeLine(e.Err.Name), e.Listen)))
}

func (c *CLI) test(e *event.TestFinished) {
	if c.opts.NoAssertions || c.opts.Quiet {
		return
	}
	name, stamp := SafeLine(e.Name), ""
	switch {
	case e.Skipped && !c.opts.NoSuccessAssertions:
		c.printf("%s %s\n", c.style.cyan("  - "), c.style.cyan("[skipped] "+name))
		return
	case e.Err == nil && c.opts.NoSuccessAssertions:
		return
	}
	width := 3
	if c.opts.Timestamps {
		stamp, width = "  "+c.style.gray("["+e.Time.In(c.opts.Location).Format("3:04:05 PM")+"]"), 2
	}
	if e.Err == nil {
		c.printf("%s%s %s\n", stamp, c.style.green("  "+c.sym.ok+" "), c.style.gray(name))
		return
	}
	c.printf("%s%s %s\n", stamp, c.style.alert(fmt.Sprintf("%*d%s", width, c.failing, c.sym.dot)), c.style.alert(name))
}

func (c *CLI) console(e *event.ConsoleLogged) {
	if c.opts.NoConsole || c.opts.Quiet || c.opts.Live && c.noted.again(e) {
		return
	}
	var parts []string
	for _, m := range e.Messages {
		parts = append(parts, m.Inspect)
	}
	c.box(e.Level, strings.Join(parts, ", "), e.Time)
}

// box prints text in the open console box, or in a new one.
func (c *CLI) box(level, text string, at time.Time) {
	if c.opts.Timestamps {
		c.printf("\n  %s", c.style.gray("["+at.In(c.opts.Location).Format("3:04:05 PM")+"]\n"))
	}
	if !c.boxed {
		fmt.Fprintf(&c.buf, "%s\n", c.style.level(level, "  "+c.sym.top))
		c.boxed = true
	}
	bar := "  " + c.style.level(level, c.sym.middle) + " "
	lines := chop(Safe(text), c.wide()-6)
	if len(lines) == 0 {
		lines = []string{""} // as console.log() prints
	}
	for _, line := range lines {
		c.buf.WriteString(bar + c.style.gray(line) + "\n")
	}
}

func (c *CLI) unbox() {
	if c.boxed {
		c.boxed = false
		fmt.Fprintf(&c.buf, "%s\n", c.style.gray("  "+c.sym.bottom))
	}
}

// wide returns the width at which boxes are wrapped.
func (c *CLI) wide() int {
	if c.opts.Width > 20 {
		return c.opts.Width
	}
	return 60
}

// warned prints a warning: in a box if newman logs it to the console, and
// otherwise as a line of its own.
func (c *CLI) warned(e *event.Warned) {
	if c.opts.Quiet {
		return
	}
	if e.Console {
		if !c.opts.NoConsole {
			c.box("warn", quoted(e.Text), e.Time)
		}
		return
	}
	c.printf("%s\n", c.style.yellow("  "+c.sym.warn+"  "+indent(Safe(e.Text), "     ")))
	if e.Hint != "" {
		c.printf("%s\n", c.style.gray("     "+Safe(e.Hint)))
	}
}

// quoted returns a string as node's util.inspect prints it.
func quoted(s string) string {
	q := "'"
	if strings.Contains(s, "'") {
		if q = `"`; strings.Contains(s, q) {
			q = "`"
		}
	}
	return q + strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\t", `\t`).Replace(s) + q
}

func (c *CLI) itemFinished(e *event.ItemFinished) {
	if c.opts.OnlyFailures && !c.failed {
		c.buf.Reset()
		c.boxed = false
		return
	}
	if c.opts.Quiet {
		return
	}
	if e.Skipped {
		c.printf("%s\n", c.style.cyan("  -  [skipped] the request, by its pre-request script"))
	}
	if e.Next != nil && *e.Next != "" {
		c.printf("\n%s\n", c.style.gray("Attempting to set next request to "+SafeLine(*e.Next)))
	}
}

func (c *CLI) finished(e *event.RunFinished, sum *event.Summary) {
	c.unbox()
	line := !c.whole && !e.Summary.Failed()
	if line {
		c.buf.Reset() // a run among several that passed is printed as one line
	}
	c.whole = true
	switch {
	case c.opts.NoSummary:
	case c.label != "": // one of several runs: a line and no table
		if !c.opts.Quiet && !line {
			c.printf("\n")
		}
		c.printf("%s: %s\n", SafeLine(c.label), Verdict(&e.Summary, e.Err))
	default:
		c.printf("\n%s\n", c.summary(&e.Summary))
	}
	if !c.opts.NoFailures && len(c.held) > 0 {
		c.printf("\n%s\n", c.failures())
	}
}

// chop cuts text into lines of at most width columns, and drops empty ones.
func chop(text string, width int) []string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		for line != "" {
			part := fit(line, width)
			line = line[len(part):]
			if strings.TrimSpace(part) != "" {
				out = append(out, part)
			}
		}
	}
	return out
}

// selector returns the folder and the request in the form that --folder
// accepts.
func selector(it event.ItemRef) string {
	if len(it.Path) < 2 {
		return it.Name
	}
	return strings.Join(it.Path[1:], "/")
}
