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

// A Status is what a server knows of its cluster.
type Status struct {
	Members []Member
	Runs    []RunStatus
	Waiting uint64 // jobs that no worker has
	AtWork  int
	Stored  uint64 // bytes of jobs and results
}

// A RunStatus is a run that is not over.
type RunStatus struct {
	ID           string
	Begun, Ended int // jobs
	Since        time.Time
}

// backlog is how many jobs wait, and how many are at work. It only reads: who
// dispatches may have no right to make the workers' consumer.
func (b *Bus) backlog(ctx context.Context) (waiting uint64, atWork int, err error) {
	c, err := b.jobs.Consumer(ctx, consumer)
	if errors.Is(err, jetstream.ErrConsumerNotFound) { // no worker has been there yet
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

// Status asks workers and streams. It waits so long for workers.
func (b *Bus) Status(ctx context.Context, wait time.Duration) (*Status, error) {
	out := &Status{}
	var err error
	if out.Members, err = b.Members(ctx, wait, 0); err != nil {
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
		parts := strings.Split(subject, ".")
		if len(parts) < 4 {
			continue
		}
		r := runs[parts[2]]
		if r == nil {
			r = &RunStatus{ID: parts[2]}
			runs[r.ID] = r
		}
		switch parts[3] {
		case "began":
			r.Begun++
		case "end":
			r.Ended++
		case "plan":
			if m, err := b.runs.GetLastMsgForSubject(ctx, subject); err == nil {
				r.Since = m.Time
			}
		}
	}
	for _, r := range runs {
		out.Runs = append(out.Runs, *r)
	}
	slices.SortFunc(out.Runs, func(a, b RunStatus) int { return cmp.Or(a.Since.Compare(b.Since), strings.Compare(a.ID, b.ID)) })
	return out, nil
}
