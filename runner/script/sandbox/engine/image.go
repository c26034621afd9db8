package engine

import (
	"cmp"
	"slices"
	"sync"
	"unsafe"
)

// Images are those of machines that were made in the same way. They differ in
// few words, so one is kept whole, and of each other what differs from it: whole
// images of all would double the memory of each machine.
type Images struct {
	mu    sync.Mutex
	whole *wholeImage
}

// A wholeImage is what the blocks of a heap held at one moment. The engine keeps
// all of a machine there and nowhere else, so that a heap with the same blocks
// at the same places is the same machine.
type wholeImage struct {
	base   uintptr  // where the heap's first block was
	extent uintptr  // from there to the end of the last
	blocks []pinned // by place; at is from base on
	words  []uintptr
}

// An image is a heap's, as a whole one and what differs from it.
type image struct {
	*wholeImage
	base   uintptr // where the heap's first block is
	differ []difference
}

// A difference is a word of the heap that is not the template's.
type difference struct{ at, value uintptr } // at is from the image's base on

type pinned struct {
	at   uintptr
	size int
}

const wordSize = unsafe.Sizeof(uintptr(0))

// take returns the image of these blocks.
func (s *Images) take(blocks []pinned) *image {
	base := blocks[0].at
	for i := range blocks {
		blocks[i].at -= base
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.whole != nil && slices.Equal(blocks, s.whole.blocks) {
		im := &image{wholeImage: s.whole, base: base}
		if im.compare(); len(im.differ) <= len(im.words)/8 {
			return im
		}
	}
	s.whole = newWholeImage(base, blocks)
	return &image{wholeImage: s.whole, base: base}
}

func newWholeImage(base uintptr, blocks []pinned) *wholeImage {
	last, size := blocks[len(blocks)-1], 0
	for _, b := range blocks {
		size += b.size
	}
	w := &wholeImage{base: base, extent: last.at + uintptr(last.size), blocks: blocks, words: make([]uintptr, 0, uintptr(size)/wordSize)}
	for _, b := range blocks {
		w.words = append(w.words, wordsAt(base+b.at, b.size)...)
	}
	return w
}

// compare notes in what the heap differs from the whole image.
func (im *image) compare() {
	i := 0
	for _, b := range im.blocks {
		for n, value := range wordsAt(im.base+b.at, b.size) {
			if value != im.moved(im.words[i]) {
				im.differ = append(im.differ, difference{b.at + uintptr(n)*wordSize, value})
			}
			i++
		}
	}
	im.differ = slices.Clip(im.differ)
}

// moved is a word of the whole image as this heap has it. What may be an address
// in the image's blocks is taken for one: where it is none, the heap's word is
// among the differences.
func (im *image) moved(word uintptr) uintptr {
	if word-im.wholeImage.base < im.extent {
		return word - im.wholeImage.base + im.base
	}
	return word
}

// restore makes the blocks what they were.
func (im *image) restore() {
	from, extent, by := im.wholeImage.base, im.extent, im.base-im.wholeImage.base
	words := im.words
	for _, b := range im.blocks {
		block := wordsAt(im.base+b.at, b.size)
		copy(block, words)
		words = words[len(block):]
		if by == 0 {
			continue
		}
		for n, word := range block { // as moved does
			moved := word
			if word-from < extent {
				moved = word + by
			}
			block[n] = moved
		}
	}
	for _, d := range im.differ {
		*at[uintptr](im.base + d.at) = d.value
	}
}

func wordsAt(p uintptr, size int) []uintptr {
	return unsafe.Slice(at[uintptr](p), uintptr(size)/wordSize)
}

// freeze takes an image of the heap. It reports false for a heap without blocks.
func (h *vmHeap) freeze(s *Images) bool {
	if len(h.blocks) == 0 {
		return false
	}
	blocks := make([]pinned, 0, len(h.blocks))
	for p := range h.blocks {
		blocks = append(blocks, pinned{p, int(usable(nil, p))})
		h.blocks[p] = true
	}
	slices.SortFunc(blocks, func(a, b pinned) int { return cmp.Compare(a.at, b.at) })
	h.image = s.take(blocks)
	return true
}

// restore makes the heap what it was when it was frozen.
func (h *vmHeap) restore() {
	for p, stays := range h.blocks {
		if !stays {
			delete(h.blocks, p)
			_ = h.UintptrFree(p) // it fails only to unmap
		}
	}
	h.image.restore()
	h.peak = 0
}

// thaw forgets the image.
func (h *vmHeap) thaw() {
	for p := range h.blocks {
		h.blocks[p] = false
	}
	h.image = nil
}
