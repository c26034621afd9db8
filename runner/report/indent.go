package report

import "io"

// An indenter writes JSON as json.Indent lays it out, with two spaces a level,
// while it comes: what passes through is not kept.
type indenter struct {
	w      io.Writer
	prefix string // of each line but the first

	depth  int
	opened bool // nothing came since a brace or bracket
	quoted bool // in a string
	escape bool // after a backslash
	out    []byte
	margin []byte // a line's end and the space that the deepest line so far begins with
}

// Write implements io.Writer.
func (i *indenter) Write(p []byte) (int, error) {
	i.out = i.out[:0]
	for rest := p; len(rest) > 0; {
		if i.quoted {
			rest = i.text(rest)
			continue
		}
		i.sign(rest[0])
		rest = rest[1:]
	}
	if _, err := i.w.Write(i.out); err != nil {
		return 0, err
	}
	return len(p), nil
}

// text takes what belongs to the string that is open, and returns the rest.
func (i *indenter) text(p []byte) (rest []byte) {
	end, escape := 0, i.escape
	for i.quoted && end < len(p) {
		c := p[end]
		i.quoted = escape || c != '"'
		escape = !escape && c == '\\'
		end++
	}
	i.escape = escape
	i.out = append(i.out, p[:end]...)
	return p[end:]
}

// sign takes a byte that is in no string.
func (i *indenter) sign(c byte) {
	switch c {
	case ' ', '\t', '\n', '\r':
		return
	case '}', ']':
		if i.depth--; !i.opened {
			i.line()
		}
		i.opened = false
		i.out = append(i.out, c)
		return
	}
	if i.opened {
		i.opened = false
		i.line()
	}
	i.out = append(i.out, c)
	switch c {
	case '{', '[':
		i.depth++
		i.opened = true
	case ',':
		i.line()
	case ':':
		i.out = append(i.out, ' ')
	case '"':
		i.quoted = true
	}
}

// line starts a line.
func (i *indenter) line() {
	if i.margin == nil {
		i.margin = append([]byte{'\n'}, i.prefix...)
	}
	width := 1 + len(i.prefix) + 2*i.depth
	for len(i.margin) < width {
		i.margin = append(i.margin, "  "...)
	}
	i.out = append(i.out, i.margin[:width]...)
}
