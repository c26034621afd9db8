//go:build amd64 || arm64

package accel

import (
	"math/bits"
	"unsafe"

	"postie/runner/script/sandbox/engine"
)

// The numbers of codes in deflate (RFC 1951): for bytes and the end of a block,
// for lengths and for distances.
const (
	literalCodes  = 257
	lengthCodes   = 29
	distanceCodes = 30
	endOfBlock    = 256
)

// symbols collect the symbols of a block until it is full: bytes, and matches
// with a length and a distance. They also count how often each code occurs.
type symbols struct {
	pending             []byte
	joined              bool // each symbol is two bytes of distance and one of length; otherwise lengths are stored apart
	literals, distances []uint16
}

// add adds a match, or a byte when the distance is 0. It reports whether the
// block is full.
func (s *symbols) add(n *[deflateNumbers]int32, distance int32, length byte) bool {
	if s.joined {
		at := s.pending[n[atPlace]+n[atSymbols]:]
		at[0], at[1], at[2] = byte(distance), byte(distance>>8), length
		n[atSymbols] += 3
	} else {
		at := s.pending[n[atPlace]+2*n[atSymbols]:]
		at[0], at[1] = byte(distance>>8), byte(distance)
		s.pending[n[atLengths]+n[atSymbols]] = length
		n[atSymbols]++
	}
	if distance == 0 {
		s.literals[2*int(length)]++
	} else {
		n[atMatches]++
		code, _ := lengthCode(int(length))
		s.literals[2*(code+literalCodes)]++
		code, _, _ = distanceCode(distance)
		s.distances[2*code]++
	}
	return n[atSymbols] == n[atLimit]
}

// get returns symbol i, where place and lengths are offsets in the buffer.
func (s *symbols) get(i, place, lengths int) (distance int32, length byte) {
	if s.joined {
		at := s.pending[place+3*i:]
		return int32(at[0]) | int32(at[1])<<8, at[2]
	}
	at := s.pending[place+2*i:]
	return int32(at[0])<<8 | int32(at[1]), s.pending[lengths+i]
}

// lengthCode returns the code of a match length minus three, and its number of
// extra bits.
func lengthCode(length int) (code, extra int) {
	switch {
	case length == mostMatch-leastMatch:
		return lengthCodes - 1, 0
	case length < 8:
		return length, 0
	}
	extra = bits.Len(uint(length)) - 3
	return 4*(extra+1) + length>>extra&3, extra
}

// distanceCode returns the code of a distance, and the number and value of its
// extra bits.
func distanceCode(distance int32) (code, extra int, rest uint32) {
	d := uint32(distance-1) & (1<<15 - 1)
	if d < 4 {
		return int(d), 0, 0
	}
	extra = bits.Len32(d) - 2
	return 2*(extra+1) + int(d>>extra&1), extra, d & (1<<extra - 1)
}

// The numbers of zlib's state while it writes a block, in the order of
// js/pako.js.
const (
	atBits      = iota // bits that are not written yet
	atBitCount         // number of those bits
	atPending          // bytes written
	atCount            // number of symbols
	atSymbolsAt        // offset of the symbols, or of their distances
	atLengthsAt
	blockNumbers
)

// A bitWriter writes into zlib's buffer, which also contains the symbols that
// are being read.
type bitWriter struct {
	n   *[blockNumbers]int32
	out []byte
}

// deflateBlock implements block(numbers, pending, literals, distances, joined):
// it writes the symbols of a block with the codes of two trees. A tree has a
// code and its length for each number.
func deflateBlock(c *engine.Call) engine.Value {
	numbers, ok1 := c.Words32(c.At(0))
	pending, ok2 := c.Bytes(c.At(1))
	literals, ok3 := tree(c, 2, literalCodes+lengthCodes)
	distances, ok4 := tree(c, 3, distanceCodes)
	if !ok1 || !ok2 || !ok3 || !ok4 || len(numbers) != blockNumbers {
		return engine.Undefined
	}
	n := (*[blockNumbers]int32)(unsafe.Pointer(unsafe.SliceData(numbers)))
	s := symbols{pending: pending, joined: c.Bool(4)}
	w := bitWriter{n, pending}
	count, place, lengths := int(n[atCount]), int(n[atSymbolsAt]), int(n[atLengthsAt])
	if n[atBitCount] < 0 || n[atBitCount] > 16 || n[atPending] < 0 || count < 0 || place < 0 || lengths < 0 ||
		count > len(pending) || s.joined && place+3*count > len(pending) || !s.joined && (place+2*count > len(pending) || lengths+count > len(pending)) {
		return engine.Undefined
	}
	for i := range count {
		distance, length := s.get(i, place, lengths)
		if distance == 0 {
			w.code(literals, int(length))
			continue
		}
		code, extra := lengthCode(int(length))
		w.code(literals, code+literalCodes)
		w.put(uint32(length)&(1<<extra-1), extra)
		code, extra, rest := distanceCode(distance)
		w.code(distances, code)
		w.put(rest, extra)
	}
	w.code(literals, endOfBlock)
	return engine.Bool(true)
}

// tree returns an argument with codes and their lengths.
func tree(c *engine.Call, arg, codes int) ([]uint16, bool) {
	if tree, ok := c.Shorts(c.At(arg)); ok {
		return tree, len(tree) >= 2*codes
	}
	list := make([]uint32, 2*codes)
	if !c.Words(c.At(arg), 0, list) {
		return nil, false
	}
	tree := make([]uint16, len(list))
	for i, w := range list {
		if tree[i] = uint16(w); uint32(tree[i]) != w {
			return nil, false
		}
	}
	return tree, true
}

func (w *bitWriter) code(tree []uint16, code int) { w.put(uint32(tree[2*code]), int(tree[2*code+1])) }

// put writes the lowest size bits of value. At most sixteen bits stay
// unwritten.
func (w *bitWriter) put(value uint32, size int) {
	n := w.n
	all := uint32(n[atBits]) | value<<n[atBitCount]
	n[atBitCount] += int32(size)
	if n[atBitCount] > 16 {
		for range 2 {
			if int(n[atPending]) < len(w.out) {
				w.out[n[atPending]] = byte(all)
			}
			n[atPending]++
			all >>= 8
		}
		n[atBitCount] -= 16
	}
	n[atBits] = int32(all & 0xffff)
}
