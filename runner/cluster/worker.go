package cluster

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"postie/collections"
	"postie/runner"
	"postie/runner/event"
	"postie/runner/matrix"
	"postie/runner/runlog"
	"postie/runner/script"
	"postie/runner/transport"
)

// WorkerOptions describe a worker.
type WorkerOptions struct {
	Name      string                                // name in reports, unique among the workers
	Slots     int                                   // number of concurrent jobs; 0 is 1
	Version   string                                // of postie
	Engine    script.Engine                         // of all jobs
	Libraries func(packages fs.FS) runner.Libraries // what scripts may require, with a run's own packages; nil: nothing
	Proxy     transport.ProxyChoice                 // the proxy of the environment, for jobs that ask for it
	Bounds    *Bounds                               // where jobs may send requests; nil: anywhere
	Local     bool                                  // the dispatcher is on this machine, and its sockets may be used
	Notice    func(text string)                     // what the user should know; may be nil
	Draining  <-chan struct{}                       // when it is closed, the worker takes no further jobs
}

// A Worker takes jobs and runs them.
type Worker struct {
	bus  *Bus
	opts WorkerOptions
	busy atomic.Int32
	done atomic.Int64

	settled atomic.Bool // no other worker has its name

	items    chan struct{} // those at work, of all jobs; at most Slots
	places   sync.WaitGroup
	ctx      context.Context // of Run
	taking   context.Context // ends before ctx when no more jobs are taken
	loads    group
	acks     sync.WaitGroup // acknowledgements of finished jobs, while the next jobs run
	renewals sync.WaitGroup // goroutines that renew shares of limits

	mu       sync.Mutex
	runs     map[string]*workerRun
	portions map[string]*portion // shares of loads
}

// A workerRun is what a worker keeps of a run, such as its parsed documents.
type workerRun struct {
	stop      chan struct{} // closed when the dispatcher was interrupted
	stopped   bool
	over      context.CancelFunc
	ctx       context.Context
	used      time.Time
	mu        sync.Mutex
	loaded    map[string]any
	files     map[string]*remoteFile
	limiter   *leasedLimiter
	lastHeard time.Time // from the dispatcher
	widened   sync.Once // for its last round
}

// NewWorker returns a worker. Run starts it.
func NewWorker(b *Bus, o WorkerOptions) *Worker {
	o.Slots = max(o.Slots, 1)
	if o.Notice == nil {
		o.Notice = func(string) {}
	}
	return &Worker{bus: b, opts: o, items: make(chan struct{}, o.Slots), runs: map[string]*workerRun{}, portions: map[string]*portion{}}
}

func (w *Worker) protocol() int { return Protocol }

// Run takes jobs until ctx ends, or until Draining is closed and the running
// jobs have ended. Jobs that ctx ends are given to other workers. The end of
// ctx is no error, also while the worker still waits for its server.
func (w *Worker) Run(ctx context.Context) error {
	return ignoreEnd(ctx, w.serve(ctx))
}

func (w *Worker) serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w.ctx = ctx
	control, err := w.bus.conn.Subscribe("postie.control.*", func(m *nats.Msg) { w.control(ctx, m) })
	if err != nil {
		return err
	}
	defer func() { _ = control.Unsubscribe() }()
	if err := again(ctx, func() error { _, err := w.bus.consumer(ctx); return err }); err != nil {
		return explain(w.bus.Server(), err)
	}
	svc, err := w.announce()
	if err != nil {
		return err
	}
	defer func() { _ = svc.Stop() }()
	if !w.opts.Local { // otherwise the dispatcher reports its workers itself
		if err := w.alone(ctx, svc); err != nil {
			return err
		}
	}
	if err := w.bus.flush(ctx); err != nil {
		return err
	}
	taking, stopTaking := context.WithCancel(ctx)
	defer stopTaking()
	w.taking = taking
	w.places.Go(func() {
		select {
		case <-w.opts.Draining:
			stopTaking()
		case <-taking.Done():
		}
	})
	for range w.opts.Slots {
		w.places.Go(func() { w.slot(ctx) })
	}
	w.places.Wait()
	w.loads.Wait()
	w.acks.Wait()
	w.renewals.Wait()
	w.forget()
	return nil
}

// slot takes one job after the other.
func (w *Worker) slot(ctx context.Context) {
	for w.taking.Err() == nil {
		m, err := w.next(w.taking)
		if err != nil {
			w.opts.Notice(fmt.Sprintf("NATS at %s gives no jobs; asking again: %v", w.bus.Server(), err))
			pause(w.taking, time.Second)
			continue
		}
		if m != nil {
			w.take(ctx, m)
		}
	}
}

