package runlog

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"postie/runner/event"

	"github.com/tidwall/gjson"
)

// A Log is a run log that can be read more than once.
type Log struct {
	name  string
	src   io.ReaderAt
	parts []part
}

// A part is a section of whole lines.
type part struct {
	line      int // number of lines before it
	from, end int64
}

// New reads the log in src, size bytes long. The name is used in errors.
func New(name string, src io.ReaderAt, size int64) *Log {
	return &Log{name: name, src: src, parts: []part{{end: size}}}
}

// Runs splits a log of several runs by their numbers. It reads the log once;
// then each run can be read on its own.
func (l *Log) Runs() (map[int]*Log, error) {
	out := map[int]*Log{}
	for _, p := range l.parts {
		src := bufio.NewReaderSize(io.NewSectionReader(l.src, p.from, p.end-p.from), 64<<10)
		var here *Log // the log of the line before
		for at, line := p.from, p.line; ; line++ {
			text, size, err := readLine(src, false)
			if size > 0 {
				number := runOf(text)
				run := out[number]
				if run == nil {
					run = &Log{name: l.name, src: l.src}
					out[number] = run
				}
				end := at + size
				if run != here {
					run.parts = append(run.parts, part{line: line, from: at})
				}
				run.parts[len(run.parts)-1].end = end
				at, here = end, run
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", l.name, err)
			}
		}
	}
	return out, nil
}

// runOf returns the number of the run that a line belongs to.
func runOf(line []byte) int { return int(gjson.GetBytes(line, "cursor.run").Int()) }

// Events yields the events from the start, or only those of the named kinds,
// which is faster. Outline as a kind leaves out bodies and the like, and
// Collection adds the collection. A truncated last line, as an aborted process
// leaves it, ends the log without an error; Whole reports it. Events of unknown
// kinds are skipped. After an error nothing follows.
func (l *Log) Events(kinds ...string) iter.Seq2[event.Event, error] {
	return func(yield func(event.Event, error) bool) {
		for e, err := range l.Placed(kinds...) {
			if !yield(e.Event, err) {
				return
			}
		}
	}
}

// A Placed is an event and its offset in the log, for At.
type Placed struct {
	event.Event
	Offset int64
}

// Placed yields what Events yields, with offsets.
func (l *Log) Placed(kinds ...string) iter.Seq2[Placed, error] {
	return func(yield func(Placed, error) bool) {
		for _, p := range l.parts {
			r := NewReader(io.NewSectionReader(l.src, p.from, p.end-p.from))
			r.setKinds(kinds)
			r.line = p.line
			for {
				e, err := r.Next()
				if err == io.EOF {
					break
				}
				if err != nil {
					yield(Placed{}, fmt.Errorf("%s:%w", l.name, err))
					return
				}
				if !yield(Placed{e, p.from + r.start}, nil) {
					return
				}
			}
		}
	}
}

// At reads the event at an offset from Placed.
func (l *Log) At(offset int64) (event.Event, error) {
	src := bufio.NewReaderSize(io.NewSectionReader(l.src, offset, l.parts[len(l.parts)-1].end-offset), 64<<10)
	line, err := src.ReadBytes('\n')
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("%s: %w", l.name, err)
	}
	e, err := decode(bytes.TrimSpace(line))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", l.name, err)
	}
	return e, nil
}

// A Reader reads events from a stream.
type Reader struct {
	src   *bufio.Reader
	line  int
	start int64 // offset of the line that was read last
	next  int64
	cut   bool

	kinds   []string // empty: all
	outline bool     // without bodies and the like
	whole   bool     // with the collection
	repeat  repeat

	collection json.RawMessage // of the next RunStarted, when whole is set
}

// NewReader returns a Reader of the log in r. Each RunStarted has its
// collection.
func NewReader(r io.Reader) *Reader {
	return &Reader{src: bufio.NewReaderSize(r, 64<<10), whole: true}
}

func (r *Reader) setKinds(kinds []string) {
	r.outline, r.whole = slices.Contains(kinds, Outline), slices.Contains(kinds, Collection)
	r.kinds = slices.DeleteFunc(slices.Clone(kinds), func(kind string) bool { return kind == Outline || kind == Collection })
}

// Truncated reports whether the last line was truncated.
func (r *Reader) Truncated() bool { return r.cut }

// Next returns the next event; io.EOF after the last.
func (r *Reader) Next() (event.Event, error) {
	for {
		line, size, err := readLine(r.src, r.whole)
		if err != nil && err != io.EOF {
			return nil, err
		}
		r.line++
		r.start, r.next = r.next, r.next+size
		last := err == io.EOF
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			if last {
				return nil, io.EOF
			}
			continue
		}
		if last && !json.Valid(line) {
			r.cut = true
			return nil, io.EOF
		}
		if isCollection(line) {
			if r.whole {
				r.collection = collectionOf(line)
			}
			continue
		}
		if r.passed(line) {
			continue
		}
		if r.outline {
			line = outlined(line)
		}
		if e := r.repeat.decode(line); e != nil {
			return e, nil
		}
		e, err := decode(line)
		if err != nil {
			return nil, fmt.Errorf("%d: %w", r.line, err)
		}
		if start, ok := e.(*event.RunStarted); ok && r.collection != nil {
			start.Collection, r.collection = r.collection, nil
		}
		if r.repeat.remember(line, e); e != nil {
			return e, nil
		}
	}
}

// passed reports whether the line is an event of a kind that was not asked for.
// It is fast, because the kind is near the start of a line.
func (r *Reader) passed(line []byte) bool {
	if len(r.kinds) == 0 {
		return false
	}
	kind := gjson.GetBytes(line, "event")
	return kind.Type == gjson.String && !slices.Contains(r.kinds, kind.Str)
}

// bulk lists the members that an outline leaves out.
func bulk(line []byte) []string {
	switch gjson.GetBytes(line, "event").Str {
	case ItemStarted:
		return []string{"json"}
	case RequestFinished:
		return []string{"response.body", "response.header", "request.json", "request.body", "request.header"}
	}
	return nil
}

// outlined removes the members of bulk from a line, in place. Finding a value
// takes a fraction of the time of decoding it.
func outlined(line []byte) []byte {
	for _, path := range bulk(line) {
		if v := gjson.GetBytes(line, path); v.Index > 0 {
			line = slices.Replace(line, v.Index, v.Index+len(v.Raw), 'n', 'u', 'l', 'l')
		}
	}
	return line
}

// kindOf returns the kind of event in a line.
func kindOf(line []byte) (string, error) {
	if len(line) == 0 || line[0] != '{' {
		return "", ErrNotLog
	}
	v := gjson.GetBytes(line, "v")
	kind := gjson.GetBytes(line, "event")
	if v.Type != gjson.Number || kind.Type != gjson.String {
		return "", ErrNotLog
	}
	if v.Num != Version {
		return "", fmt.Errorf("run log of version %s, and only %d is known here", v.Raw, Version)
	}
	return kind.Str, nil
}

// decode returns the event in a line, or nil for an unknown kind.
func decode(line []byte) (event.Event, error) {
	kind, err := kindOf(line)
	if err != nil {
		return nil, err
	}
	e := blank(kind)
	if e == nil {
		return nil, nil
	}
	var broken *json.SyntaxError
	if err := json.Unmarshal(line, e); errors.As(err, &broken) {
		return nil, ErrNotLog
	} else if err != nil {
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	return e, nil
}
