package report

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"postie/collections/regex"
	"postie/runner/event"
	"postie/runner/runlog"
)

// JUnit writes a JUnit report: a suite for each execution of an item, with a
// case for each assertion, script error and request error. Counts are those
// of the cases.
//
// Of several runs, the name of each is before those of its suites.
func JUnit(w io.Writer, log Log, o Options) error {
	runs, err := runsOf(log)
	if err != nil {
		return err
	}
	j := &junit{w: bufio.NewWriterSize(w, 64<<10), opts: o, ids: identities{all: runs.shareNames}}
	total, err := j.count(log)
	if err != nil {
		return err
	}
	total.add(tally{tests: len(runs.broken), errors: len(runs.broken)})
	j.printf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites%s%s>\n", attrs("name", runs.title), total.totalAttrs())
	list := outlines
	if o.Attach != nil {
		list = Executions
	}
	for x, err := range list(log) {
		if err != nil {
			return err
		}
		if !j.opts.OnlyFailures || x.Failed() {
			j.suite(x)
		}
	}
	for _, r := range runs.broken {
		j.runError(r)
	}
	j.printf("</testsuites>\n")
	return errors.Join(j.err, j.w.Flush())
}

// A brokenRun is a run that ended early.
type brokenRun struct {
	start *event.RunStarted
	err   *event.Failure
}

// runs are what the starts and ends of a log's runs say: the first one's name,
// those that ended early, the log's own end if it was cut off included, and
// whether several have one label or none.
type runs struct {
	title      string
	broken     []brokenRun
	shareNames bool
}

func runsOf(log Log) (out runs, err error) {
	started := map[int]*event.RunStarted{}
	labels := map[string]bool{}
	for e, err := range log.Events(runlog.RunStarted, runlog.RunFinished) {
		if err != nil {
			return out, err
		}
		switch e := e.(type) {
		case *event.RunStarted:
			if len(labels) == 0 {
				out.title = e.Name
			}
			label := className(e.Label)
			out.shareNames, labels[label] = out.shareNames || labels[label], true
			started[e.Cursor.Run] = e
		case *event.RunFinished:
			if e.Err != nil {
				out.broken = append(out.broken, brokenRun{cmp.Or(started[e.Cursor.Run], &event.RunStarted{}), e.Err})
			}
			delete(started, e.Cursor.Run)
		}
	}
	if len(labels) == 0 {
		return out, runlog.ErrEmpty
	}
	for _, number := range slices.Sorted(maps.Keys(started)) {
		out.broken = append(out.broken, brokenRun{started[number], endsEarly()})
	}
	return out, nil
}

// A junit keeps no error of what it writes: its writer does, until Flush.
type junit struct {
	w    *bufio.Writer
	opts Options
	err  error // of attachments

	ids, files identities // of tests, and of attachments
}

func (j *junit) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(j.w, format, args...) // Flush returns the error
}

// A tally counts the cases of a suite.
type tally struct {
	tests, failures, errors, skipped int
	time                             time.Duration
}

// attrs are those of a suite; of all suites together Jenkins' schema has no
// count of the skipped.
func (t tally) attrs() string {
	return fmt.Sprintf(` tests="%d" failures="%d" errors="%d" skipped="%d" time="%s"`,
		t.tests, t.failures, t.errors, t.skipped, seconds(t.time))
}

