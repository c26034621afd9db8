package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"postie/collections"
	"postie/runner"
	"postie/runner/matrix"
)

// DispatcherOptions describe what a dispatcher sends.
type DispatcherOptions struct {
	ID       string // of a run that is resumed; "": a new run
	OnLost   OnLost
	Proxy    Proxy  // proxy of the requests, as text
	CA       []byte // PEM of further CA certificates besides the system's
	Packages fs.FS  // the user's own packages; nil: none
	Limits   Limits // for all workers together
	Workers  int    // how many workers a load waits for; 0: it takes those that are there
	Notice   func(text string)
}

// A Dispatcher sends jobs and receives their outcomes. It is safe for
// concurrent use.
type Dispatcher struct {
	bus     *Bus
	opts    DispatcherOptions
	planned sync.Once // unless Plan was called
	resumed bool
	ctx     context.Context
	cancel  context.CancelCauseFunc
	work    group
	shares  shares

	mu       sync.Mutex
	ends     map[int]uint64 // record numbers of ends that no caller has asked for yet
	waiting  map[int]chan uint64
	lastEnd  time.Time    // when the last end was received
	noted    map[int]bool // jobs for which a lost worker was reported
	files    map[int]fs.FS
	known    map[*collections.Collection]*collectionDocument
	data     map[*collections.Data]string
	objects  map[string]*object
	packages string
	stopping bool
	loading  bool
	jobs     int // to come, if that is known
	slots    int // of all workers
}

// NewDispatcher begins to listen for outcomes. The caller must close the
// Dispatcher.
func NewDispatcher(ctx context.Context, b *Bus, o DispatcherOptions) (*Dispatcher, error) {
	resumed := o.ID != ""
	switch {
	case !resumed:
		o.ID = newID()
	case b.alive(ctx, o.ID):
		return nil, fmt.Errorf("run %q: its dispatcher is at work, there is nothing to resume", o.ID)
	}
	if o.Notice == nil {
		o.Notice = func(string) {}
	}
	d := &Dispatcher{bus: b, opts: o, resumed: resumed, ends: map[int]uint64{}, waiting: map[int]chan uint64{}, noted: map[int]bool{}, files: map[int]fs.FS{},
		known: map[*collections.Collection]*collectionDocument{}, data: map[*collections.Data]string{}, objects: map[string]*object{}}
	d.shares.whole = o.Limits
	// After the caller's context has ended, workers must still be stopped and
	// their outcomes read.
	d.ctx, d.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	if err := d.start(ctx); err != nil {
		d.cancel(nil)
		return nil, explain(b.Server(), err)
	}
	return d, nil
}

// ID returns the id of the run, for --resume.
func (d *Dispatcher) ID() string { return d.opts.ID }

// Expect says, before the first run is carried, how many there will be, and how
// many all workers carry out at once: the last ones end at about the same time.
func (d *Dispatcher) Expect(runs, slots int) { d.jobs, d.slots = runs, slots }

func (d *Dispatcher) start(ctx context.Context) error {
	if d.opts.Packages != nil {
		src, err := zipOf(d.opts.Packages)
		if err != nil {
			return fmt.Errorf("own packages: %w", err)
		}
		if d.packages, err = d.document(ctx, src); err != nil {
			return err
		}
	}
	sub, err := d.bus.conn.Subscribe(askSubject(d.opts.ID), func(m *nats.Msg) {
		d.work.Go(func() { d.answer(m) })
	})
	if err != nil {
		return err
	}
	messages, err := d.endings(ctx)
	if err != nil {
		return err
	}
	d.work.Go(func() {
		<-d.ctx.Done()
		_ = sub.Unsubscribe()
	})
	d.work.Go(func() { d.listen(messages) })
	d.work.Go(d.watch)
	return nil
}

