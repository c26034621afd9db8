package runlog

import (
	"bytes"
	"encoding/json"

	"github.com/tidwall/gjson"

	"postie/runner/event"
)

// A repeat reads tests that follow each other: most of a line is what it was in
// the line before, the item and the script, and need not be read again.
type repeat struct {
	middle []byte // of the line that was read last, from the cursor to the test's name
	last   *event.TestFinished
}

const testBegins = `{"v":1,"event":"TestFinished","time":"`

// cursorOf is where a test's cursor begins, in a line as Writer writes it; 0 in
// others.
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

// decode is the test of a line that goes on like the last; nil for others.
func (r *repeat) decode(line []byte) *event.TestFinished {
	at := cursorOf(line)
	if at == 0 || r.last == nil || !bytes.HasPrefix(line[at:], r.middle) {
		return nil
	}
	head := len(testBegins) - len(`"time":"`)
	short := append([]byte{'{'}, line[head:at]...)
	short = append(short, line[at+len(r.middle):]...)
	e := &event.TestFinished{Head: r.last.Head, Item: r.last.Item, Listen: r.last.Listen, ScriptID: r.last.ScriptID}
	if json.Unmarshal(short, e) != nil {
		return nil
	}
	return e
}

// remember keeps what the next line may repeat.
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
