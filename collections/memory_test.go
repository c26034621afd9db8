package collections

import (
	"bytes"
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

func liveHeap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