// endings returns the records of jobs that have ended, from the first on.
func (d *Dispatcher) endings(ctx context.Context) (jetstream.MessagesContext, error) {
	consumer, err := d.bus.records(ctx, jetstream.OrderedConsumerConfig{FilterSubjects: []string{"postie.runs." + d.opts.ID + ".end.*"},
		DeliverPolicy: jetstream.DeliverAllPolicy, HeadersOnly: true})
	if err != nil {
		return nil, err
	}
	messages, err := consumer.Messages()
	if err == nil {
		context.AfterFunc(d.ctx, messages.Stop)
	}
	return messages, err
}

// listen receives the records of ended jobs. Next gets the context in addition
// to Stop, because Stop does not end a Next that is just replacing a lost
// consumer.
func (d *Dispatcher) listen(messages jetstream.MessagesContext) {
	for {
		m, err := messages.Next(jetstream.NextContext(d.ctx))
		if d.ctx.Err() != nil {
			return
		}
		if errors.Is(err, jetstream.ErrMsgIteratorClosed) { // the server could not be reached for too long
			if again, err := d.endings(d.ctx); err == nil {
				messages = again
			}
		}
		if err != nil {
			if d.bus.gone(d.ctx) {
				d.cancel(errGone)
				return
			}
			pause(d.ctx, 100*time.Millisecond)
			continue
		}
		meta, err := m.Metadata()
		if err != nil {
			continue
		}
		number, err := strconv.Atoi(m.Subject()[strings.LastIndexByte(m.Subject(), '.')+1:])
		if err != nil {
			continue
		}
		d.heard(number, meta.Sequence.Stream)
	}
}

// heard passes the record number of a job's end to the call that waits for it.
func (d *Dispatcher) heard(job int, record uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lastEnd = time.Now()
	if ch := d.waiting[job]; ch != nil {
		ch <- record
		delete(d.waiting, job)
	} else {
		d.ends[job] = record
	}
}

// lookUp finds ends that listen has missed: when the server of its consumer is
// lost, listen may wait forever.
func (d *Dispatcher) lookUp() {
	info, err := d.bus.runs.Info(d.ctx, jetstream.WithSubjectFilter("postie.runs."+d.opts.ID+".end.*"))
	if err != nil {
		return // it is tried again
	}
	d.mu.Lock()
	waiting := slices.Collect(maps.Keys(d.waiting))
	d.mu.Unlock()
	for _, job := range waiting {
		subject := endSubject(d.opts.ID, job)
		if info.State.Subjects[subject] == 0 {
			continue
		}
		if _, record, err := d.bus.last(d.ctx, subject); err == nil && record > 0 {
			d.heard(job, record)
		}
	}
}

// watch gives up when jobs or a load need workers and there is none: ten calls
// in a row were not answered. The time alone does not prove that, because this
// machine may have been suspended.
func (d *Dispatcher) watch() {
	roll, err := d.bus.roll()
	if err != nil {
		return // the connection is closed
	}
	defer roll.close()
	const calls = 10
	every := d.bus.times.noWorker / calls
	for missed := 0; pause(d.ctx, max(every-d.bus.times.answer, every/2)); {
		d.mu.Lock()
		idle := len(d.waiting) == 0 && !d.loading
		quiet := time.Since(d.lastEnd) > 2*every
		d.mu.Unlock()
		if idle {
			missed = 0
			continue
		}
		if quiet {
			d.lookUp()
		}
		if d.bus.gone(d.ctx) {
			d.cancel(errGone)
			return
		}
		members, err := roll.call(d.ctx, d.bus.times.answer, anyCompatible)
		if err != nil {
			continue
		}
		if missed++; anyCompatible(members) || !quiet {
			missed = 0
		}
		switch missed {
		case 2:
			d.opts.Notice(fmt.Sprintf("no worker answers at %s; waiting%s", d.bus.Server(), misfits(members)))
		case calls:
			d.cancel(d.bus.noWorker(members))
			return
		}
	}
}

// noWorker returns the error of a dispatcher that has found no worker.
func (b *Bus) noWorker(members []Member) error {
	return fmt.Errorf("%w for %s: postie worker --cluster %s starts one%s", ErrNoWorker, b.times.noWorker, redacted(b.opts.URL), misfits(members))
}

