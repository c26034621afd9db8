package collections

import (
	"bufio"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// maxCell bounds a cell: an unclosed quote would take the rest of the file.
const maxCell = 16 << 20

// A csvScanner reads records with what encoding/csv hides: whether a cell was
// quoted, which decides whether it may be a number.
type csvScanner struct {
	name  string
	r     *bufio.Reader
	line  int // of the next character
	start int // of the record
}

func (d *Data) scanner() (*csvScanner, error) {
	if _, err := d.src.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	// UTF-8 with a mark and UTF-16 become UTF-8; what has no mark passes.
	utf := transform.NewReader(d.src, unicode.BOMOverride(transform.Nop))
	return &csvScanner{name: d.name, r: bufio.NewReaderSize(utf, 64<<10), line: 1}, nil
}

func (s *csvScanner) fail(text string) error {
	return &ParseError{File: s.name, Line: s.start, Col: 1, Text: text}
}

// record returns the next row that is not blank; io.EOF after the last.
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
		return nil, io.EOF
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

// cell reads up to the next comma or the end of the line.
func (s *csvScanner) cell() (c cell, end bool, err error) {
	var b strings.Builder
	for {
		ch, err := s.r.ReadByte()
		if err != nil {
			return finish(c, &b), true, nil
		}
		if b.Len() > maxCell {
			return c, true, s.fail("a cell is larger than 16 MB")
		}
		switch {
		case ch == ',':
			return finish(c, &b), false, nil
		case ch == '\n':
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

// quoted reads up to the closing quote; two quotes are one.
func (s *csvScanner) quoted(b *strings.Builder) error {
	for {
		ch, err := s.r.ReadByte()
		if err != nil {
			return s.fail("a quote is never closed")
		}
		if b.Len() > maxCell {
			return s.fail("a cell is larger than 16 MB; is a quote never closed?")
		}
		if ch == '\n' {
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
