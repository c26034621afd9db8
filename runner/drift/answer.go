package drift

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"postie/runner/event"
	"postie/runner/runlog"
)

// A Key says which answers of two runs belong together.
type Key struct {
	Item string // path of names below the collection, joined by " / "
	Try  int    // which execution of the item, from 0
}

// An Answer is what one request of a run got.
type Answer struct {
	Key
	Code   int // 0 when there was none
	Error  string
	Header map[string][]string // by lower-case name
	Body   []byte

	Unknown bool // nothing is known of it but that the request was made
	NoBody  bool // the body is not known
}

// Failed reports whether there was no answer.
func (a *Answer) Failed() bool { return a.Error != "" || a.Code == 0 }

// Answers are those of a run, in its order. Keys are in memory; an answer
// is read when it is asked for.
type Answers interface {
	Len() int
	Key(i int) Key
	Answer(i int) (Answer, error)
}

// A List is answers in memory.
type List []Answer

// Len implements Answers.
func (l List) Len() int { return len(l) }

// Key implements Answers.
func (l List) Key(i int) Key { return l[i].Key }

// Answer implements Answers.
func (l List) Answer(i int) (Answer, error) { return l[i], nil }

// A Log is the answers of the items of a recorded run; of an item that was sent
// again, the last. Bodies stay in the log.
type Log struct {
	log    *runlog.Log
	keys   []Key
	places []int64
	tries  map[string]int // executions by item

	narrowed bool            // a part of the collection was selected
	items    map[string]bool // of the collections
}

// ReadLog finds the answers of a run log; the log must stay open as long as they
// are read. The error is runlog.ErrEmpty when there is no run in it.
func ReadLog(log *runlog.Log) (*Log, error) {
	out := &Log{log: log, tries: map[string]int{}, items: map[string]bool{}}
	place := map[string]int{} // by execution
	started := false
	for e, err := range log.Placed(runlog.RunStarted, runlog.RequestFinished, runlog.Outline) {
		if err != nil {
			return nil, err
		}
		if start, ok := e.Event.(*event.RunStarted); ok {
			started = true
			out.selection(start)
		}
		r, ok := e.Event.(*event.RequestFinished)
		if !ok || r.Source != "item" && r.Source != "replay" {
			continue
		}
		i, again := place[r.Cursor.Ref]
		if !again || r.Cursor.Ref == "" {
			item := strings.Join(r.Item.Path[min(1, len(r.Item.Path)):], " / ")
			i, place[r.Cursor.Ref] = len(out.keys), len(out.keys)
			out.keys, out.places = append(out.keys, Key{item, out.tries[item]}), append(out.places, 0)
			out.tries[item]++
		}
		out.places[i] = e.Offset
	}
	if !started && len(out.keys) == 0 {
		return nil, runlog.ErrEmpty
	}
	return out, nil
}

// selection takes note of what a run was to run.
func (l *Log) selection(start *event.RunStarted) {
	requests := 0
	var walk func(list gjson.Result, above string)
	walk = func(list gjson.Result, above string) {
		list.ForEach(func(_, it gjson.Result) bool {
			path := above + it.Get("name").String()
			if sub := it.Get("item"); sub.IsArray() {
				walk(sub, path+" / ")
				return true
			}
			requests++
			l.items[path] = true
			return true
		})
	}
	walk(gjson.GetBytes(start.Collection, "item"), "")
	l.narrowed = l.narrowed || start.Items < requests
}

// LeftOut reports whether an answer may be missing because the run left its
// request out: the collection has it, and only a part of it was selected.
func (l *Log) LeftOut(k Key) bool {
	return l.narrowed && l.items[k.Item] && l.tries[k.Item] == 0
}

// Len implements Answers.
func (l *Log) Len() int { return len(l.keys) }

// Key implements Answers.
func (l *Log) Key(i int) Key { return l.keys[i] }

// Answer implements Answers.
func (l *Log) Answer(i int) (Answer, error) {
	a := Answer{Key: l.keys[i], Header: map[string][]string{}}
	e, err := l.log.At(l.places[i])
	if err != nil {
		return a, err
	}
	r, ok := e.(*event.RequestFinished)
	if !ok { // the file has changed
		return a, runlog.ErrNotLog
	}
	if r.Err != nil {
		a.Error = r.Err.Message
	}
	if r.Response == nil {
		return a, nil
	}
	a.Code, a.Body = r.Response.Code, r.Response.Body
	if n := r.Response.Whole; n > 0 { // of another length or digest, it is another body
		a.Body = fmt.Appendf(slices.Clip(a.Body), "\n(the start of %d bytes, SHA-256 %s)\n", n, r.Response.Digest)
	}
	for _, h := range r.Response.Header {
		name := strings.ToLower(h.Name)
		a.Header[name] = append(a.Header[name], h.Value)
	}
	return a, nil
}
