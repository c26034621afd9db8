package cluster

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A Status is what a server knows about its cluster.
type Status struct {
	Members []Member
	Runs    []RunStatus
	Waiting uint64 // jobs that no worker has taken
	AtWork  int
	Stored  uint64 // bytes of jobs and results
}

// A RunStatus is a run that is not over.
type RunStatus struct {
	ID           string
	Begun, Ended int // number of jobs
	Left         int // jobs that wait or run
	Parts        int // of the figures of a load: one per second and worker
	Since        time.Time
	Alive        bool // its dispatcher answers; otherwise the run can be resumed
}

// backlog returns how many jobs wait and how many run. It only reads, because a
// dispatcher may not have the right to create the workers' consumer.
func (b *Bus) backlog(ctx context.Context) (waiting uint64, atWork int, err error) {
	c, err := b.jobs.Consumer(ctx, consumer)
	if errors.Is(err, jetstream.ErrConsumerNotFound) { // no worker has connected yet
		info, err := b.jobs.Info(ctx)
		if err != nil {
			return 0, 0, err
		}
		return info.State.Msgs, 0, nil
	}
	if err != nil {
		return 0, 0, err
	}
	is := c.CachedInfo()
	return is.NumPending, is.NumAckPending, nil
}

// Status asks workers and streams. wait is how long it waits for workers.
func (b *Bus) Status(ctx context.Context, wait time.Duration) (*Status, error) {
	out := &Status{}
	var err error
	if out.Members, err = b.Members(ctx, wait, nil); err != nil {
		return nil, err
	}
	if out.Waiting, out.AtWork, err = b.backlog(ctx); err != nil {
		return nil, err
	}
	info, err := b.runs.Info(ctx, jetstream.WithSubjectFilter("postie.runs.>"))
	if err != nil {
		return nil, err
	}
	out.Stored = info.State.Bytes
	runs := map[string]*RunStatus{}
	for subject := range info.State.Subjects {
		b.count(ctx, runs, subject)
	}
	jobs, err := b.jobs.Info(ctx, jetstream.WithSubjectFilter("postie.jobs.>"))
	if err != nil {
		return nil, err
	}
	for subject := range jobs.State.Subjects {
		if parts := strings.Split(subject, "."); len(parts) == 5 {
			runOf(runs, parts[3]).Left++
		}
	}
	for _, r := range runs {
		if r.Since.IsZero() {
			continue // the run is over, and a worker has found its job too late
		}
		r.Alive = b.alive(ctx, r.ID)
		out.Runs = append(out.Runs, *r)
	}
	slices.SortFunc(out.Runs, func(a, b RunStatus) int { return cmp.Or(a.Since.Compare(b.Since), strings.Compare(a.ID, b.ID)) })
	return out, nil
}

func runOf(runs map[string]*RunStatus, id string) *RunStatus {
	if runs[id] == nil {
		runs[id] = &RunStatus{ID: id}
	}
	return runs[id]
}

// count adds a record to the status of its run.
func (b *Bus) count(ctx context.Context, runs map[string]*RunStatus, subject string) {
	parts := strings.Split(subject, ".")
	if len(parts) < 4 {
		return
	}
	r := runOf(runs, parts[2])
	switch parts[3] {
	case "began":
		r.Begun++
	case "end":
		r.Ended++
	case "parts":
		r.Parts++
	case "plan":
		if m, err := b.runs.GetLastMsgForSubject(ctx, subject); err == nil {
			r.Since = m.Time
		}
	}
}

// alive reports whether the dispatcher of a run answers.
func (b *Bus) alive(ctx context.Context, run string) bool {
	src, err := encode(question{Kind: "there"})
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second) // when there is no dispatcher, the server says so at once
	defer cancel()
	subject := askSubject(run)
	_, err = b.conn.RequestWithContext(ctx, subject, b.opts.Key.seal(subject, src))
	return err == nil
}
