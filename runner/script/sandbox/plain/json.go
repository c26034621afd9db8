package plain

import (
	"encoding/json"
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
	if len(source) > largest || !utf8.ValidString(source) || !json.Valid([]byte(source)) {
		return r.giveUp()
	}
	d := decoder{source: source}
	v := d.value()
	if d.failed {
		return r.giveUp()
	}
	return v
}

// json is JSON.stringify of a value. Go's package writes some letters in another
// way.
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
	if !ascii(v.text) {
		r.giveUp()
	}
	return append(out, vars.JSON(kept(v))...)
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

// A decoder reads a text that is known to be JSON. What it leaves to the machine
// are halves of surrogate pairs, numbers beyond all bounds, names that an object
// has twice, and texts of great depth.
type decoder struct {
	source string
	at     int
	depth  int
	failed bool
}

const deepest = 100

// peek is the next byte that is no space.
func (d *decoder) peek() byte {
	for strings.IndexByte(" \t\r\n", d.source[d.at]) >= 0 {
		d.at++
	}
	return d.source[d.at]
}

func (d *decoder) value() value {
	d.depth++
	defer func() { d.depth-- }()
	d.failed = d.failed || d.depth > deepest
	switch d.peek() {
	case '{':
		return d.object()
	case '[':
		return d.array()
	case '"':
		return value{kind: text, text: d.text()}
	case 'n':
		d.at += len("null")
		return value{kind: null}
	case 't':
		d.at += len("true")
		return truth(true)
	case 'f':
		d.at += len("false")
		return truth(false)
	}
	return d.number()
}

func (d *decoder) object() value {
	v := value{kind: object}
	for d.at++; !d.failed && d.peek() != '}'; {
		if d.peek() == ',' {
			d.at++
			d.peek()
		}
		key := d.text()
		if _, twice := v.own(key); twice || len(v.keys) > mostKeys {
			d.failed = true
		}
		d.peek()
		d.at++ // the colon
		v.keys = append(v.keys, key)
		v.list = append(v.list, d.value())
	}
	d.at++
	return v
}

// mostKeys is how many properties an object may have: they are looked for one by
// one.
const mostKeys = 64

func (d *decoder) array() value {
	v := value{kind: array}
	for d.at++; !d.failed && d.peek() != ']'; {
		if d.peek() == ',' {
			d.at++
		}
		v.list = append(v.list, d.value())
	}
	d.at++
	return v
}

// text is a string. One without escapes is a piece of the source.
func (d *decoder) text() string {
	start, escaped := d.at, false
	for d.at++; d.source[d.at] != '"'; d.at++ {
		if d.source[d.at] == '\\' {
			escaped = true
			d.at++
		}
	}
	d.at++
	quoted := d.source[start:d.at]
	if !escaped {
		return quoted[1 : len(quoted)-1]
	}
	var out string
	if strings.Contains(quoted, `\ud`) || strings.Contains(quoted, `\uD`) || json.Unmarshal([]byte(quoted), &out) != nil {
		d.failed = true
	}
	return out
}

func (d *decoder) number() value {
	start := d.at
	for d.at < len(d.source) && strings.IndexByte("+-.0123456789eE", d.source[d.at]) >= 0 {
		d.at++
	}
	f, err := strconv.ParseFloat(d.source[start:d.at], 64)
	d.failed = d.failed || err != nil
	return value{kind: number, number: f}
}
