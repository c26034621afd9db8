package engine

import (
	"sync"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
	"modernc.org/memory"
)

// A vmHeap is the memory of one machine. libc's allocator serves the whole
// process with one lock, so parallel machines would wait for each other. The
// lock of a machine's own heap is contended only by Revoke.
type vmHeap struct {
	mu sync.Mutex
	memory.Allocator
	blocks  map[uintptr]bool // used blocks; true for blocks of the image, which are kept
	image   *image
	peak    libc.Tsize_t // bytes
	refused int          // refused requests that may have caused an error
	lenient bool         // while an error is reworded
	revoked bool
	gone    []pinned // revoked pages
}

// enter locks the heap for a call of the engine. It panics when the memory was
// revoked.
func (h *vmHeap) enter() {
	h.mu.Lock()
	if h.revoked {
		h.mu.Unlock()
		panic(ErrRevoked)
	}
}

// heaps holds the heaps in use, since only the engine's memory points to them.
var heaps struct {
	sync.Mutex
	live map[*vmHeap]bool
}

func bytesAt(p uintptr, size int) []byte { return unsafe.Slice(at[byte](p), size) }

// engineAllocator is the table of functions with which a new machine allocates
// and frees memory.
//
//go:linkname engineAllocator modernc.org/libquickjs._def_malloc_funcs
var engineAllocator lib.TJSMallocFunctions

// plainAllocator is the original value of engineAllocator.
var plainAllocator lib.TJSMallocFunctions

// useOwnHeaps gives each machine that is opened from now on its own heap.
func useOwnHeaps() {
	heaps.live = map[*vmHeap]bool{}
	plainAllocator = engineAllocator
	engineAllocator = lib.TJSMallocFunctions{Fjs_malloc: address(allocate), Fjs_free: address(release),
		Fjs_realloc: address(resize), Fjs_malloc_usable_size: address(usable)}
}

func usePlainHeap() { engineAllocator = plainAllocator }

// heapOf returns the heap of a machine. The first allocation creates it; the
// engine's allocation state points to it.
func heapOf(s *lib.TJSMallocState) *vmHeap {
	if s.Fopaque == 0 {
		s.Fopaque = uintptr(unsafe.Pointer(claim()))
	}
	return at[vmHeap](s.Fopaque)
}

// heapAt returns the heap of a runtime, or nil when the runtime uses the plain
// allocator.
func heapAt(runtime uintptr) *vmHeap {
	h := at[vmHeap](at[lib.TJSRuntime](runtime).Fmalloc_ctx.Fmalloc_state.Fopaque)
	heaps.Lock()
	defer heaps.Unlock()
	if !heaps.live[h] {
		return nil
	}
	return h
}

func claim() *vmHeap {
	h := &vmHeap{blocks: map[uintptr]bool{}}
	heaps.Lock()
	defer heaps.Unlock()
	heaps.live[h] = true
	return h
}

// drop frees the heap with its content.
func (h *vmHeap) drop() {
	heaps.Lock()
	defer heaps.Unlock()
	delete(heaps.live, h)
	if h.revoked {
		_ = h.protect(fullAccess) // the allocator's own data is in it
	}
	clear(h.blocks)
	_ = h.Close() // memory that cannot be unmapped stays mapped
}

// overhead is what the engine counts for each block in addition to its size.
const overhead = lib.MMALLOC_OVERHEAD

func allocate(_ *libc.TLS, state uintptr, size libc.Tsize_t) uintptr {
	s := at[lib.TJSMallocState](state)
	h := heapOf(s)
	if !h.grants(s, size) {
		return 0
	}
	h.enter()
	defer h.mu.Unlock()
	p, err := h.UintptrMalloc(int(size))
	if err != nil || p == 0 {
		return 0
	}
	h.blocks[p] = false
	s.Fmalloc_count++
	h.grown(s, usable(nil, p)+overhead)
	return p
}

// reserve is how many bytes above its limit a machine may take for the error
// that reports the limit: without that memory the engine throws null.
const reserve = 64 << 10

// grants reports whether a machine may take that much more memory.
func (h *vmHeap) grants(s *lib.TJSMallocState, more libc.Tsize_t) bool {
	limit := s.Fmalloc_limit
	if s.Fmalloc_size+more <= limit {
		return true
	}
	if more <= reserve {
		h.refused++
	}
	return (h.lenient || failing(s)) && s.Fmalloc_size+more <= limit+reserve
}

// failing reports whether the engine is creating an out-of-memory error (the
// second of two flags of one byte each), or completing an error with its stack.
func failing(s *lib.TJSMallocState) bool {
	var rt lib.TJSRuntime
	runtime := uintptr(unsafe.Pointer(s)) - unsafe.Offsetof(rt.Fmalloc_ctx) - unsafe.Offsetof(rt.Fmalloc_ctx.Fmalloc_state)
	flags := runtime + unsafe.Offsetof(rt.Fcurrent_exception) + unsafe.Sizeof(rt.Fcurrent_exception)
	return at[[2]uint8](flags)[1] != 0 || tagOf(at[lib.TJSRuntime](runtime).Fcurrent_exception) != lib.EJS_TAG_UNINITIALIZED
}

func (h *vmHeap) grown(s *lib.TJSMallocState, by libc.Tsize_t) {
	s.Fmalloc_size += by
	h.peak = max(h.peak, s.Fmalloc_size)
}

// release frees a block. The last block is the machine itself.
func release(_ *libc.TLS, state, p uintptr) {
	if p == 0 {
		return
	}
	s := at[lib.TJSMallocState](state)
	s.Fmalloc_count--
	s.Fmalloc_size -= usable(nil, p) + overhead
	h := heapOf(s)
	h.enter()
	h.free(p)
	h.mu.Unlock()
	if s.Fmalloc_count == 0 {
		s.Fopaque = 0
		h.drop()
	}
}

func (h *vmHeap) free(p uintptr) {
	if !h.blocks[p] {
		delete(h.blocks, p)
		_ = h.UintptrFree(p) // fails only when it cannot unmap
	}
}

func resize(tls *libc.TLS, state, p uintptr, size libc.Tsize_t) uintptr {
	switch {
	case p == 0 && size == 0:
		return 0
	case p == 0:
		return allocate(tls, state, size)
	case size == 0:
		release(tls, state, p)
		return 0
	}
	s := at[lib.TJSMallocState](state)
	before := usable(nil, p)
	h := heapOf(s)
	if size > before && !h.grants(s, size-before) {
		return 0
	}
	h.enter()
	defer h.mu.Unlock()
	if p = h.move(p, int(before), int(size)); p == 0 {
		return 0
	}
	h.grown(s, usable(nil, p)-before)
	return p
}

// move resizes a block and returns its new address, or 0 when there is no
// memory.
func (h *vmHeap) move(p uintptr, from, to int) uintptr {
	if h.blocks[p] {
		to, err := h.UintptrMalloc(to)
		if err != nil || to == 0 {
			return 0
		}
		copy(bytesAt(to, int(usable(nil, to))), bytesAt(p, from))
		h.blocks[to] = false
		return to
	}
	moved, err := h.UintptrRealloc(p, to)
	if err != nil || moved == 0 {
		return 0
	}
	if moved != p {
		delete(h.blocks, p)
		h.blocks[moved] = false
	}
	return moved
}

func usable(_ *libc.TLS, p uintptr) libc.Tsize_t {
	if p == 0 {
		return 0
	}
	return libc.Tsize_t(memory.UintptrUsableSize(p))
}
