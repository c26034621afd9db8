//go:build amd64 || arm64

package accel

import (
	"slices"

	"postie/runner/script/sandbox/engine"
)

// csv are the functions behind the library csv-parse.
var csv = map[string]engine.Function{"csv.rows": csvRows}

// A csvReader finds the fields of rows that are as plain as most are. What is
// odd, it leaves to the library, which has rules of its own for it.
type csvReader struct {
	text             []uint16
	delimiter, quote uint16
	end              []uint16 // of a row; none when it is yet to be found
	ltrim            bool
	limit            int // of a field's characters and of a row's fields
	spans            []int32
}

// csvRows is rows(text, from, delimiter, quote, row's delimiter or "", ltrim,
// limit): where the next plain rows are, undefined when there is none. The
// answer is where they end, the length of the row's delimiter, and for each row
// the count of its fields and where each begins and ends. Either is negative,
// -1 less the place, for a field in quotes: the end always, the beginning when
// the field has quotes in it, each twice.
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

// field finds one, which a delimiter or the row's end follows.
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

// atEnd reports whether a row ends here. The first end decides what ends rows,
// unless the library, which sees it from a place of its own, would wait for more
// text.
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
