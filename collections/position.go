package collections

import (
	"bytes"
	"sort"
	"unicode/utf8"
)

// A lineIndex finds lines and columns without counting from the start each
// time: plans and listings ask for every item's.
type lineIndex struct {
	src    []byte
	starts []int // offsets of the lines
	runes  []int // characters before each block
}

// block is how many bytes lie between two counts of characters.
const block = 4096

func newLineIndex(src []byte) *lineIndex {
	x := &lineIndex{src: src, starts: []int{0}}
	for at := 0; ; {
		n := bytes.IndexByte(src[at:], '\n')
		if n < 0 {
			break
		}
		at += n + 1
		x.starts = append(x.starts, at)
	}
	total := 0
	for at := 0; at <= len(src); at += block {
		x.runes = append(x.runes, total)
		total += count(src[at:min(at+block, len(src))])
	}
	return x
}

// count is the number of characters that begin in b, which may begin or end
// inside one.
func count(b []byte) int {
	n := 0
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

// position is the 1-based line and column, in characters, of a byte offset.
func (x *lineIndex) position(offset int) (line, col int) {
	offset = max(0, min(offset, len(x.src)))
	line = sort.SearchInts(x.starts, offset+1)
	return line, 1 + x.before(offset) - x.before(x.starts[line-1])
}
