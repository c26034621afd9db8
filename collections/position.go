package collections

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"sort"
	"unicode/utf8"
)

// A lineIndex finds lines and columns without counting from the start of the
// text each time: plans and listings need the position of every item.
type lineIndex struct {
	src   []byte
	lines []int // number of line ends before each block
	runes []int // number of characters before each block
}

// block is the number of bytes between two stored counts. It is small because
// positions of all items and of all lines of scripts are looked up.
const block = 512

func newLineIndex(src []byte) *lineIndex {
	x := &lineIndex{src: src}
	lines, runes := 0, 0
	for at := 0; at <= len(src); at += block {
		x.lines, x.runes = append(x.lines, lines), append(x.runes, runes)
		part := src[at:min(at+block, len(src))]
		lines += bytes.Count(part, lineEnd)
		runes += count(part)
	}
	return x
}

var lineEnd = []byte{'\n'}

// count returns the number of characters that begin in b. b may start or end
// within a character: a byte of the form 10xxxxxx begins none. It reads eight
// bytes at a time because it passes over the whole of every document.
func count(b []byte) int {
	n := 0
	for ; len(b) >= 8; b = b[8:] {
		x := binary.LittleEndian.Uint64(b)
		n += 8 - bits.OnesCount64(x>>7&^(x>>6)&0x0101010101010101)
	}
	for _, c := range b {
		if utf8.RuneStart(c) {
			n++
		}
	}
	return n
}

// before returns the number of characters that begin before an offset.
func (x *lineIndex) before(offset int) int {
	k := offset / block
	return x.runes[k] + count(x.src[k*block:offset])
}

// start returns the offset at which the line of an offset begins. It skips
// blocks without a line end, because a whole document may be one line.
func (x *lineIndex) start(offset int) int {
	k := offset / block
	if i := bytes.LastIndexByte(x.src[k*block:offset], '\n'); i >= 0 {
		return k*block + i + 1
	}
	ends := x.lines[k]
	if ends == 0 {
		return 0
	}
	last := sort.SearchInts(x.lines, ends) - 1 // the block in which the last line end is
	return last*block + bytes.LastIndexByte(x.src[last*block:(last+1)*block], '\n') + 1
}

// position returns the line and column of a byte offset, both from 1. Columns
// count characters.
func (x *lineIndex) position(offset int) (line, col int) {
	offset = max(0, min(offset, len(x.src)))
	k := offset / block
	line = 1 + x.lines[k] + bytes.Count(x.src[k*block:offset], lineEnd)
	return line, 1 + x.before(offset) - x.before(x.start(offset))
}
