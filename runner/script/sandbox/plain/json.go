package plain

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"postie/collections/vars"
)

// largest is the size in bytes of a JSON text that is read here: the machine has
// ways of its own with large ones.
const largest = 256 << 10

// parsed is the value of a JSON text.
func (r *run) parsed(source string) value {
	r.work(len(source))
	if len(source) > largest || !utf8.ValidString(source) {
		return r.giveUp()
	}
	d := decoder{source: source, stack: make([]value, 0, roomFor(source))}
	v := d.whole()
	if d.failed {
		return r.giveUp()
	}
	return v
}

// json is JSON.stringify of a value.
func (r *run) json(out []byte, v value) []byte {
	if r.work(1 + len(v.text)); r.stuck {
		return out
	}
	switch v.kind {
	case undefined:
		return append(out, "null"...) // among the elements of a list
	case array:
		return append(r.joined(append(out, '['), nil, v.list), ']')
	case object:
		return append(r.joined(append(out, '{'), v.keys, v.list), '}')
	}
	if v.kind == text {
		if strings.ContainsAny(v.text, "\u2028\u2029") { // they are escaped in files, and not by scripts
			r.giveUp()
		}
		return vars.AppendText(out, v.text)
	}
	return append(out, vars.JSON(stored(v))...)
}

func (r *run) joined(out []byte, keys []string, list []value) []byte {
	for i, v := range list {
		if i > 0 {
			out = append(out, ',')
		}
		if keys != nil {
			if numeric(keys[i]) || v.kind == undefined {
				r.giveUp()
			}
			out = append(r.json(out, value{kind: text, text: keys[i]}), ':')
		}
		out = r.json(out, v)
	}
	return out
}

// A decoder reads a JSON text. What it leaves to the machine, besides what is no
// JSON, are halves of surrogate pairs, numbers beyond all bounds, names that an
// object has twice, objects of many members, and texts of great depth.
type decoder struct {
	source string
	at     int
	depth  int
	failed bool
	stack  []value  // members of what is being read
	names  []string // of those, for objects
	room   []value  // for members of what was read
	keys   []string // of the object read last: most objects of a text are alike
}

const (
	deepest  = 100
	mostKeys = 64 // they are looked for one by one
)

// skip moves to the next byte that is no space, and returns it; 0 at the end.
func (d *decoder) skip() byte {
	for ; d.at < len(d.source); d.at++ {
		if c := d.source[d.at]; c > ' ' || c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c
		}
	}
	return 0
}

// took reports whether the next byte is this, and takes it then.
func (d *decoder) took(c byte) bool {
	if d.skip() != c || d.at == len(d.source) {
		return false
	}
	d.at++
	return true
}

// whole is the value of the text, with nothing behind it.
func (d *decoder) whole() value {
	v := d.value()
	d.skip()
	d.failed = d.failed || d.at < len(d.source)
	return v
}

func (d *decoder) value() value {
	if d.failed {
		return value{}
	}
	switch c := d.skip(); c {
	case '{', '[':
		if d.depth++; d.depth > deepest {
			d.failed = true
		}
		d.at++
		defer func() { d.depth-- }()
		if c == '[' {
			return d.array()
		}
		return d.object()
	case '"':
		return value{kind: text, text: d.text()}
	case 'n':
		return d.literal("null", value{kind: null})
	case 't':
		return d.literal("true", truth(true))
	case 'f':
		return d.literal("false", truth(false))
	}
	return d.number()
}

func (d *decoder) literal(written string, v value) value {
	if !strings.HasPrefix(d.source[d.at:], written) {
		d.failed = true
	}
	d.at += len(written)
	return v
}

func (d *decoder) array() value {
	from := len(d.stack)
	for more := !d.took(']'); more && !d.failed; {
		v := d.value()
		d.stack = append(d.stack, v)
		more = d.more(']')
	}
	return value{kind: array, list: d.members(from)}
}

func (d *decoder) object() value {
	from, first := len(d.stack), len(d.names)
	for more := !d.took('}'); more && !d.failed; {
		if d.skip() != '"' {
			d.failed = true
			break
		}
		key := d.text()
		if slices.Contains(d.names[first:], key) || len(d.names)-first == mostKeys || !d.took(':') {
			d.failed = true
		}
		d.names = append(d.names, key)
		v := d.value()
		d.stack = append(d.stack, v)
		more = d.more('}')
	}
	if !slices.Equal(d.keys, d.names[first:]) {
		d.keys = slices.Clone(d.names[first:])
	}
	d.names = d.names[:first]
	return value{kind: object, keys: d.keys, list: d.members(from)}
}

// more reports whether a comma follows, and not the end.
func (d *decoder) more(end byte) bool {
	if d.took(',') {
		return true
	}
	d.failed = d.failed || !d.took(end)
	return false
}

// roomFor is for how many members a text is given room at a time.
func roomFor(source string) int { return min(64, 2+len(source)/16) }

// members takes those from a place on off the stack.
func (d *decoder) members(from int) []value {
	n := len(d.stack) - from
	if cap(d.room)-len(d.room) < n {
		d.room = make([]value, 0, max(n, roomFor(d.source)))
	}
	start := len(d.room)
	d.room = append(d.room, d.stack[from:]...)
	d.stack = d.stack[:from]
	return d.room[start:len(d.room):len(d.room)]
}

// text is a string. One without escapes is a piece of the source.
func (d *decoder) text() string {
	start, escaped := d.at, false
	for d.at++; ; d.at++ {
		if d.at >= len(d.source) || d.source[d.at] < ' ' {
			d.failed = true
			return ""
		}
		switch d.source[d.at] {
		case '"':
			d.at++
			if escaped {
				return d.unescaped(d.source[start:d.at])
			}
			return d.source[start+1 : d.at-1]
		case '\\':
			escaped = true
			d.at++
		}
	}
}

func (d *decoder) unescaped(quoted string) (out string) {
	if strings.Contains(quoted, `\ud`) || strings.Contains(quoted, `\uD`) || json.Unmarshal([]byte(quoted), &out) != nil {
		d.failed = true
	}
	return out
}

func (d *decoder) number() value {
	start := d.at
	if d.at < len(d.source) && d.source[d.at] == '-' {
		d.at++
	}
	whole := d.at
	digits := d.digits()
	valid, simple := digits == 1 || digits > 1 && d.source[whole] != '0', d.at
	if d.at < len(d.source) && d.source[d.at] == '.' {
		d.at++
		valid = d.digits() > 0 && valid
	}
	if d.at < len(d.source) && d.source[d.at]|' ' == 'e' {
		if d.at++; d.at < len(d.source) && (d.source[d.at] == '+' || d.source[d.at] == '-') {
			d.at++
		}
		valid = d.digits() > 0 && valid
	}
	if valid && simple == d.at && start == whole && digits < 10 {
		n, _ := strconv.Atoi(d.source[start:d.at]) // it is one
		return value{kind: number, number: float64(n)}
	}
	f, err := strconv.ParseFloat(d.source[start:d.at], 64)
	d.failed = d.failed || err != nil || !valid
	return value{kind: number, number: f}
}

// digits skips those that follow, and returns how many there were.
func (d *decoder) digits() int {
	start := d.at
	for d.at < len(d.source) && d.source[d.at] >= '0' && d.source[d.at] <= '9' {
		d.at++
	}
	return d.at - start
}
