package cluster

import (
	"cmp"
	"context"
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

// Status asks workers and streams. It waits so long for workers.
func (b *Bus) Status(ctx context.Context, wait time.Duration) (*Status, error) {
	out := &Status{}
	var err error
	if out.Members, err = b.Members(ctx, wait, 0); err != nil {
		return nil, err
	}
	c, err := b.consumer(ctx)
	if err != nil {
		return nil, err
	}
	waiting := c.CachedInfo()
	out.Waiting, out.AtWork = waiting.NumPending, waiting.NumAckPending
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
