package cluster

import (
	"bytes"
	"context"
	"sync"
	"testing"
)

// A document is in the store before its name is sent to anybody, also when
// several runs send the same one at the same time.
func TestDocumentIsThereWhenItIsNamed(t *testing.T) {
	t.Parallel()
	h, key := startHub(t), NewKey()
	b := connectTo(t, h, key)
	d := dispatcher(t, b, DispatcherOptions{})
	content := bytes.Repeat([]byte("row;"), 1<<20)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			name, err := d.document(t.Context(), content)
			if err != nil {
				t.Error(err)
				return
			}
			if got, err := b.get(t.Context(), name); err != nil || !bytes.Equal(got, content) {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
	wg.Wait()
}

// What could not be stored is not taken for stored.
func TestDocumentThatIsNotStored(t *testing.T) {
	t.Parallel()
	h := startHub(t)
	b := connectTo(t, h, NewKey())
	d := dispatcher(t, b, DispatcherOptions{})
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.document(ended, []byte("x")); err == nil {
		t.Fatal("a document was stored without time for it")
	}
	name, err := d.document(t.Context(), []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := b.get(t.Context(), name); string(got) != "x" {
		t.Errorf("%q, %v", got, err)
	}
}
