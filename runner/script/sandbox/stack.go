package sandbox

import (
	"fmt"
	"strconv"
	"strings"
)

var frame = lazily(`^\s+at (.*) \((.+):(\d+):(\d+)\)$`)

// stackOf is a stack as a script's author should see it: the frames of our
// own code gone, the lines counted as in the script, its name in place of the
// file's.
func (x *execution) stackOf(f *fault) string {
	if f.Stack == "" || x.program == nil {
		return f.Stack
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", f.Name, f.Message)
	for line := range strings.Lines(f.Stack) {
		m := frame().FindStringSubmatch(strings.TrimRight(line, "\n"))
		if m == nil || strings.HasPrefix(m[2], internal) {
			continue
		}
		file, n, column := m[2], m[3], m[4]
		if file == x.program.file {
			if file = x.script.Name; file == "" {
				file = "script"
			}
			if v, err := strconv.Atoi(n); err == nil {
				n = strconv.Itoa(max(v-1, 1)) // the first line is the function's head
				if c, err := strconv.Atoi(column); err == nil {
					column = strconv.Itoa(columnOf(x.script.Source, v-1, c))
				}
			}
		}
		fmt.Fprintf(&b, "\n    at %s (%s:%s:%s)", m[1], file, n, column)
	}
	return b.String()
}

// place is where in the script a stack first points, 0, 0 if nowhere.
func (x *execution) place(stack string) (line, column int) {
	for text := range strings.Lines(stack) {
		m := frame().FindStringSubmatch(strings.TrimRight(text, "\n"))
		if m == nil || x.program == nil || m[2] != x.program.file {
			continue
		}
		line, _ = strconv.Atoi(m[3])   // digits
		column, _ = strconv.Atoi(m[4]) // digits
		return line - 1, columnOf(x.script.Source, line-1, column)
	}
	return 0, 0
}