// take does a job, unless no more are taken.
func (w *Worker) take(ctx context.Context, m jetstream.Msg) {
	if w.taking.Err() != nil {
		_ = m.Nak() // for another worker
		return
	}
	w.busy.Add(1)
	w.job(ctx, m)
	w.busy.Add(-1)
	w.done.Add(1)
}

// widen takes this worker's share of what would be left after a run's last round.
// The jobs share the slots: more items at once there are not.
func (w *Worker) widen(ctx context.Context, run *workerRun, r *round) {
	if r == nil {
		return
	}
	run.widened.Do(func() {
		for range r.share(w.opts.Slots) {
			w.places.Go(func() {
				if m := w.extra(); m != nil {
					w.take(ctx, m)
				}
			})
		}
	})
}

// extra is a job, nil when there is none that no slot takes.
func (w *Worker) extra() jetstream.Msg {
	c, err := w.bus.jobs.Consumer(w.taking, consumer)
	if err != nil {
		return nil // it waits for a slot
	}
	batch, err := c.Fetch(1, jetstream.FetchMaxWait(time.Second)) // it may be on its way
	if err != nil {
		return nil
	}
	select {
	case m := <-batch.Messages():
		return m
	case <-w.taking.Done():
		return nil
	}
}

// turn is the runner.Acquire of every job.
func (w *Worker) turn(ctx context.Context) (release func()) {
	select {
	case w.items <- struct{}{}:
		return func() { <-w.items }
	case <-ctx.Done():
		return func() {}
	}
}

// next returns a job, or nil when there was none for a while.
func (w *Worker) next(ctx context.Context) (jetstream.Msg, error) {
	c, err := w.bus.jobs.Consumer(ctx, consumer)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		c, err = w.bus.consumer(ctx)
	}
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		if err = w.bus.prepare(ctx); err == nil {
			c, err = w.bus.consumer(ctx)
		}
	}
	if err != nil || ctx.Err() != nil {
		return nil, ignoreEnd(ctx, err)
	}
	for ctx.Err() == nil {
		wait, cancel := context.WithTimeout(ctx, 20*time.Second)
		batch, err := c.Fetch(1, jetstream.FetchContext(wait))
		if err != nil {
			cancel()
			return nil, ignoreEnd(ctx, err)
		}
		m, ok := <-batch.Messages()
		cancel()
		if ok {
			return m, nil
		}
		if err := batch.Error(); err != nil && !errors.Is(err, nats.ErrTimeout) && !errors.Is(err, context.DeadlineExceeded) {
			return nil, ignoreEnd(ctx, err)
		}
	}
	return nil, nil
}

