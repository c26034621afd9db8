package sandbox

import (
	"runtime"
	"sync"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
	"modernc.org/memory"
	"modernc.org/quickjs"
)

// newVM makes a machine with a heap of its own.
func newVM() (*quickjs.VM, error) {
	ownHeaps()
	return quickjs.NewVM()
}

// A vmHeap is the memory of one machine. libc's allocator is one for the whole
// process and has one lock, at which machines that work side by side would
// wait for each other. A machine works on one goroutine at a time, so its own
// heap needs none.
type vmHeap struct {
	memory.Allocator
	blocks map[uintptr]struct{} // in use
	peak   libc.Tsize_t         // bytes
}

// heaps are those in use, which only the engine's memory points to, and a few
// that wait for the next machine with their pages.
var heaps struct {
	sync.Mutex
	live map[*vmHeap]bool
	idle []*vmHeap
}

// maxIdle is the largest heap, in bytes, that is kept for the next machine.
const maxIdle = 8 << 20

// engineAllocator is the table of functions by which a new machine takes and
// returns memory.
//
//go:linkname engineAllocator modernc.org/libquickjs._def_malloc_funcs
var engineAllocator lib.TJSMallocFunctions

var ownHeaps = sync.OnceFunc(func() {
	heaps.live = map[*vmHeap]bool{}
	engineAllocator = lib.TJSMallocFunctions{Fjs_malloc: address(allocate), Fjs_free: address(release),
		Fjs_realloc: address(resize), Fjs_malloc_usable_size: address(usable)}
})

// heapOf is the heap of a machine, which it is given at its first allocation.
// The engine keeps the state that says so.
func heapOf(s *lib.TJSMallocState) *vmHeap {
	if s.Fopaque == 0 {
		s.Fopaque = uintptr(unsafe.Pointer(claim()))
	}
	return at[vmHeap](s.Fopaque)
}

func claim() *vmHeap {
	heaps.Lock()
	defer heaps.Unlock()
	h := &vmHeap{blocks: map[uintptr]struct{}{}}
	if n := len(heaps.idle); n > 0 {
		h, heaps.idle = heaps.idle[n-1], heaps.idle[:n-1]
	}
	heaps.live[h] = true
	return h
}

// drop frees every block and takes back the heap.
func (h *vmHeap) drop() {
	for p := range h.blocks {
		_ = h.UintptrFree(p) // it fails only to unmap
	}
	clear(h.blocks)
	retire(h)
}

// retire takes back an empty heap.
func retire(h *vmHeap) {
	heaps.Lock()
	defer heaps.Unlock()
	delete(heaps.live, h)
	if h.peak <= maxIdle && len(heaps.idle) < runtime.GOMAXPROCS(0) {
		h.peak = 0
		heaps.idle = append(heaps.idle, h)
		return
	}
	_ = h.Close() // what cannot be unmapped stays mapped
}

// overhead is what the engine counts for a block besides its size.
const overhead = lib.MMALLOC_OVERHEAD

func allocate(_ *libc.TLS, state uintptr, size libc.Tsize_t) uintptr {
	s := at[lib.TJSMallocState](state)
	if s.Fmalloc_size+size > s.Fmalloc_limit {
		return 0
	}
	h := heapOf(s)
	p, err := h.UintptrMalloc(int(size))
	if err != nil || p == 0 {
		return 0
	}
	h.blocks[p] = struct{}{}
	s.Fmalloc_count++
	h.grown(s, usable(nil, p)+overhead)
	return p
}

func (h *vmHeap) grown(s *lib.TJSMallocState, by libc.Tsize_t) {
	s.Fmalloc_size += by
	h.peak = max(h.peak, s.Fmalloc_size)
}

// release returns a block. The last is the machine itself.
func release(_ *libc.TLS, state, p uintptr) {
	if p == 0 {
		return
	}
	s := at[lib.TJSMallocState](state)
	s.Fmalloc_count--
	s.Fmalloc_size -= usable(nil, p) + overhead
	h := heapOf(s)
	delete(h.blocks, p)
	_ = h.UintptrFree(p)
	if s.Fmalloc_count == 0 {
		s.Fopaque = 0
		retire(h)
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
	if s.Fmalloc_size+size-before > s.Fmalloc_limit {
		return 0
	}
	h := heapOf(s)
	moved, err := h.UintptrRealloc(p, int(size))
	if err != nil || moved == 0 {
		return 0
	}
	if moved != p {
		delete(h.blocks, p)
		h.blocks[moved] = struct{}{}
	}
	p = moved
	h.grown(s, usable(nil, p)-before)
	return p
}

func usable(_ *libc.TLS, p uintptr) libc.Tsize_t {
	if p == 0 {
		return 0
	}
	return libc.Tsize_t(memory.UintptrUsableSize(p))
}
