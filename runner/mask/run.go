package mask

import "slices"

// A run is a part of a text in one encoding. Characters between the encoded
// ones, such as line breaks or colons, are left out.
type run struct {
	chars  []byte
	pieces []piece
}

// A piece says where characters of a run are in the text: those from first on,
// contiguous and with the same width.
type piece struct{ first, start, width int }

func (r *run) reset() { r.chars, r.pieces = r.chars[:0], r.pieces[:0] }

// add appends a character and its position in the text.
func (r *run) add(char byte, start, width int) {
	n := len(r.pieces)
	if n == 0 || r.pieces[n-1].width != width || r.pieces[n-1].start+(len(r.chars)-r.pieces[n-1].first)*width != start {
		r.pieces = append(r.pieces, piece{len(r.chars), start, width})
	}
	r.chars = append(r.chars, char)
}

// addText appends the characters of a part of the text.
func (r *run) addText(text string, start, end int) {
	if start < end {
		r.add(text[start], start, 1)
		r.chars = append(r.chars, text[start+1:end]...)
	}
}

// place returns the part of the text with the characters from first to end.
func (r *run) place(first, end int) span {
	return span{r.char(first).start, r.char(end - 1).end}
}

func (r *run) char(i int) span {
	n, found := slices.BinarySearchFunc(r.pieces, i, func(p piece, i int) int { return p.first - i })
	if !found {
		n--
	}
	p := r.pieces[n]
	start := p.start + (i-p.first)*p.width
	return span{start, start + p.width}
}
