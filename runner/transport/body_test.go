package transport

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// A body is read whole, wherever its chunks are joined, and no further than its
// limit.
func TestBodiesOfAllSizes(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{0, 1, smallest, smallest + 1, largest, huge - 1, huge, 2*huge + largest} {
		for _, said := range []int64{-1, size, size / 2} {
			got, err := readAll(io.LimitReader(&counting{}, size), said, -1)
			if err != nil || int64(len(got)) != size {
				t.Fatalf("%d bytes, of which %d are announced: %d, %v", size, said, len(got), err)
			}
		}
		if size == 0 {
			continue
		}
		got, err := readAll(io.LimitReader(&counting{}, size), -1, size-1)
		if !errors.Is(err, errLimit) || int64(len(got)) != size-1 {
			t.Errorf("%d bytes of %d: %d, %v", size-1, size, len(got), err)
		}
	}
	want, _ := io.ReadAll(io.LimitReader(&counting{}, huge+1)) // memory does not fail
	got, err := readAll(io.LimitReader(&counting{}, huge+1), -1, huge+1)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("the bytes that came are others: %v", err)
	}
	if cap(got) > huge+2 {
		t.Errorf("there is room for %d bytes, where %d may come", cap(got), huge+1)
	}
}

// counting is 0, 1, 2 … without end.
type counting struct{ n int }

// Read implements io.Reader.
func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(c.n)
		c.n++
	}
	return len(p), nil
}
