package collections

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"postie/collections/regex"
	"postie/collections/vars"
)

// Data is a file of iteration data, CSV or JSON. CSV is read row by row and
// never held in memory.
type Data struct {
	name   string
	src    io.ReadSeeker
	form   csvForm
	header []string
	rows   []gjson.Result // the rows of a JSON file
	n      int
}

// maxJSONData is the largest JSON data file in bytes: it is held in memory. CSV
// has no limit.
const maxJSONData = 256 << 20

// ReadData checks src and counts its rows; it may have none. Errors are
// *ParseError, or an error of reading src.
func ReadData(name string, src io.ReadSeeker) (*Data, error) {
	d := &Data{name: name, src: src}
	head := make([]byte, 512)
	n, err := io.ReadFull(src, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	if isSpreadsheet(head[:n]) {
		return nil, &ParseError{File: name, Text: "this is a spreadsheet of Excel or the like, not CSV: save it as CSV (UTF-8)"}
	}
	head = bytes.TrimSpace(decodeText(head[:n]))
	if len(head) > 0 && (head[0] == '[' || head[0] == '{') {
		return d, d.readJSON()
	}
	return d, d.countCSV()
}

// isSpreadsheet recognises the files of Excel and its like by their first bytes: zip
// archives, OLE documents, and Excel's XML.
func isSpreadsheet(head []byte) bool {
	for _, magic := range []string{"PK\x03\x04", "PK\x05\x06", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return bytes.HasPrefix(bytes.TrimSpace(head), []byte("<")) && bytes.Contains(bytes.ToLower(head), []byte("excel"))
}

func (d *Data) readJSON() error {
	if _, err := d.src.Seek(0, io.SeekStart); err != nil {
		return err
	}
	src, err := io.ReadAll(io.LimitReader(d.src, maxJSONData+1))
	if err != nil {
		return err
	}
	if len(src) > maxJSONData {
		return &ParseError{File: d.name, Text: "larger than 256 MB: use CSV, which is streamed"}
	}
	if src, err = document(d.name, src); err != nil {
		return err
	}
	doc := gjson.ParseBytes(src)
	if !doc.IsArray() {
		return &ParseError{File: d.name, Line: 1, Col: 1, Text: "iteration data must be an array of objects"}
	}
	for row := range elements(doc) {
		if !row.IsObject() {
			return errorAt(d.name, src, row.Index, "iteration data must be an array of objects; this row is not one")
		}
		d.rows = append(d.rows, row)
	}
	d.n = len(d.rows)
	return nil
}

func (d *Data) countCSV() (err error) {
	if d.form, err = d.csvForm(); err != nil {
		return err
	}
	for _, err := range d.records() {
		if err != nil {
			return err
		}
		d.n++
	}
	return nil
}

// A cell is a field of CSV. A quoted cell is never converted to a number.
type cell struct {
	text   string
	quoted bool
}

// records yields the rows after the header, without blank lines.
func (d *Data) records() iter.Seq2[[]cell, error] {
	return func(yield func([]cell, error) bool) {
		s, err := d.scanner()
		if err != nil {
			yield(nil, err)
			return
		}
		header, err := s.record()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			yield(nil, err)
			return
		}
		d.header = d.header[:0]
		for _, c := range header {
			d.header = append(d.header, c.text)
		}
		for {
			rec, err := s.record()
			if errors.Is(err, io.EOF) {
				return
			}
			if err == nil && len(rec) != len(d.header) {
				err = &ParseError{File: d.name, Line: s.start, Col: 1,
					Text: fmt.Sprintf("this row has %d cells, the header %d%s", len(rec), len(d.header), d.form.note())}
			}
			if !yield(rec, err) || err != nil {
				return
			}
		}
	}
}

// Len is the number of rows.
func (d *Data) Len() int { return d.n }

// Note says what was assumed about the file: that cells are separated by
// another character than the comma. It is "" when nothing was assumed.
func (d *Data) Note() string { return strings.TrimPrefix(d.form.note(), "; ") }

// Rows yields one scope per row, from the first row on. It may be called again.
func (d *Data) Rows() iter.Seq2[*vars.Scope, error] {
	return func(yield func(*vars.Scope, error) bool) {
		if d.rows != nil {
			for _, r := range d.rows {
				if !yield(rowScope(r), nil) {
					return
				}
			}
			return
		}
		for rec, err := range d.records() {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(d.csvScope(rec), nil) {
				return
			}
		}
	}
}

func rowScope(r gjson.Result) *vars.Scope {
	s := vars.NewScope("data")
	r.ForEach(func(k, v gjson.Result) bool {
		s.Set(k.String(), castValue(v, ""))
		return true
	})
	return s
}

func (d *Data) csvScope(rec []cell) *vars.Scope {
	s := vars.NewScope("data")
	for i, c := range rec {
		s.Set(d.header[i], c.value())
	}
	return s
}

var plainNumber = regex.Lazy(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

// value converts a cell to a number when printing that number gives the same
// text: 30 and 1.5 become numbers; 007, 1.50 and twenty digits stay text.
func (c cell) value() vars.Value {
	if c.quoted || !plainNumber().MatchString(c.text) {
		return c.text
	}
	f, err := strconv.ParseFloat(c.text, 64)
	if err != nil || vars.Text(f) != c.text {
		return c.text
	}
	return f
}
