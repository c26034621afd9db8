package cluster

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/micro"
)

// A Member is a worker that answers.
type Member struct {
	Name     string
	Version  string // of postie
	Protocol int    // of jobs; it takes those of its own
	Slots    int    // jobs at once
	Busy     int    // jobs at work
	Done     int64  // jobs since it started
	Started  time.Time
}

// Compatible reports whether the worker takes jobs of this version.
func (m Member) Compatible() bool { return m.Protocol == Protocol }

// activity is what a worker says of itself besides its identity.
type activity struct {
	Busy int   `json:"busy"`
	Done int64 `json:"done"`
}

// Members asks who is there, and waits so long for answers. Enough ends the
// wait early, at so many; 0 never does.
func (b *Bus) Members(ctx context.Context, wait time.Duration, enough int) ([]Member, error) {
	inbox := b.conn.NewInbox()
	sub, err := b.conn.SubscribeSync(inbox)
	if err != nil {
		return nil, err
	}
	defer func() { _ = sub.Unsubscribe() }()
	subject, err := micro.ControlSubject(micro.StatsVerb, service, "")
	if err != nil {
		return nil, err
	}
	if err := b.conn.PublishRequest(subject, inbox, nil); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	var out []Member
	for enough == 0 || len(out) < enough {
		m, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			break // time is up
		}
		var s micro.Stats
		if json.Unmarshal(m.Data, &s) != nil || s.Name != service {
			continue
		}
		out = append(out, memberOf(&s))
	}
	slices.SortFunc(out, func(a, b Member) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

func memberOf(s *micro.Stats) Member {
	m := Member{Name: s.Metadata["worker"], Version: s.Metadata["postie"], Started: s.Started}
	m.Protocol, _ = strconv.Atoi(s.Metadata["protocol"]) // 0 is none that is known
	m.Slots, _ = strconv.Atoi(s.Metadata["slots"])
	for _, e := range s.Endpoints {
		var a activity
		if json.Unmarshal(e.Data, &a) == nil {
			m.Busy, m.Done = a.Busy, a.Done
		}
	}
	return m
}

// announce makes a worker one of the members, until the service stops.
func (w *Worker) announce() (micro.Service, error) {
	return micro.AddService(w.bus.conn, micro.Config{
		Name: service, Version: "1.0.0", Description: "carries out runs of Postman collections",
		Metadata: map[string]string{"worker": w.opts.Name, "postie": w.opts.Version, "protocol": strconv.Itoa(w.protocol()), "slots": strconv.Itoa(w.opts.Slots)},
		StatsHandler: func(*micro.Endpoint) any {
			return activity{Busy: int(w.busy.Load()), Done: w.done.Load()}
		},
		Endpoint: &micro.EndpointConfig{Subject: shareSubject(w.opts.Name), QueueGroupDisabled: true, Handler: micro.HandlerFunc(w.share)},
	})
}
