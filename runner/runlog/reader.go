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

// A part is a stretch of whole lines.
type part struct {
	line      int // lines before it
	from, end int64
}

// New reads the log in src, size bytes long. The name stands in errors.
func New(name string, src io.ReaderAt, size int64) *Log {
	return &Log{name: name, src: src, parts: []part{{end: size}}}
}

// Runs parts a log of several runs by their numbers, at the cost of reading it
// once: each is then read alone.
func (l *Log) Runs() (map[int]*Log, error) {
	out := map[int]*Log{}
	for _, p := range l.parts {
		src := bufio.NewReaderSize(io.NewSectionReader(l.src, p.from, p.end-p.from), 64<<10)
		var here *Log // that of the line before
		for at, line := p.from, p.line; ; line++ {
			text, err := src.ReadBytes('\n')
			if len(text) > 0 {
				number := runOf(text)
				run := out[number]
				if run == nil {
					run = &Log{name: l.name, src: l.src}
					out[number] = run
				}
				end := at + int64(len(text))
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

// runOf is the number of the run a line is of.
func runOf(line []byte) int { return int(gjson.GetBytes(line, "cursor.run").Int()) }

// Events yields the events from the start, or those of the kinds named, which
// is quicker; Outline may stand for all kinds. A last line that was cut off, as an aborted process leaves it,
// ends the log without an error; events of a kind unknown here are passed
// over. After an error nothing follows.
func (l *Log) Events(kinds ...string) iter.Seq2[event.Event, error] {
	return func(yield func(event.Event, error) bool) {
		for _, p := range l.parts {
			r := NewReader(io.NewSectionReader(l.src, p.from, p.end-p.from))
			r.kinds, r.line = kinds, p.line
			for {
				e, err := r.Next()
				if err == io.EOF {
					break
				}
				if err != nil {
					yield(nil, fmt.Errorf("%s:%w", l.name, err))
					return
				}
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

// A Reader reads events from a stream.
type Reader struct {
	src  *bufio.Reader
	line int
	cut  bool

	kinds []string // none: all
}

// NewReader reads a log from r.
func NewReader(r io.Reader) *Reader { return &Reader{src: bufio.NewReaderSize(r, 64<<10)} }

// Truncated reports whether the last line was cut off.
func (r *Reader) Truncated() bool { return r.cut }

// Next returns the next event; io.EOF after the last.
func (r *Reader) Next() (event.Event, error) {
	for {
		line, err := r.src.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return nil, err
		}
		r.line++
		last := err == io.EOF
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			if last {
				return nil, io.EOF
			}
			continue
		}
		if last && !gjson.ValidBytes(line) {
			r.cut = true
			return nil, io.EOF
		}
		if r.passed(line) {
			continue
		}
		if r.outline() {
			line = outlined(line)
		}
		e, err := decode(line)
		if err != nil {
			return nil, fmt.Errorf("%d: %w", r.line, err)
		}
		if e != nil {
			return e, nil
		}
	}
}

// passed reports whether the line is an event of a kind that is not asked for.
// Names stand near the start of a line, so this is cheap.
func (r *Reader) passed(line []byte) bool {
	if len(r.kinds) == 0 || r.outline() {
		return false
	}
	kind := gjson.GetBytes(line, "event")
	return kind.Type == gjson.String && !slices.Contains(r.kinds, kind.Str)
}

func (r *Reader) outline() bool { return slices.Contains(r.kinds, Outline) }

// bulk is what an outline leaves out.
func bulk(line []byte) []string {
	switch gjson.GetBytes(line, "event").Str {
	case ItemStarted:
		return []string{"json"}
	case RequestFinished:
		return []string{"response.body", "response.header", "request.json", "request.body", "request.header"}
	}
	return nil
}

// outlined is the line without its bulk; it takes the line's place. To find a
// value costs a fraction of decoding it.
func outlined(line []byte) []byte {
	for _, path := range bulk(line) {
		if v := gjson.GetBytes(line, path); v.Index > 0 {
			line = slices.Replace(line, v.Index, v.Index+len(v.Raw), 'n', 'u', 'l', 'l')
		}
	}
	return line
}

// decode is the event of a line; nil for a kind unknown here.
func decode(line []byte) (event.Event, error) {
	if line[0] != '{' {
		return nil, ErrNotLog
	}
	v := gjson.GetBytes(line, "v")
	kind := gjson.GetBytes(line, "event")
	if v.Type != gjson.Number || kind.Type != gjson.String {
		return nil, ErrNotLog
	}
	if v.Num != Version {
		return nil, fmt.Errorf("run log of version %s, and only %d is known here", v.Raw, Version)
	}
	e := blank(kind.Str)
	if e == nil {
		return nil, nil
	}
	var broken *json.SyntaxError
	if err := json.Unmarshal(line, e); errors.As(err, &broken) {
		return nil, ErrNotLog
	} else if err != nil {
		return nil, fmt.Errorf("%s: %w", kind.Str, err)
	}
	return e, nil
}
