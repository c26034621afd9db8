package mask

import (
	"math/bits"
	"slices"
)

// An automaton finds any of many needles in one pass over a text, even where
// the text is escaped (Aho and Corasick, "Efficient string matching", 1975). It
// is immutable.
type automaton struct {
	secrets []string // the secrets of the needles
	needles []needle
	nodes   []node       // a trie; the first is the root
	roots   [256]int32   // children of the root, by byte
	crowds  [][256]int32 // children of nodes with many children, by byte
	heads   heads
	special [256]bool // bytes that may begin an escape sequence or a sign of a cut text
	signs   []string  // escape signs, and signs of a cut text
}

// A node is a prefix of needles: the bytes on the path from the root.
type node struct {
	child   int32 // first child; a negative value is the complement of an index into crowds
	sibling int32
	fail    int32  // node of the longest proper suffix
	needle  int32  // the longest needle that ends here, numbered from 1; 0: none
	depth   uint16 // at most longestText
	label   byte
}

// crowd is the largest number of children without a table.
const crowd = 8

// newAutomaton returns an automaton for the needles of the secrets. needles
// appends the needles of one secret.
func newAutomaton(secrets []string, needles func(string, []needle) []needle) *automaton {
	a := &automaton{secrets: secrets, needles: make([]needle, 0, 9*len(secrets))}
	for _, s := range secrets {
		a.needles = needles(s, a.needles)
	}
	size := 1
	for i := range a.needles {
		size += len(a.needles[i].text)
	}
	a.special['%'], a.special['\\'], a.special['&'] = true, true, true
	a.nodes = make([]node, 1, size)
	a.heads = newHeads(a.needles)
	for i := range a.needles {
		a.insert(a.needles[i].text, int32(i+1))
	}
	a.link()
	a.signs = allSigns[:maxSigns-3]
	for _, sign := range allSigns[maxSigns-3:] {
		if a.special[sign[0]] {
			a.signs = append(slices.Clip(a.signs), sign)
		}
	}
	return a
}

// allSigns are the signs at which a text may have several readings. The last
// three matter only to needles that contain a space or a quote.
var allSigns = [maxSigns]string{"%", `\`, "&", "…", "...", "+", `""`, "''"}

const maxSigns = 8

// insert adds a needle to the trie.
func (a *automaton) insert(text string, number int32) {
	at := int32(0)
	for i := range len(text) {
		b := text[i]
		switch b {
		case ' ':
			a.special['+'] = true
		case '"', '\'':
			a.special[b] = true
		}
		at = a.grow(at, b)
	}
	if a.nodes[at].needle == 0 {
		a.nodes[at].needle = number
	}
}

// grow returns the child of a node, and creates it if necessary.
func (a *automaton) grow(at int32, b byte) int32 {
	if next := a.child(at, b); next != 0 {
		return next
	}
	next := int32(len(a.nodes))
	n := node{label: b, depth: a.nodes[at].depth + 1}
	if at == 0 {
		a.roots[b] = next
	} else {
		n.sibling = a.nodes[at].child
		a.nodes[at].child = next
	}
	a.nodes = append(a.nodes, n)
	return next
}

// child returns a node's child for a byte, or 0 when there is none.
func (a *automaton) child(at int32, b byte) int32 {
	if at == 0 {
		return a.roots[b]
	}
	next := a.nodes[at].child
	if next < 0 {
		return a.crowds[^next][b]
	}
	for next != 0 && a.nodes[next].label != b {
		next = a.nodes[next].sibling
	}
	return next
}

// step returns the next state: the node of the longest suffix, one more byte
// included, that is in the trie.
func (a *automaton) step(at int32, b byte) int32 {
	for at != 0 {
		if next := a.child(at, b); next != 0 {
			return next
		}
		at = a.nodes[at].fail
	}
	return a.roots[b]
}

// link sets the fail links, level by level.
func (a *automaton) link() {
	var few [512]int32
	queue := few[:0]
	if len(a.nodes) > len(few) {
		queue = make([]int32, 0, len(a.nodes))
	}
	for _, n := range a.roots {
		if n != 0 {
			queue = append(queue, n)
		}
	}
	for i := 0; i < len(queue); i++ {
		at := queue[i]
		fail := a.nodes[at].fail
		children := 0
		for n := a.nodes[at].child; n != 0; n = a.nodes[n].sibling {
			child := &a.nodes[n]
			child.fail = a.step(fail, child.label)
			if child.needle == 0 {
				child.needle = a.nodes[child.fail].needle
			}
			queue = append(queue, n)
			children++
		}
		if children > crowd {
			a.gather(at)
		}
	}
}

// gather moves the children of a node to a table.
func (a *automaton) gather(at int32) {
	var table [256]int32
	for n := a.nodes[at].child; n != 0; n = a.nodes[n].sibling {
		table[a.nodes[n].label] = n
	}
	a.nodes[at].child = int32(^len(a.crowds))
	a.crowds = append(a.crowds, table)
}

// heads is a hash filter of all triples of bytes in the beginnings of needles.
// When the last three bytes of a window are not in the filter, no needle begins
// in the window before them, and the search can skip it.
type heads struct {
	length int // length of the beginnings
	bits   []uint64
	shift  uint8 // turns a hash into the number of a bit
}

// longestHead limits the length of the beginnings: longer ones contain more
// triples of ordinary texts.
const longestHead = 16

func newHeads(needles []needle) heads {
	h := heads{length: longestHead}
	for i := range needles {
		h.length = min(h.length, len(needles[i].text))
	}
	log := bits.Len(uint(len(needles)*h.length)) + 4
	log = max(log, 10)
	h.bits, h.shift = make([]uint64, 1<<(log-6)), uint8(32-log)
	for i := range needles {
		text := needles[i].text
		for at := range h.length - 2 {
			bit := h.bit(text[at], text[at+1], text[at+2])
			h.bits[bit>>6] |= 1 << (bit & 63)
		}
	}
	return h
}

func (h *heads) bit(a, b, c byte) uint32 {
	return (uint32(a)<<16 | uint32(b)<<8 | uint32(c)) * 0x9e3779b1 >> h.shift
}

func (h *heads) has(a, b, c byte) bool {
	bit := h.bit(a, b, c)
	return h.bits[bit>>6]&(1<<(bit&63)) != 0
}
