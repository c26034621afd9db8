package cluster

import (
	"net"
	"strings"
	"sync"
	"testing"

	"postie/runner/matrix"
)

// A wire is a TCP connection to a hub that can be cut: what is sent meanwhile
// arrives when it is whole again.
type wire struct {
	listener net.Listener
	to       string
	cut      sync.RWMutex // locked while it is
	carries  sync.WaitGroup
}

func startWire(t *testing.T, url string) *wire {
	t.Helper()
	return startWireAt(t, "127.0.0.1:0", url)
}

func startWireAt(t *testing.T, address, url string) *wire {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{listener: l, to: url[strings.Index(url, "://")+len("://"):]}
	served := beside(t, w.serve)
	t.Cleanup(func() { _ = l.Close(); <-served; w.carries.Wait() })
	return w
}

func (w *wire) url() string { return "nats://" + w.listener.Addr().String() }

func (w *wire) serve() {
	for {
		near, err := w.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", w.to)
		if err != nil {
			_ = near.Close()
			continue
		}
		w.carries.Go(func() { w.carry(near, far) })
		w.carries.Go(func() { w.carry(far, near) })
	}
}

func (w *wire) carry(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		w.cut.RLock()
		_, failed := to.Write(buf[:n])
		w.cut.RUnlock()
		if err != nil || failed != nil {
			return
		}
	}
}

// A worker that is cut off for less than AckWait loses nothing: what it has done
// meanwhile counts.
func TestWorkerIsCutOffShortly(t *testing.T) {
	t.Parallel()
	srv, h, key := startServer(t), startHub(t), NewKey()
	w := startWire(t, h.URL())
	startWorkerOn(t, connectAt(t, w.url(), key, quick), WorkerOptions{Name: "w", Slots: 4})
	beside(t, func() {
		until(t, func() bool { return srv.held.Load() == 4 })
		w.cut.Lock()
		close(srv.hold)
		until(t, func() bool { return srv.asked.Load() == 8 }) // the jobs at work, to their ends
		w.cut.Unlock()
	})
	d := dispatcher(t, connectTo(t, h, key), DispatcherOptions{})
	defer d.Close()
	_, outs := runMatrix(t, tenantRuns(parse(t, twoRequests), srv.URL, "hold", 16), matrix.Options{Workers: 16, Carry: d.Carry})
	checkOutcomes(t, srv, outs, Fail)
	if srv.asked.Load() != 32 {
		t.Errorf("%d requests, want 32", srv.asked.Load())
	}
}

// The jobs of a worker that is cut off for longer than AckWait go to another, or
// fail, and what it says when it is back does not count.
func TestWorkerIsCutOffForLong(t *testing.T) {
	t.Parallel()
	for _, onLost := range []OnLost{Retry, Fail} {
		t.Run(string(onLost), func(t *testing.T) {
			t.Parallel()
			srv, h, key := startServer(t), startHub(t), NewKey()
			w := startWire(t, h.URL())
			startWorkerOn(t, connectAt(t, w.url(), key, loses), WorkerOptions{Name: "cut", Slots: 4})
			spare := connectAt(t, h.URL(), key, loses)
			after := beside(t, func() {
				until(t, func() bool { return srv.held.Load() == 4 })
				w.cut.Lock()
				startWorkerOn(t, spare, WorkerOptions{Name: "other", Slots: 4})
				close(srv.hold)
			})
			d := dispatcher(t, connectTo(t, h, key), DispatcherOptions{OnLost: onLost})
			_, outs := runMatrix(t, tenantRuns(parse(t, twoRequests), srv.URL, "hold", 16), matrix.Options{Workers: 16, Carry: d.Carry})
			<-after
			checkOutcomes(t, srv, outs, onLost)
			w.cut.Unlock()
			ended := map[string]int{}
			for i := range outs {
				subject := endSubject(d.ID(), i)
				m, err := d.bus.runs.GetLastMsgForSubject(t.Context(), subject)
				if err != nil {
					t.Fatal(err)
				}
				var e struct{ Token string }
				if _, err := openRecord(key, subject, m.Data, &e); err != nil {
					t.Fatal(err)
				}
				ended[e.Token]++
			}
			if len(ended) != 16 {
				t.Errorf("%d ends of 16 runs", len(ended))
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// A dispatcher that is cut off finds the outcomes when it is back.
func TestDispatcherIsCutOff(t *testing.T) {
	t.Parallel()
	srv, h, key := startServer(t), startHub(t), NewKey()
	startWorker(t, h, key, WorkerOptions{Name: "w", Slots: 4})
	w := startWire(t, h.URL())
	d := dispatcher(t, connectAt(t, w.url(), key, quick), DispatcherOptions{})
	defer d.Close()
	beside(t, func() {
		until(t, func() bool { return srv.held.Load() == 4 })
		w.cut.Lock()
		close(srv.hold)
		until(t, func() bool { return srv.asked.Load() >= 8 })
		w.cut.Unlock()
	})
	_, outs := runMatrix(t, tenantRuns(parse(t, twoRequests), srv.URL, "hold", 16), matrix.Options{Workers: 16, Carry: d.Carry})
	checkOutcomes(t, srv, outs, Fail)
	if srv.asked.Load() != 32 {
		t.Errorf("%d requests, want 32", srv.asked.Load())
	}
}