// answer answers a question of a worker.
func (d *Dispatcher) answer(m *nats.Msg) {
	subject, key := askSubject(d.opts.ID), d.bus.opts.Key
	src, err := key.open(subject, m.Data, 1<<20)
	if err != nil {
		return
	}
	var q question
	if json.Unmarshal(src, &q) != nil {
		return
	}
	var a answer
	switch q.Kind {
	case "file":
		a = d.answerFile(d.ctx, q)
	case "full":
		d.cancel(fmt.Errorf("worker %s: %w", q.Worker, errFull))
	case "rate":
		s := d.shares.grant(q.Worker, q.InUse, time.Now())
		a = answer{Rate: s.rate, AtOnce: s.atOnce, Lease: int64(lease)}
	}
	out, err := encode(a)
	if err != nil {
		return
	}
	_ = m.Respond(key.seal(subject+" answer", out)) // the worker asks again
}

// onLost returns what happens to a job whose worker is lost.
func (d *Dispatcher) onLost(o *runner.Options) OnLost {
	if d.opts.OnLost != Auto {
		return d.opts.OnLost
	}
	if readsOnly(o) {
		return Retry
	}
	return Fail
}

// readsOnly reports whether all selected requests have methods that change
// nothing. It does not consider requests of scripts.
func readsOnly(o *runner.Options) bool {
	nodes, err := o.Collection.Select(o.Select...)
	if err != nil {
		return false
	}
	for _, n := range nodes {
		switch strings.ToUpper(n.Template().Method) {
		case "GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "VIEW", "":
		default:
			return false
		}
	}
	return true
}

// Carry runs a run on a worker; see matrix.Options. A resumed dispatcher finds
// the outcomes of the jobs that it had sent before. A run that the cluster
// could not run is reported, and the error is a *Fault.
func (d *Dispatcher) Carry(ctx context.Context, number int, o runner.Options) (*runner.Result, error) {
	return d.reported(ctx, number, o, nil)
}

// CarryRows runs iterations of a run on a worker; see matrix.Options.
func (d *Dispatcher) CarryRows(ctx context.Context, number int, o runner.Options, rows []runner.Iteration) (*runner.Result, error) {
	o.Data, o.Iterations, o.Only = nil, 0, nil // the rows contain them
	return d.reported(ctx, number, o, rows)
}

// reported runs a run on a worker. When the cluster cannot run it, it reports
// the reason.
func (d *Dispatcher) reported(ctx context.Context, number int, o runner.Options, rows []runner.Iteration) (*runner.Result, error) {
	res, err := d.carry(ctx, number, o, rows)
	if res != nil || err == nil || ctx.Err() != nil || errors.Is(err, runner.ErrNoRequests) {
		return res, err
	}
	if res, begin := unsent(o, err); begin == nil {
		return res, &Fault{err}
	}
	return nil, &Fault{err}
}

func (d *Dispatcher) carry(ctx context.Context, number int, o runner.Options, rows []runner.Iteration) (*runner.Result, error) {
	if stopped(o.Interrupt) || ctx.Err() != nil {
		return here(ctx, o, rows)
	}
	d.mu.Lock()
	d.files[number] = o.Files
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.files, number)
	}()
	if err := d.announce(ctx); err != nil {
		return nil, err
	}
	lost := d.onLost(&o)
	s, err := d.spec(ctx, &o)
	if err == nil {
		j := &job{Version: Protocol, Run: d.opts.ID, Number: number, Spec: s, OnLost: lost, Rows: packRows(rows)}
		if o.Timeout == 0 { // waiting for others would count as its time
			j.Round = lastRound(number, d.jobs, d.slots)
		}
		err = d.send(ctx, j)
	}
	if err != nil {
		if ctx.Err() != nil {
			return here(ctx, o, rows)
		}
		return nil, err
	}
	end := d.await(number)
	interrupt := o.Interrupt
	for {
		select {
		case seq := <-end:
			return d.outcome(ctx, number, seq, o)
		case <-d.ctx.Done():
			return nil, context.Cause(d.ctx)
		case <-ctx.Done():
			return here(ctx, o, rows)
		case <-interrupt:
			interrupt = nil
			d.stop()
			a := attempt{ledger: d.bus, key: d.bus.opts.Key, run: d.opts.ID, job: number, token: newID()}
			if none, err := a.cancel(ctx); err == nil && none {
				return here(ctx, o, rows)
			}
		}
	}
}