func ignoreEnd(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// A message has the methods of jetstream.Msg that a worker uses.
type message interface {
	Subject() string
	Data() []byte
	InProgress() error
	NakWithDelay(time.Duration) error
	DoubleAck(context.Context) error
}

// job runs the job in a message, if this worker is the one to run it.
func (w *Worker) job(ctx context.Context, m message) {
	j, a, err := w.open(ctx, m)
	if err != nil {
		w.opts.Notice(fmt.Sprintf("job %s: %v", m.Subject(), err))
		_ = m.NakWithDelay(w.bus.times.ackWait / 6)
		return
	}
	run := w.run(ctx, j.Run)
	w.widen(ctx, run, j.Round)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	wg.Go(func() { w.keepAlive(ctx, cancel, m) })
	stop := context.AfterFunc(run.ctx, cancel)
	defer stop()
	opts, fault := w.prepare(ctx, run, j)
	if ctx.Err() != nil || errors.Is(fault, nats.ErrTimeout) || errors.Is(fault, nats.ErrConnectionClosed) {
		_ = m.NakWithDelay(time.Second)
		return
	}
	v, err := a.begin(ctx)
	switch {
	case err != nil:
		w.opts.Notice(fmt.Sprintf("job %s: %v", m.Subject(), err))
		w.reportFull(ctx, j.Run, err)
		_ = m.NakWithDelay(time.Second)
		return
	case v == work:
		if err := w.carryOut(ctx, run, j, a, opts, fault); err != nil {
			if ctx.Err() == nil {
				w.opts.Notice(fmt.Sprintf("job %s: %v", m.Subject(), err))
			}
			w.reportFull(ctx, j.Run, err)
			_ = m.NakWithDelay(0) // the events are incomplete, so the attempt does not count
			return
		}
	}
	w.acks.Go(func() { _ = m.DoubleAck(context.WithoutCancel(ctx)) }) // if it gets lost, the job is delivered again and found to be finished
}

// reportFull tells the dispatcher that the store is full, if that is the error.
// Otherwise the dispatcher would wait forever, because no outcome can be
// written.
func (w *Worker) reportFull(ctx context.Context, run string, err error) {
	if !errors.Is(err, errFull) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, _ = w.ask(ctx, run, question{Kind: "full"}) // the job is delivered again, and then this is sent again
}

// keepAlive tells the server that the job is running. When the server hears
// nothing, it gives the job to another worker. So when the server cannot be
// reached, the job ends here.
func (w *Worker) keepAlive(ctx context.Context, cancel context.CancelFunc, m message) {
	last := time.Now()
	for pause(ctx, w.bus.times.ackWait/4) {
		if w.bus.conn.IsConnected() && m.InProgress() == nil {
			last = time.Now()
		} else if time.Since(last) > w.bus.times.ackWait {
			cancel()
			return
		}
	}
}

// open reads a job.
func (w *Worker) open(ctx context.Context, m message) (*job, *attempt, error) {
	parts := strings.Split(m.Subject(), ".")
	if len(parts) != 5 {
		return nil, nil, errors.New("a subject that is no job's")
	}
	number, err := strconv.Atoi(parts[4])
	if err != nil {
		return nil, nil, err
	}
	key := w.bus.opts.Key
	src, err := key.open(m.Subject(), m.Data(), maxRecord)
	if err != nil {
		return nil, nil, err
	}
	j := &job{}
	if err := json.Unmarshal(src, j); err != nil {
		return nil, nil, err
	}
	if j.Elsewhere != "" {
		if src, err = w.bus.get(ctx, j.Elsewhere); err != nil {
			return nil, nil, err
		}
		if err := json.Unmarshal(src, j); err != nil {
			return nil, nil, err
		}
	}
	if j.Version != Protocol || j.Run != parts[3] || j.Number != number || j.Spec == nil {
		return nil, nil, fmt.Errorf("a job of version %d, and this worker takes %d", j.Version, Protocol)
	}
	return j, &attempt{ledger: w.bus, key: key, run: j.Run, job: number, worker: w.opts.Name, token: newID(), onLost: j.OnLost}, nil
}

// prepare returns the options of a job's run. An error becomes the outcome of
// the job.
func (w *Worker) prepare(ctx context.Context, run *workerRun, j *job) (*runner.Options, error) {
	o, err := j.Spec.unpack()
	if err != nil {
		return nil, err
	}
	if j.Spec.Network.UnixSocket != "" && !w.opts.Local {
		return nil, errors.New("--unix-socket names a socket of another machine, which this worker does not open")
	}
	if j.Spec.Network.Proxy.Environment {
		o.Network.Proxy = w.opts.Proxy
	}
	if err := w.opts.Bounds.apply(&o.Network.Options); err != nil {
		return nil, err
	}
	if o.Collection, err = fetch(ctx, w, run, j.Spec.Collection, collections.Restore); err != nil {
		return nil, err
	}
	if j.Spec.Data != "" {
		if o.Data, err = fetch(ctx, w, run, j.Spec.Data, dataOf); err != nil {
			return nil, err
		}
	}
	var packages fs.FS
	if j.Spec.Packages != "" {
		if packages, err = fetch(ctx, w, run, j.Spec.Packages, archive); err != nil {
			return nil, err
		}
	}
	if !j.Spec.Scripts.Skip {
		o.Scripts.Engine = w.opts.Engine
	}
	if w.opts.Libraries != nil {
		o.Scripts.Libraries = run.libraries(j.Spec.Packages, func() runner.Libraries { return w.opts.Libraries(packages) })
	}
	o.Files = &remoteFiles{ctx: ctx, worker: w, run: run, id: j.Run, job: j.Number}
	o.Interrupt = run.stop
	if j.Spec.Network.Limited {
		o.Network.Limiter = run.limit(ctx, w, j.Run)
	}
	return o, nil
}

func dataOf(src []byte) (*collections.Data, error) {
	return collections.ReadData("iteration data", bytes.NewReader(src))
}

func archive(src []byte) (fs.FS, error) { return zip.NewReader(bytes.NewReader(src), int64(len(src))) }

// carryOut runs the job and writes its end.
func (w *Worker) carryOut(ctx context.Context, run *workerRun, j *job, a *attempt, o *runner.Options, fault error) error {
	out := &eventsWriter{ctx: ctx, bus: w.bus, subject: eventsSubject(j.Run, j.Number, a.number)}
	log := runlog.NewWriter(out)
	end := ended{Attempt: a.number, Worker: w.opts.Name}
	if fault == nil {
		o.Output.Reporters, o.Acquire = []event.Reporter{log}, w.turn
		res, err := w.iterate(ctx, j, o)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case res == nil:
			fault = err
		default:
			end.State = packState(res)
		}
		if errors.Is(err, runner.ErrNoRequests) {
			end.NoneRun = true
		} else if err != nil && res != nil && !res.Interrupted {
			end.Fault = err.Error()
		}
	}
	if fault != nil {
		end.Fault = fault.Error()
	}
	if err := log.Flush(); err != nil {
		return err
	}
	end.Chunks = out.chunks
	_, err := a.end(ctx, end, out.buf)
	return err
}

