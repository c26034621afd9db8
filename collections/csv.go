package collections

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// maxCell is the largest cell in bytes. Without it an unclosed quote would take
// the rest of the file.
const maxCell = 16 << 20

// A csvForm is the format of the file, as its header line shows it.
type csvForm struct {
	separator byte // between cells: a comma, or ; or a tab when the header has one of these and no comma
	cr        bool // lines end with CR alone
}

func (f csvForm) note() string {
	switch f.separator {
	case ';':
		return "; the header has no comma, so ; separates cells"
	case '\t':
		return "; the header has no comma, so the tab separates cells"
	}
	return ""
}

// csvForm reads the format from the header: the first line that is not blank.
func (d *Data) csvForm() (csvForm, error) {
	form := csvForm{separator: ','}
	s, err := d.scanner()
	if err != nil {
		return form, err
	}
	seen := map[byte]int{}
	quoted, blank := false, true
	for size := 0; size <= maxCell; size++ {
		ch, err := s.r.ReadByte()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return form, err
		}
		switch {
		case ch == '"':
			quoted, blank = !quoted, false
		case quoted:
		case ch == '\r':
			next, _ := s.r.Peek(1)
			form.cr = form.cr || len(next) > 0 && next[0] != '\n'
		case ch != ' ' && ch != '\n':
			seen[ch]++
			blank = blank && ch == '\t'
		}
		if !quoted && !blank && (ch == '\n' || ch == '\r') {
			break
		}
	}
	switch {
	case seen[','] > 0:
	case seen[';'] > 0 && seen[';'] >= seen['\t']:
		form.separator = ';'
	case seen['\t'] > 0:
		form.separator = '\t'
	}
	return form, nil
}

// A csvScanner reads records. Unlike encoding/csv it reports whether a cell was
// quoted, because only a cell without quotes may be a number.
type csvScanner struct {
	name  string
	form  csvForm
	r     *bufio.Reader
	line  int // of the next character
	start int // of the record
}

func (d *Data) scanner() (*csvScanner, error) {
	if _, err := d.src.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	// UTF-8 and UTF-16 with a byte order mark become UTF-8; other text stays as
	// it is.
	utf := transform.NewReader(d.src, unicode.BOMOverride(transform.Nop))
	return &csvScanner{name: d.name, form: d.form, r: bufio.NewReaderSize(utf, 64<<10), line: 1}, nil
}

func (s *csvScanner) fail(text string) error {
	return &ParseError{File: s.name, Line: s.start, Col: 1, Text: text}
}

// record returns the next row that is not blank, and io.EOF after the last row.
func (s *csvScanner) record() ([]cell, error) {
	for {
		s.start = s.line
		cells, err := s.row()
		if err != nil {
			return nil, err
		}
		if len(cells) == 1 && cells[0].text == "" && !cells[0].quoted {
			continue
		}
		return cells, nil
	}
}

func (s *csvScanner) row() ([]cell, error) {
	if _, err := s.r.Peek(1); err != nil {
		return nil, err
	}
	var cells []cell
	for {
		c, end, err := s.cell()
		if err != nil {
			return nil, err
		}
		cells = append(cells, c)
		if end {
			return cells, nil
		}
	}
}

// cell reads up to the next separator or the end of the line. The end of the
// file ends a cell; an error of reading does not.
func (s *csvScanner) cell() (c cell, end bool, err error) {
	var b strings.Builder
	for {
		ch, err := s.r.ReadByte()
		if errors.Is(err, io.EOF) {
			return finish(c, &b), true, nil
		}
		if err != nil {
			return c, true, err
		}
		if b.Len() > maxCell {
			return c, true, s.fail("a cell is larger than 16 MB")
		}
		switch {
		case ch == s.form.separator:
			return finish(c, &b), false, nil
		case ch == '\n', ch == '\r' && s.form.cr:
			s.line++
			return finish(c, &b), true, nil
		case ch == '"' && strings.TrimSpace(b.String()) == "" && !c.quoted:
			b.Reset()
			c.quoted = true
			if err := s.quoted(&b); err != nil {
				return c, true, err
			}
		case c.quoted && ch != ' ' && ch != '\t' && ch != '\r':
			return c, true, s.fail("text after a closing quote")
		case c.quoted:
		default:
			b.WriteByte(ch)
		}
	}
}

func finish(c cell, b *strings.Builder) cell {
	c.text = b.String()
	if !c.quoted {
		c.text = strings.TrimSpace(c.text)
	}
	if !utf8.ValidString(c.text) {
		c.text = string(fromLatin1([]byte(c.text)))
	}
	return c
}

// quoted reads up to the closing quote. Two quotes in a row are one quote of
// the text.
func (s *csvScanner) quoted(b *strings.Builder) error {
	for {
		ch, err := s.r.ReadByte()
		if errors.Is(err, io.EOF) {
			return s.fail("a quote is never closed")
		}
		if err != nil {
			return err
		}
		if b.Len() > maxCell {
			return s.fail("a cell is larger than 16 MB; is a quote never closed?")
		}
		if ch == '\n' || ch == '\r' && s.form.cr {
			s.line++
		}
		if ch != '"' {
			b.WriteByte(ch)
			continue
		}
		if next, _ := s.r.Peek(1); len(next) == 0 || next[0] != '"' {
			return nil
		}
		_, _ = s.r.Discard(1) // just peeked
		b.WriteByte('"')
	}
}
