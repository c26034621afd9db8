package collections

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"sort"
	"unicode/utf8"
)

// A lineIndex finds lines and columns without counting from the start each
// time: plans and listings ask for every item's.
type lineIndex struct {
	src   []byte
	lines []int // line ends before each block
	runes []int // characters before each block
}

// block is how many bytes lie between two counts: of each item and of each
// script's line the place is looked up.
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

// count is the number of characters that begin in b, which may begin or end
// inside one: of the bytes 10xxxxxx none begins. It takes eight at a time, for
// it passes over all of every document.
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

// before is the number of characters that begin before an offset.
func (x *lineIndex) before(offset int) int {
	k := offset / block
	return x.runes[k] + count(x.src[k*block:offset])
}

// start is the offset at which the line of an offset begins. It passes over
// blocks without a line end, for a whole document may be one line.
func (x *lineIndex) start(offset int) int {
	k := offset / block
	if i := bytes.LastIndexByte(x.src[k*block:offset], '\n'); i >= 0 {
		return k*block + i + 1
	}
	ends := x.lines[k]
	if ends == 0 {
		return 0
	}
	last := sort.SearchInts(x.lines, ends) - 1 // the block in which the last of them is
	return last*block + bytes.LastIndexByte(x.src[last*block:(last+1)*block], '\n') + 1
}

// position is the 1-based line and column, in characters, of a byte offset.
func (x *lineIndex) position(offset int) (line, col int) {
	offset = max(0, min(offset, len(x.src)))
	k := offset / block
	line = 1 + x.lines[k] + bytes.Count(x.src[k*block:offset], lineEnd)
	return line, 1 + x.before(offset) - x.before(x.start(offset))
}
