//go:build amd64 || arm64

package accel

import (
	"encoding/binary"
	"math/bits"
	"unsafe"

	"postie/runner/script/sandbox/engine"
)

// deflates are the slow functions of zlib in JavaScript, as in pako, when it
// compresses. Go's own library finds other matches, so its output differs.
var deflates = map[string]engine.Function{"deflate.steps": deflateSteps, "deflate.block": deflateBlock, "deflate.slide": deflateSlide}

// Constants of zlib: the lengths of matches, how many bytes must be available
// for a search, and the distance from which on a match of three bytes is not
// used.
const (
	leastMatch   = 3
	mostMatch    = 258
	leastAhead   = mostMatch + leastMatch + 1
	tooFar       = 4096
	onlyFiltered = 1 // the strategy
)

// A matcher is the state of zlib's search for matches. The numbers are in the
// order of js/pako.js.
type matcher struct {
	n      *[deflateNumbers]int32
	window []byte
	prev   []uint16
	head   []uint16
	wide   bool // four bytes, and not three, are entered in the hash chains
	sink   symbols
}

const (
	atStart = iota // position of the next byte
	atAhead        // bytes not processed yet
	atHash
	atPrevLength
	atPrevMatch
	atMatchStart
	atMatchLength
	atAvailable
	atMatches
	atSymbols // size of the pending symbols, in bytes or symbols
	atWindowSize
	atHashMask
	atHashShift
	atMostChain
	atMostLazy
	atGoodMatch
	atNiceMatch
	atStrategy
	atLimit // greatest number of symbols
	atPlace // where symbols are in the buffer, or their distances
	atLengths
	deflateNumbers
)

// Results of deflateSteps: it needs more bytes; the block is full; or the block
// is full and one byte must be stepped over after it is flushed.
const (
	wantsMore = iota
	flushes
	flushesAndSteps
)

// deflateSteps implements steps(numbers, window, prev, head, literals,
// distances, pending, joined, wide): zlib's lazy search for matches, as far as
// possible. It returns undefined, with nothing written, when the library must
// do the work.
func deflateSteps(c *engine.Call) engine.Value {
	numbers, ok1 := c.Words32(c.At(0))
	window, ok2 := c.Bytes(c.At(1))
	prev, ok3 := c.Shorts(c.At(2))
	head, ok4 := c.Shorts(c.At(3))
	literals, ok5 := c.Shorts(c.At(4))
	distances, ok6 := c.Shorts(c.At(5))
	pending, ok7 := c.Bytes(c.At(6))
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || !ok6 || !ok7 || len(numbers) != deflateNumbers {
		return engine.Undefined
	}
	m := &matcher{n: (*[deflateNumbers]int32)(unsafe.Pointer(unsafe.SliceData(numbers))), window: window, prev: prev, head: head, wide: c.Bool(8)}
	m.sink = symbols{pending: pending, joined: c.Bool(7), literals: literals, distances: distances}
	if !m.sound() {
		return engine.Undefined
	}
	return engine.Number(float64(m.run()))
}

// sound reports whether the state is valid for zlib, so that no index is out of
// range.
func (m *matcher) sound() bool {
	n := m.n
	for i, v := range n {
		if v > 1<<20 || v < 0 && i != atPrevMatch && i != atMatchStart || v < -1<<20 {
			return false
		}
	}
	size, room := int(n[atWindowSize]), int(n[atPlace])+2*int(n[atLimit])
	if m.sink.joined {
		room = int(n[atPlace]) + int(n[atLimit])
	}
	return size > leastAhead && bits.OnesCount(uint(size)) == 1 && len(m.prev) == size && len(m.window) == 2*size &&
		int(n[atHashMask])+1 == len(m.head) && n[atHashShift] < 16 && int(n[atStart])+int(n[atAhead]) <= len(m.window) &&
		n[atPrevLength] <= mostMatch && n[atMatchLength] >= leastMatch-1 && n[atMatchLength] <= mostMatch && n[atAvailable] <= 1 && n[atNiceMatch] <= mostMatch && n[atMostChain] > 0 &&
		n[atSymbols] < n[atLimit] && room <= len(m.sink.pending) && (m.sink.joined || int(n[atLengths])+int(n[atLimit]) <= len(m.sink.pending)) &&
		len(m.sink.literals) >= 2*(lengthCodes+literalCodes) && len(m.sink.distances) >= 2*distanceCodes
}

