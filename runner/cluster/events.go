package cluster

import (
	"context"
	"fmt"
	"io"

	"github.com/nats-io/nats.go/jetstream"
)

// chunk is how many bytes of a run log one message contains, before sealing.
// The last bytes are in the record of the end, so most runs need one message.
const chunk = 384 << 10

// An eventsWriter publishes the run log of an attempt while it is written.
type eventsWriter struct {
	ctx     context.Context
	bus     *Bus
	subject string
	buf     []byte
	chunks  int
}

// Write implements io.Writer.
func (w *eventsWriter) Write(p []byte) (int, error) {
	w.buf = append(w.buf, p...)
	for len(w.buf) > chunk {
		place := fmt.Sprintf("%s#%d", w.subject, w.chunks)
		if _, err := w.bus.publish(w.ctx, w.subject, w.bus.opts.Key.seal(place, w.buf[:chunk]), jetstream.WithMsgID(place)); err != nil {
			return 0, err
		}
		w.chunks++
		w.buf = append(w.buf[:0], w.buf[chunk:]...)
	}
	return len(p), nil
}

// An eventsReader reads what an eventsWriter has published, and then the rest
// in the record of the end.
type eventsReader struct {
	ctx     context.Context
	bus     *Bus
	subject string
	chunks  int // number of all chunks
	read    int // chunks read
	after   uint64
	buf     []byte
	rest    []byte // from the record of the end
}

// Read implements io.Reader.
func (r *eventsReader) Read(p []byte) (int, error) {
	for len(r.buf) == 0 {
		if r.read == r.chunks {
			if len(r.rest) == 0 {
				return 0, io.EOF
			}
			r.buf, r.rest = r.rest, nil
			break
		}
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.buf)
	r.buf = r.buf[n:]
	return n, nil
}

// next reads a chunk. It skips a chunk that was published twice.
func (r *eventsReader) next() error {
	m, err := r.bus.message(r.ctx, r.after+1, jetstream.WithGetMsgSubject(r.subject))
	if err != nil {
		return err
	}
	r.after = m.Sequence
	place := fmt.Sprintf("%s#%d", r.subject, r.read)
	plain, err := r.bus.opts.Key.open(place, m.Data, 2*chunk)
	if err != nil && r.read > 0 {
		if _, again := r.bus.opts.Key.open(fmt.Sprintf("%s#%d", r.subject, r.read-1), m.Data, 2*chunk); again == nil {
			return nil
		}
	}
	if err != nil {
		return fmt.Errorf("events: %w", err)
	}
	r.read++
	r.buf = plain
	return nil
}
