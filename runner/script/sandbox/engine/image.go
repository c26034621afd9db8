package engine

import (
	"cmp"
	"slices"
	"sync"
	"unsafe"
)

// Images are the images of machines that were created in the same way. Their
// heaps differ in few words. So one image is complete, and the others contain
// only the differences: complete images would double the memory of each
// machine.
type Images struct {
	mu    sync.Mutex
	whole *wholeImage
}

// A wholeImage is the content of all blocks of a heap at one moment. The engine
// keeps its whole state in the heap, so a heap with the same content at the
// same addresses is the same machine.
type wholeImage struct {
	base   uintptr  // address of the heap's first block
	extent uintptr  // from base to the end of the last block
	blocks []pinned // sorted by address; at is relative to base
	words  []uintptr
}

// An image is a snapshot of one heap: a complete image and the differences from
// it.
type image struct {
	*wholeImage
	base   uintptr // address of this heap's first block
	differ []difference
}

// A difference is a word of this heap that differs from the complete image.
type difference struct{ at, value uintptr } // at is relative to the image's base

type pinned struct {
	at   uintptr
	size int
}

const wordSize = unsafe.Sizeof(uintptr(0))

// take returns the image of a heap with these blocks.
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

// compare records the differences between the heap and the complete image.
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

// moved returns a word of the complete image with its value in this heap. A
// word that looks like an address in the image is adjusted to this heap. If it
// is no address, the word is one of the differences.
func (im *image) moved(word uintptr) uintptr {
	if word-im.wholeImage.base < im.extent {
		return word - im.wholeImage.base + im.base
	}
	return word
}

// restore resets the blocks to the image.
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
		for n, word := range block { // the same as moved, inlined
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

// freeze takes an image of the heap. It returns false for a heap without
// blocks.
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

// restore resets the heap to its image.
func (h *vmHeap) restore() {
	for p, stays := range h.blocks {
		if !stays {
			delete(h.blocks, p)
			_ = h.UintptrFree(p) // fails only when it cannot unmap
		}
	}
	h.image.restore()
	h.peak = 0
}

// thaw drops the image.
func (h *vmHeap) thaw() {
	for p := range h.blocks {
		h.blocks[p] = false
	}
	h.image = nil
}