// send publishes a job, unless it was published before.
func (d *Dispatcher) send(ctx context.Context, j *job) error {
	src, err := encode(j)
	if err != nil {
		return err
	}
	subject, key := jobSubject(d.opts.ID, j.Number), d.bus.opts.Key
	sealed := key.seal(subject, src)
	if len(sealed) > maxMessage {
		name, err := d.document(ctx, src)
		if err != nil {
			return err
		}
		if src, err = encode(job{Version: Protocol, Run: j.Run, Number: j.Number, Elsewhere: name}); err != nil {
			return err
		}
		sealed = key.seal(subject, src)
	}
	_, err = d.bus.publish(ctx, subject, sealed, jetstream.WithExpectLastSequencePerSubject(0))
	return err
}

// await returns a channel that receives the record number of a job's end.
func (d *Dispatcher) await(number int) <-chan uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	ch := make(chan uint64, 1)
	if seq, ok := d.ends[number]; ok {
		delete(d.ends, number)
		ch <- seq
		return ch
	}
	d.waiting[number] = ch
	return ch
}

// stop tells the workers about an interrupt, repeatedly until the run is over.
func (d *Dispatcher) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stopping {
		return
	}
	d.stopping = true
	d.work.Go(func() {
		for d.say("stop"); pause(d.ctx, time.Second); {
			d.say("stop")
		}
	})
}

func (d *Dispatcher) say(word string) {
	subject := controlSubject(d.opts.ID)
	_ = d.bus.conn.Publish(subject, d.bus.opts.Key.seal(subject, []byte(word))) // the message is sent again anyway
}

// Close ends the run: the workers drop it, and the server deletes its data.
// Until then the run can be resumed.
func (d *Dispatcher) Close() error {
	d.cancel(nil)
	d.work.Wait()
	// With a deadline one call could wait until then for an answer that was lost
	// with its server. Without one the client limits each call, and again repeats
	// it.
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	defer time.AfterFunc(30*time.Second, cancel).Stop()
	d.say("over")
	d.noteTwice(ctx)
	jobs, records := fmt.Sprintf("postie.jobs.v%d.%s.>", Protocol, d.opts.ID), "postie.runs."+d.opts.ID+".>"
	errs := []error{again(ctx, func() error { return d.bus.jobs.Purge(ctx, jetstream.WithPurgeSubject(jobs)) }),
		again(ctx, func() error { return d.bus.runs.Purge(ctx, jetstream.WithPurgeSubject(records)) })}
	for name := range d.objects {
		err := again(ctx, func() error { return d.bus.docs.Delete(ctx, name) })
		if !errors.Is(err, jetstream.ErrObjectNotFound) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Abandon ends the dispatcher. The run can be resumed.
func (d *Dispatcher) Abandon() {
	d.cancel(nil)
	d.work.Wait()
}

// here runs a run locally that was interrupted before a worker began: it sends
// nothing, and the reports are those of an interrupted run.
func here(ctx context.Context, o runner.Options, rows []runner.Iteration) (*runner.Result, error) {
	now := make(chan struct{})
	close(now)
	o.Interrupt = now
	if rows != nil {
		return matrix.Rows(ctx, o, rows)
	}
	return runner.Run(ctx, o)
}

func stopped(interrupt <-chan struct{}) bool {
	select {
	case <-interrupt:
		return true
	default:
		return false
	}
}
