package collections

import (
	"bytes"
	"encoding/json"
	"runtime"
	"strings"
	"testing"
)

// A large document is held once, in strict form, with a tree as large as itself
// at most; what is read on the way is let go.
func TestPromise_82_LargeDocumentsAreHeldOnce(t *testing.T) { // not parallel: it measures
	body := strings.Repeat("x", 800) // an item is about a kilobyte, as in large collections
	src := bytes.ReplaceAll(large(10_000), []byte(`"raw":"{}"`), []byte(`"raw":"`+body+`"`))
	before := liveHeap()
	c, err := Parse("c.json", src)
	if err != nil {
		t.Fatal(err)
	}
	size := int64(len(src))
	runtime.KeepAlive(src)
	if held := liveHeap() - before; held > 5*size/2 {
		t.Errorf("%d bytes are held for a document of %d", held, size)
	}
	runtime.KeepAlive(c)
}

// A report of a large document is written a few items at a time, whatever its
// size.
func TestPromise_82_LargeReportsAreWrittenInPieces(t *testing.T) {
	t.Parallel()
	c, err := Parse("c.json", large(10_000))
	if err != nil {
		t.Fatal(err)
	}
	w := &largestWrite{}
	if err := c.WriteJSON(w, func(o json.RawMessage) json.RawMessage { return o }); err != nil {
		t.Fatal(err)
	}
	if whole := len(c.JSON()); w.sum != whole || w.largest > whole/20 {
		t.Errorf("of %d bytes, %d were written, up to %d at once", whole, w.sum, w.largest)
	}
}

// To read a large document and to print it makes little garbage, whose collection
// costs more than the reading: no list of members for each object, no buffer for
// each item.
func TestPromise_82_LargeDocumentsMakeLittleGarbage(t *testing.T) { // not parallel: it measures
	src := bytes.ReplaceAll(large(10_000), []byte(`"raw":"{}"`), []byte(`"raw":"`+strings.Repeat("x", 800)+`"`))
	var c *Collection
	if got := allocated(func() { c, _ = Parse("c.json", src) }); c == nil || got > int64(4*len(src)) {
		t.Errorf("to read %d bytes allocates %d", len(src), got)
	}
	w := &largestWrite{}
	print := func() {
		if err := c.WriteJSON(w, func(o json.RawMessage) json.RawMessage { return o }); err != nil {
			t.Error(err)
		}
	}
	if got := allocated(print); got > 4*int64(w.sum) { // under the race detector sync.Pool drops some buffers
		t.Errorf("to print %d bytes allocates %d", w.sum, got)
	}
}

// allocated is how many bytes f allocates.
func allocated(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

type largestWrite struct{ sum, largest int }

func (w *largestWrite) Write(p []byte) (int, error) {
	w.sum, w.largest = w.sum+len(p), max(w.largest, len(p))
	return len(p), nil
}

func liveHeap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
