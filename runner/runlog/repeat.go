package runlog

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/tidwall/gjson"

	"postie/runner/event"
)

// A repeat decodes the lines of successive tests. Most of such a line, with the
// item and the script, is the same as in the line before and need not be
// decoded again.
type repeat struct {
	middle []byte // of the last line, from the cursor to the test's name
	last   *event.TestFinished
}

const testBegins = `{"v":1,"event":"TestFinished","time":"`

// cursorOf returns where a test's cursor begins, in a line as Writer writes it.
// It returns 0 for other lines.
func cursorOf(line []byte) int {
	if !bytes.HasPrefix(line, []byte(testBegins)) {
		return 0
	}
	rest := line[len(testBegins):]
	quote := bytes.IndexByte(rest, '"')
	if quote < 0 || !bytes.HasPrefix(rest[quote:], []byte(`","cursor":`)) {
		return 0
	}
	return len(testBegins) + quote + len(`",`)
}

// decode returns the test in a line that continues like the last one, or nil
// for other lines.
func (r *repeat) decode(line []byte) *event.TestFinished {
	at := cursorOf(line)
	if at == 0 || r.last == nil || !bytes.HasPrefix(line[at:], r.middle) {
		return nil
	}
	e := &event.TestFinished{Head: r.last.Head, Item: r.last.Item, Listen: r.last.Listen, ScriptID: r.last.ScriptID}
	if e.Time.UnmarshalJSON(line[len(testBegins)-1:at-1]) != nil {
		return nil
	}
	rest := line[at+len(r.middle):]
	if name, index, ok := passedTest(rest); ok {
		e.Name, e.Index = name, index
		return e
	}
	if json.Unmarshal(append([]byte{'{'}, rest...), e) != nil {
		return nil
	}
	return e
}

// passedTest reads the rest of a line of a test that passed. Most lines have
// only its name and index. ok is false for other lines, and for names that are
// not plain ASCII.
func passedTest(rest []byte) (name string, index int, ok bool) {
	const before, between = `"name":"`, `","index":`
	rest, ok = bytes.CutPrefix(rest, []byte(before))
	if !ok {
		return "", 0, false
	}
	end := bytes.IndexFunc(rest, func(r rune) bool { return r == '"' || r == '\\' || r < ' ' || r > '~' })
	if end < 0 {
		return "", 0, false
	}
	digits, ok := bytes.CutPrefix(rest[end:], []byte(between))
	digits, closed := bytes.CutSuffix(digits, []byte("}"))
	if !ok || !closed {
		return "", 0, false
	}
	index, err := strconv.Atoi(string(digits))
	return string(rest[:end]), index, err == nil && strconv.Itoa(index) == string(digits)
}

// remember stores what the next line may repeat.
func (r *repeat) remember(line []byte, e event.Event) {
	test, ok := e.(*event.TestFinished)
	at := cursorOf(line)
	name := gjson.GetBytes(line, "name").Index - len(`"name":`)
	if !ok || at == 0 || name <= at || !bytes.HasPrefix(line[name:], []byte(`"name":`)) {
		r.last = nil
		return
	}
	r.middle, r.last = append(r.middle[:0], line[at:name]...), test
}
