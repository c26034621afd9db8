package report

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"postie/collections/regex"
	"postie/runner/event"
)

// failures prints newman's list of failures, with more details: the line in the
// collection, the data row, expected and actual values, and advice.
func (c *CLI) failures() string {
	digits := len(strconv.Itoa(c.failing))
	name, detail := c.failureWidths(digits)
	b := &strings.Builder{}
	fmt.Fprintf(b, " %s  %s  %s\n", c.style.red(padLeft("#", digits+1)), c.style.red(pad("failure", name)), c.style.red("detail"))
	for i := range c.held {
		f := &c.held[i]
		left := c.failureName(f, name)
		right := c.failureDetail(f, detail)
		b.WriteByte('\n')
		for n := range max(len(left), len(right)) {
			number, l, r := "", "", ""
			if n == 0 {
				number = fmt.Sprintf("%0*d.", digits, f.number)
			}
			if n < len(left) {
				l = left[n]
			}
			if n < len(right) {
				r = right[n]
			}
			line := " " + padLeft(number, digits+1) + "  " + c.paintName(n, pad(l, name)) + "  " + c.paintDetail(f, n, r)
			b.WriteString(strings.TrimRight(line, " ") + "\n")
		}
	}
	if more := c.failing - c.listed(); more > 0 {
		fmt.Fprintf(b, "\n and %d more\n", more)
	}
	b.WriteString(c.next())
	return b.String()
}

// listed returns how many failures the list covers.
func (c *CLI) listed() int {
	n := 0
	for i := range c.held {
		n += 1 + len(c.held[i].requests) + c.held[i].tests
	}
	return n
}

func (c *CLI) paintName(n int, text string) string {
	if n > 0 {
		return c.style.gray(text)
	}
	return text
}

// paintDetail colours the detail, but not the name of the test.
func (c *CLI) paintDetail(f *heldFailure, n int, text string) string {
	switch {
	case n == 0 && f.Test != "":
		return text
	case strings.HasPrefix(text, "- "):
		return c.style.green(text)
	case strings.HasPrefix(text, "+ "):
		return c.style.red(text)
	}
	return c.style.gray(text)
}

// failureWidths returns the widths of the name and of the detail. Without a
// terminal details are not cut.
func (c *CLI) failureWidths(digits int) (name, detail int) {
	for i := range c.held {
		for _, l := range c.failureName(&c.held[i], 0) {
			name = max(name, columns(l))
		}
	}
	name = max(name, len("failure"))
	if c.opts.Width > 20 {
		name = min(name, max(c.opts.Width/5, 14))
		detail = max(c.opts.Width-digits-name-7, 20)
	}
	return name, detail
}

func (c *CLI) failureName(f *heldFailure, width int) []string {
	lines := words(SafeLine(f.Name), width)
	if f.Cursor.Cycles > 1 {
		lines = append(lines, fmt.Sprintf("iteration: %d", f.Cursor.Iteration+1))
	}
	return lines
}

func (c *CLI) failureDetail(f *heldFailure, width int) []string {
	lines := words(SafeLine(f.Test), width)
	add := func(text string) { lines = append(lines, words(text, width)...) }
	add(Safe(f.Message))
	for _, l := range f.follow() {
		add(l)
	}
	if f.Expected != nil && f.Actual != nil {
		for _, l := range difference(*f.Expected, *f.Actual) {
			add(Safe(l))
		}
	}
	if f.At != "" {
		add("at " + f.At)
	}
	if f.Item.ID != "" {
		add(fmt.Sprintf("inside \"%s\"", SafeLine(fullName(f.Item))))
	}
	if f.Line > 0 && c.file != "" {
		add(fmt.Sprintf("%s:%d", SafeLine(cmp.Or(f.File, c.file)), f.Line))
	}
	if f.data != "" && f.data != "{}" && f.Cursor.Cycles > 1 {
		add("data: " + SafeLine(clip(f.data, 200)))
	}
	if f.Hint != "" {
		add("hint: " + Safe(f.Hint))
	}
	return lines
}

// next returns how to look closer at the first failure.
func (c *CLI) next() string {
	var it *event.ItemRef
	for i := range c.held {
		if c.held[i].Item.ID != "" && c.held[i].Item.Name != "" { // a request without a name cannot be selected
			it = &c.held[i].Item
			break
		}
	}
	if it == nil || c.opts.Verbose || c.file == "" {
		return ""
	}
	var how []string
	if c.opts.Again != nil {
		how = c.opts.Again(c.run)
	}
	how = append(how, "--folder", selector(*it), "--verbose")
	for i, word := range how {
		how[i] = shellQuote(SafeLine(word))
	}
	return "\n" + c.style.gray(" to look closer: "+strings.Join(how, " ")) + "\n"
}

// plainWord matches a word that needs no quotes in common shells.
var plainWord = regex.Lazy(`^[\w%+,./:=@-]+$`)

// shellQuote quotes s for a shell if necessary.
func shellQuote(s string) string {
	if plainWord().MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// glance is the average length up to which two values are easy to compare by
// eye. The difference of longer ones is printed line by line.
const glance = 40

// difference returns the lines in which two inspected values differ, or nil
// when the failure's message shows the difference well enough.
func difference(want, got string) []string {
	if len(want)+len(got) < 2*glance || want == got {
		return nil
	}
	return diffLines(strings.Split(memberLines(want), "\n"), strings.Split(memberLines(got), "\n"))
}

// memberLines puts each member of an inspected object on a line of its own.
func memberLines(s string) string {
	if strings.Contains(s, "\n") || !strings.HasPrefix(s, "{") && !strings.HasPrefix(s, "[") {
		return s
	}
	members := strings.TrimSpace(s[1 : len(s)-1])
	return s[:1] + "\n  " + strings.ReplaceAll(members, ", ", ",\n  ") + ",\n" + s[len(s)-1:]
}

// diffLines compares lines by their longest common subsequence, and returns the
// lines that differ. Long texts are cut.
func diffLines(want, got []string) []string {
	const most = 200
	want, got = want[:min(len(want), most)], got[:min(len(got), most)]
	long := make([][]int, len(want)+1)
	for i := range long {
		long[i] = make([]int, len(got)+1)
	}
	for i := len(want) - 1; i >= 0; i-- {
		for k := len(got) - 1; k >= 0; k-- {
			if want[i] == got[k] {
				long[i][k] = long[i+1][k+1] + 1
			} else {
				long[i][k] = max(long[i+1][k], long[i][k+1])
			}
		}
	}
	out := []string{"- expected, + got"}
	i, k := 0, 0
	for i < len(want) || k < len(got) {
		switch {
		case i < len(want) && k < len(got) && want[i] == got[k]:
			i, k = i+1, k+1
		case k == len(got) || i < len(want) && long[i+1][k] >= long[i][k+1]:
			out = append(out, "- "+clip(want[i], 160))
			i++
		default:
			out = append(out, "+ "+clip(got[k], 160))
			k++
		}
		if len(out) > 20 {
			return append(out, "…")
		}
	}
	return out
}