// iterate runs the whole run, or the job's iterations.
func (w *Worker) iterate(ctx context.Context, j *job, o *runner.Options) (*runner.Result, error) {
	if len(j.Rows) == 0 {
		return runner.Run(ctx, *o)
	}
	var rows []runner.Iteration
	for _, r := range j.Rows {
		n, err := r.unpack()
		if err != nil {
			return nil, err
		}
		rows = append(rows, n)
	}
	return matrix.Rows(ctx, *o, rows)
}

// control handles a message of a dispatcher about its run.
func (w *Worker) control(ctx context.Context, m *nats.Msg) {
	word, err := w.bus.opts.Key.open(m.Subject, m.Data, 1<<10)
	if err != nil {
		return
	}
	id := strings.TrimPrefix(m.Subject, "postie.control.")
	w.mu.Lock()
	defer w.mu.Unlock()
	run := w.runs[id]
	switch string(word) {
	case "stop":
		if run == nil {
			run = w.newRun(ctx, id)
		}
		if !run.stopped {
			run.stopped = true
			close(run.stop)
		}
	case "alive":
		if run != nil {
			run.heard()
		}
	case "over":
		if run != nil {
			delete(w.runs, id)
			run.close()
		}
	}
}

// run returns what is kept of a run.
func (w *Worker) run(ctx context.Context, id string) *workerRun {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.runs[id]
	if r == nil {
		r = w.newRun(ctx, id)
	}
	r.used = time.Now()
	return r
}

// maxRuns is how many runs are kept at once. The least recently used run is
// dropped first.
const maxRuns = 16

func (w *Worker) newRun(ctx context.Context, id string) *workerRun {
	r := &workerRun{stop: make(chan struct{}), loaded: map[string]any{}, files: map[string]*remoteFile{}, used: time.Now()}
	r.ctx, r.over = context.WithCancel(context.WithoutCancel(ctx))
	if len(w.runs) >= maxRuns {
		oldest := ""
		for name, other := range w.runs {
			if oldest == "" || other.used.Before(w.runs[oldest].used) {
				oldest = name
			}
		}
		if time.Since(w.runs[oldest].used) > time.Hour {
			w.runs[oldest].close()
			delete(w.runs, oldest)
		}
	}
	w.runs[id] = r
	return r
}

func (r *workerRun) close() {
	r.over()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range r.files {
		f.remove()
	}
}

// forget drops all runs.
func (w *Worker) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.runs {
		r.close()
	}
	clear(w.runs)
}

// fetch returns a document of a run, which is fetched and parsed once.
func fetch[T any](ctx context.Context, w *Worker, run *workerRun, name string, parse func([]byte) (T, error)) (T, error) {
	run.mu.Lock()
	defer run.mu.Unlock()
	if v, ok := run.loaded[name].(T); ok {
		return v, nil
	}
	src, err := w.bus.get(ctx, name)
	if err != nil {
		var none T
		return none, err
	}
	v, err := parse(src)
	if err == nil {
		run.loaded[name] = v
	}
	return v, err
}

// libraries returns the libraries of a run. They are kept, because they cache
// what they have compiled.
func (r *workerRun) libraries(packages string, open func() runner.Libraries) runner.Libraries {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := "libraries " + packages
	if v, ok := r.loaded[key].(runner.Libraries); ok {
		return v
	}
	v := open()
	r.loaded[key] = v
	return v
}
