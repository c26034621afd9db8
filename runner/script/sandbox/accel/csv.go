//go:build amd64 || arm64

package accel

import (
	"slices"

	"postie/runner/script/sandbox/engine"
)

// csv are the functions for the library csv-parse.
var csv = map[string]engine.Function{"csv.rows": csvRows}

// A csvReader finds the fields of simple rows. It leaves unusual rows to the
// library, which has rules of its own for them.
type csvReader struct {
	text             []uint16
	delimiter, quote uint16
	end              []uint16 // row delimiter; empty until it is known
	ltrim            bool
	limit            int // on the characters of a field and the fields of a row
	spans            []int32
}

// csvRows implements rows(text, from, delimiter, quote, row delimiter or "",
// ltrim, limit). It finds the next simple rows, or returns undefined when there
// are none. The result is a list: where the rows end, the length of the row
// delimiter, and for each row the number of its fields and where each field
// begins and ends. A field in quotes has a negative end, -1-position. It also
// has a negative beginning when it contains quotes, which are doubled.
func csvRows(c *engine.Call) engine.Value {
	text, ok := c.UTF16(c.At(0))
	delimiter, one := c.UTF16(c.At(2))
	quote, two := c.UTF16(c.At(3))
	end, three := c.UTF16(c.At(4))
	from, whole := c.Int(1)
	limit, also := c.Int(6)
	if !ok || !one || !two || !three || !whole || !also || len(delimiter) != 1 || len(quote) != 1 || from < 0 || len(text) > 1<<24 {
		return engine.Undefined
	}
	r := &csvReader{text: text, delimiter: delimiter[0], quote: quote[0], end: end, ltrim: c.Bool(5), limit: limit, spans: []int32{0, 0}}
	done := from
	for done < len(text) {
		begin := len(r.spans)
		next, ok := r.row(done)
		if !ok {
			r.spans = r.spans[:begin]
			break
		}
		done = next
	}
	if done == from {
		return engine.Undefined
	}
	r.spans[0], r.spans[1] = int32(done), int32(len(r.end))
	return c.NewInts(r.spans)
}

// row finds the fields of a row, and where the next row begins.
func (r *csvReader) row(i int) (next int, ok bool) {
	head := len(r.spans)
	r.spans = append(r.spans, 0)
	for {
		if i, ok = r.field(i); !ok || i == len(r.text) {
			return 0, false
		}
		r.spans[head]++
		if int(r.spans[head]) > r.limit {
			return 0, false
		}
		if r.text[i] != r.delimiter {
			return i + len(r.end), true
		}
		i++
	}
}

// field finds one field, which a delimiter or the row's end follows.
func (r *csvReader) field(i int) (end int, ok bool) {
	if i < len(r.text) && r.text[i] == r.quote {
		return r.quoted(i + 1)
	}
	blank := i
	for r.ltrim && i < len(r.text) && (r.text[i] == ' ' || r.text[i] == '\t') {
		i++
	}
	begin := i
	for ; i < len(r.text) && r.text[i] != r.delimiter && !r.atEnd(i, i); i++ {
		if r.text[i] == r.quote {
			return 0, false
		}
	}
	if i-blank > r.limit || i == begin && begin > blank {
		return 0, false
	}
	r.spans = append(r.spans, int32(begin), int32(i))
	return i, true
}

func (r *csvReader) quoted(begin int) (end int, ok bool) {
	first := int32(begin)
	for i := begin; i < len(r.text); i++ {
		if r.text[i] != r.quote {
			continue
		}
		if i+1 < len(r.text) && r.text[i+1] == r.quote {
			first = -1 - int32(begin)
			i++
			continue
		}
		r.spans = append(r.spans, first, -1-int32(i))
		follows := i+1 < len(r.text) && (r.text[i+1] == r.delimiter || r.atEnd(i+1, i))
		return i + 1, follows && i-begin <= r.limit
	}
	return 0, false
}

// atEnd reports whether a row ends here. The first row end decides which row
// delimiter is used, unless the library, at its own position, would wait for
// more text.
func (r *csvReader) atEnd(i, seen int) bool {
	if len(r.end) > 0 {
		return i+len(r.end) <= len(r.text) && slices.Equal(r.text[i:i+len(r.end)], r.end)
	}
	if r.text[i] != '\n' && r.text[i] != '\r' || seen+3 > len(r.text) {
		return false
	}
	r.end = r.text[i : i+1]
	if r.text[i] == '\r' && r.text[i+1] == '\n' {
		r.end = r.text[i : i+2]
	}
	return true
}