func (t tally) totalAttrs() string {
	return fmt.Sprintf(` tests="%d" failures="%d" errors="%d" time="%s"`, t.tests, t.failures, t.errors, seconds(t.time))
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

func (t *tally) add(o tally) {
	t.tests, t.failures, t.errors, t.skipped = t.tests+o.tests, t.failures+o.failures, t.errors+o.errors, t.skipped+o.skipped
	t.time += o.time
}

func (j *junit) count(log Log) (tally, error) {
	var total tally
	for x, err := range outlines(log) {
		if err != nil {
			return total, err
		}
		if !j.opts.OnlyFailures || x.Failed() {
			total.add(tallyOf(x))
		}
	}
	return total, nil
}

func tallyOf(x *Execution) tally {
	t := tally{time: x.Time()}
	for _, c := range x.cases() {
		t.tests++
		switch {
		case c.skipped:
			t.skipped++
		case c.broken():
			t.errors++
		case c.failure != nil:
			t.failures++
		}
	}
	return t
}

func (j *junit) suite(x *Execution) {
	name, t := x.fullName(), tallyOf(x)
	j.printf("  <testsuite%s%s", attrs("name", labelled(x.Run, name), "id", x.Item.ID, "timestamp", x.Started.UTC().Format("2006-01-02T15:04:05.000Z")), t.attrs())
	attached := j.attached(x)
	if t.tests == 0 && len(x.Console) == 0 && attached == "" {
		j.printf("/>\n")
		return
	}
	j.printf(">\n")
	j.properties(x)
	class := classOf(x.Run, first(className(name), className(x.Run.Name)))
	for _, c := range x.cases() {
		j.testCase(x, class, &c)
	}
	j.output(x, attached)
	j.printf("  </testsuite>\n")
}

// properties distinguish the executions of one item.
func (j *junit) properties(x *Execution) {
	var list [][2]string
	if env := x.environment(); env != "" {
		list = append(list, [2]string{"environment", env})
	}
	if x.Cursor.Cycles > 1 {
		list = append(list, [2]string{"iteration", fmt.Sprint(x.Cursor.Iteration + 1)})
	}
	if row := rowOf(x.Data); row != "" {
		list = append(list, [2]string{"data", row})
	}
	if x.Flaky {
		list = append(list, [2]string{"flaky", fmt.Sprintf("passed on attempt %d", x.Attempts)})
	}
	if len(list) == 0 {
		return
	}
	j.printf("    <properties>\n")
	for _, p := range list {
		j.printf("      <property%s/>\n", attrs("name", p[0], "value", p[1]))
	}
	j.printf("    </properties>\n")
}

func (j *junit) testCase(x *Execution, class string, c *testCase) {
	name := j.ids.of(x.Cursor, class, first(c.name, "(no name)"))
	if x.Cursor.Cycles > 1 {
		name += fmt.Sprintf(" (iteration %d)", x.Cursor.Iteration+1)
	}
	j.printf("    <testcase%s", attrs("name", name, "time", seconds(x.Time()), "classname", class))
	element, kind := "failure", "AssertionFailure"
	switch f := c.failure; {
	case c.skipped:
		j.printf(">\n      <skipped/>\n    </testcase>\n")
		return
	case f == nil:
		j.printf("/>\n")
		return
	case c.broken():
		element, kind = "error", f.Name
	}
	text := describe(x.Run.File, x, c.failure) + c.failure.Stack
	j.printf(">\n      <%s%s>%s</%[1]s>\n    </testcase>\n", element, attrs("type", kind, "message", c.failure.Message), xmlText(text))
}

// longestStem is the length in bytes up to which a file's stem leaves room for
// the rest of the name; systems allow 255 bytes.
const longestStem = 150

// attached files what a failed execution sent and received, and returns the
// line that Jenkins' and GitLab's readers of JUnit reports link it by.
func (j *junit) attached(x *Execution) string {
	if j.opts.Attach == nil || j.err != nil || !x.Failed() {
		return ""
	}
	name := fmt.Sprintf("%.*s-%.8s.txt", longestStem, first(className(x.fullName()), "request"), j.files.id(derivedID(x.Cursor.Ref, "attachment")))
	if j.err = writeTo(j.opts.Attach, name, j.opts.exchanges(x)); j.err != nil {
		return ""
	}
	return "[[ATTACHMENT|" + path.Join(j.opts.AttachTo, name) + "]]"
}

// output is what scripts said, and the attachment.
func (j *junit) output(x *Execution, attached string) {
	said := x.Console
	if j.opts.Bodies == BodiesNone {
		said = nil
	}
	if len(said) == 0 && attached == "" {
		return
	}
	j.printf("    <system-out>")
	for _, c := range said {
		j.printf("%s\n", xmlText(consoleText(c)))
	}
	if attached != "" {
		j.printf("%s\n", xmlText(attached))
	}
	j.printf("</system-out>\n")
}

// consoleText returns a console call as text.
func consoleText(c *event.ConsoleLogged) string {
	var parts []string
	for _, m := range c.Messages {
		parts = append(parts, m.Inspect)
	}
	return c.Level + ": " + strings.Join(parts, ", ")
}

func (j *junit) runError(r brokenRun) {
	j.printf("  <testsuite%s%s>\n    <testcase%s>\n      <error%s/>\n    </testcase>\n  </testsuite>\n",
		attrs("name", labelled(r.start, "run")), tally{tests: 1, errors: 1}.attrs(), attrs("name", j.ids.of(event.HeadOf(r.start).Cursor, "Run", runCase(r.err)), "classname", classOf(r.start, "Run")),
		attrs("type", r.err.Name, "message", r.err.Message))
}

// classOf returns the class of tests. The class of one run among several is in
// a package named after the run.
func classOf(run *event.RunStarted, class string) string {
	if label := className(run.Label); label != "" {
		return label + "." + class
	}
	return class
}

// labelled returns a name with that of its run among several before it.
func labelled(run *event.RunStarted, name string) string {
	if run.Label == "" {
		return name
	}
	return run.Label + " / " + name
}

// attrs prints XML attributes from names and values. Empty values are left out.
func attrs(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			fmt.Fprintf(&b, ` %s="%s"`, pairs[i], xmlAttr(pairs[i+1]))
		}
	}
	return b.String()
}

var (
	textEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	attrEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\t", "&#9;", "\n", "&#10;", "\r", "&#13;")
)

func xmlText(s string) string { return textEscapes.Replace(xmlChars(s)) }
func xmlAttr(s string) string { return attrEscapes.Replace(xmlChars(s)) }

// xmlChars shows characters that XML 1.0 cannot hold as escapes.
func xmlChars(s string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, notXML) {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case notXML(r):
			escape(&b, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// notXML reports whether XML 1.0 forbids r, or advises against it.
func notXML(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r >= 0x7f && r < 0xa0 || r == 0xfffe || r == 0xffff
}

var word = regex.Lazy(`[A-Z]+(?:[^a-zA-Z0-9]|$)|[A-Z]?[a-z]+|[A-Z]+|[0-9]+`)

// className returns an UpperCamel name, as newman does.
func className(name string) string {
	name = strings.NewReplacer("'", "", "’", "", "&", " amp ").Replace(name)
	var b strings.Builder
	for _, w := range word().FindAllString(name, -1) {
		w = strings.ToLower(strings.TrimFunc(w, func(r rune) bool { return r > 'z' || r < '0' }))
		if w != "" {
			b.WriteString(strings.ToUpper(w[:1]) + w[1:])
		}
	}
	return b.String()
}
