package plain

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"postie/collections/vars"
)

// largest is the size in bytes of the largest JSON text that is parsed here:
// the machine treats large ones differently.
const largest = 256 << 10

// parsed returns the value of a JSON text.
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

// json appends the text that JSON.stringify makes of a value.
func (r *run) json(out []byte, v value) []byte {
	if r.work(1 + len(v.text)); r.stuck {
		return out
	}
	switch v.kind {
	case undefined:
		return append(out, "null"...) // as an element of a list
	case array:
		return append(r.joined(append(out, '['), nil, v.list), ']')
	case object:
		return append(r.joined(append(out, '{'), v.keys, v.list), '}')
	}
	if v.kind == text {
		if strings.ContainsAny(v.text, "\u2028\u2029") { // the machine's JSON.stringify leaves them as they are
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

// A decoder parses a JSON text. Besides invalid JSON, it leaves to the machine:
// lone surrogates, numbers out of range, duplicate names, objects with many
// members, and deeply nested texts.
type decoder struct {
	source string
	at     int
	depth  int
	failed bool
	stack  []value  // members of the values being parsed
	names  []string // names of those members
	room   []value  // storage for members of parsed values
	keys   []string // of the last object: most objects of a text have the same keys
}

const (
	deepest  = 100
	mostKeys = 64 // because a search of a key looks at all keys
)

// skip moves to the next byte that is not white space, and returns it. It
// returns 0 at the end.
func (d *decoder) skip() byte {
	for ; d.at < len(d.source); d.at++ {
		if c := d.source[d.at]; c > ' ' || c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c
		}
	}
	return 0
}

// took consumes the next byte if it is c, and reports whether it was.
func (d *decoder) took(c byte) bool {
	if d.skip() != c || d.at == len(d.source) {
		return false
	}
	d.at++
	return true
}

// whole returns the value of the whole text. More text after the value is an
// error.
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

// more consumes a comma or the closing bracket, and reports whether it was a
// comma.
func (d *decoder) more(end byte) bool {
	if d.took(',') {
		return true
	}
	d.failed = d.failed || !d.took(end)
	return false
}

// roomFor returns for how many members storage is allocated at a time.
func roomFor(source string) int { return min(64, 2+len(source)/16) }

// members moves the members from an index on from the stack to d.room.
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

// text parses a string. A string without escapes is a slice of the source.
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
		n, _ := strconv.Atoi(d.source[start:d.at]) // valid by now
		return value{kind: number, number: float64(n)}
	}
	f, err := strconv.ParseFloat(d.source[start:d.at], 64)
	d.failed = d.failed || err != nil || !valid
	return value{kind: number, number: f}
}

// digits skips digits and returns how many there were.
func (d *decoder) digits() int {
	start := d.at
	for d.at < len(d.source) && d.source[d.at] >= '0' && d.source[d.at] <= '9' {
		d.at++
	}
	return d.at - start
}