// run is zlib's deflate_slow: it takes a match only if there is no better one
// at the next byte.
func (m *matcher) run() int {
	n := m.n
	for n[atAhead] >= leastAhead {
		found := m.insert()
		n[atPrevLength], n[atPrevMatch], n[atMatchLength] = n[atMatchLength], n[atMatchStart], leastMatch-1
		if found != 0 && n[atPrevLength] < n[atMostLazy] && n[atStart]-found <= n[atWindowSize]-leastAhead {
			n[atMatchLength] = m.longest(found)
			if n[atMatchLength] <= 5 && (n[atStrategy] == onlyFiltered || n[atMatchLength] == leastMatch && n[atStart]-n[atMatchStart] > tooFar) {
				n[atMatchLength] = leastMatch - 1
			}
		}
		switch {
		case n[atPrevLength] >= leastMatch && n[atMatchLength] <= n[atPrevLength]:
			if m.take() {
				return flushes
			}
		case n[atAvailable] != 0:
			if m.sink.add(n, 0, m.window[n[atStart]-1]) {
				return flushesAndSteps
			}
			n[atStart]++
			n[atAhead]--
		default:
			n[atAvailable] = 1
			n[atStart]++
			n[atAhead]--
		}
	}
	return wantsMore
}

// insert enters the next three bytes (four for pako 3) in the hash chains. It
// returns the last position with the same bytes, or 0.
func (m *matcher) insert() int32 {
	n := m.n
	if m.wide {
		const factor = 66521
		n[atHash] = int32((binary.LittleEndian.Uint32(m.window[n[atStart]:])*factor+factor)>>16) & n[atHashMask]
	} else {
		n[atHash] = (n[atHash]<<n[atHashShift] ^ int32(m.window[n[atStart]+leastMatch-1])) & n[atHashMask]
	}
	last := m.head[n[atHash]]
	m.prev[n[atStart]&(n[atWindowSize]-1)] = last
	m.head[n[atHash]] = uint16(n[atStart])
	return int32(last)
}

// take adds the match before this byte and enters its bytes in the hash chains.
// It reports whether the block is full.
func (m *matcher) take() bool {
	n := m.n
	last := n[atStart] + n[atAhead] - leastMatch
	full := m.sink.add(n, n[atStart]-1-n[atPrevMatch], byte(n[atPrevLength]-leastMatch))
	n[atAhead] -= n[atPrevLength] - 1
	for n[atPrevLength] -= 2; ; {
		if n[atStart]++; n[atStart] <= last {
			m.insert()
		}
		if n[atPrevLength]--; n[atPrevLength] == 0 {
			break
		}
	}
	n[atAvailable], n[atMatchLength] = 0, leastMatch-1
	n[atStart]++
	return full
}

// longest is zlib's longest_match, from a position of the chain on.
func (m *matcher) longest(at int32) int32 {
	n := m.n
	start, best, chain := n[atStart], n[atPrevLength], n[atMostChain]
	limit := max(start-(n[atWindowSize]-leastAhead), 0)
	if n[atPrevLength] >= n[atGoodMatch] {
		chain >>= 2
	}
	nice := min(n[atNiceMatch], n[atAhead])
	scan := m.window[start : start+mostMatch+1]
	for {
		match := m.window[at:]
		if match[best] == scan[best] && match[best-1] == scan[best-1] && match[0] == scan[0] && match[1] == scan[1] {
			size := int32(leastMatch)
			for size < mostMatch && match[size] == scan[size] {
				size++
			}
			if size > best {
				n[atMatchStart], best = at, size
				if size >= nice {
					break
				}
			}
		}
		at = int32(m.prev[at&(n[atWindowSize]-1)])
		chain--
		if at <= limit || at >= start || chain == 0 {
			break
		}
	}
	return min(best, n[atAhead])
}

// deflateSlide implements slide(head, prev, size): it lowers all positions in
// the chains by the window size. Positions below that become 0.
func deflateSlide(c *engine.Call) engine.Value {
	size, ok1 := c.Int(2)
	head, ok2 := c.Shorts(c.At(0))
	prev, ok3 := c.Shorts(c.At(1))
	if !ok1 || !ok2 || !ok3 || size != len(prev) || size >= 1<<16 {
		return engine.Undefined
	}
	for _, places := range [][]uint16{head, prev} {
		for i, at := range places {
			places[i] = at - min(at, uint16(size))
		}
	}
	return engine.Bool(true)
}
