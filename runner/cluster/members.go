package cluster

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/micro"
)

// A Member is a worker that answers.
type Member struct {
	id       string
	Name     string
	Version  string // of postie
	Protocol int    // of jobs; it takes those of its own
	Slots    int    // jobs at once
	Busy     int    // jobs at work
	Done     int64  // jobs since it started
	Started  time.Time
	Ending   bool // it takes no more jobs, and ends after those at work
	OtherKey bool // it cannot open what is sealed with the asking side's key
}

// Compatible reports whether the worker takes jobs of the side that asks.
func (m Member) Compatible() bool { return m.Unfit() == "" }

// Unfit says why the worker takes no jobs of the side that asks; "" when it does.
func (m Member) Unfit() string {
	switch {
	case m.Protocol != Protocol:
		return fmt.Sprintf("worker %s (postie %s) takes jobs of version %d, and this postie sends version %d", m.Name, m.Version, m.Protocol, Protocol)
	case m.OtherKey:
		return fmt.Sprintf("worker %s has another cluster key", m.Name)
	case m.Ending:
		return fmt.Sprintf("worker %s is ending", m.Name)
	}
	return ""
}

// misfits says why some members take no jobs of the side that asks; "" when all do.
func misfits(members []Member) (out string) {
	for _, m := range members {
		if why := m.Unfit(); why != "" {
			out += "; " + why
		}
	}
	return out
}

// activity is what a worker says of itself besides its identity.
type activity struct {
	Busy   int   `json:"busy"`
	Done   int64 `json:"done"`
	Ending bool  `json:"ending,omitempty"`
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
		answer, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			break // time is up
		}
		var s micro.Stats
		if json.Unmarshal(answer.Data, &s) != nil || s.Name != service {
			continue
		}
		m := memberOf(&s)
		m.OtherKey = s.Metadata["key"] != b.opts.Key.print()
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b Member) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

func memberOf(s *micro.Stats) Member {
	m := Member{id: s.ID, Name: s.Metadata["worker"], Version: s.Metadata["postie"], Started: s.Started}
	m.Protocol, _ = strconv.Atoi(s.Metadata["protocol"]) // 0 is none that is known
	m.Slots, _ = strconv.Atoi(s.Metadata["slots"])
	for _, e := range s.Endpoints {
		var a activity
		if json.Unmarshal(e.Data, &a) == nil {
			m.Busy, m.Done, m.Ending = a.Busy, a.Done, a.Ending
		}
	}
	return m
}

// alone reports that no other worker has the name of this one: a share of a load
// would go to both. Of two that start at a time the one that was first stays.
func (w *Worker) alone(ctx context.Context, svc micro.Service) error {
	members, err := w.bus.Members(ctx, 500*time.Millisecond, 0)
	if err != nil {
		return err
	}
	mine := svc.Stats()
	for _, m := range members {
		if m.Name == w.opts.Name && m.id != mine.ID && cmp.Or(m.Started.Compare(mine.Started), cmp.Compare(m.id, mine.ID)) < 0 {
			return fmt.Errorf("another worker is called %s: --name gives this one a name of its own", w.opts.Name)
		}
	}
	return nil
}

// announce makes a worker one of the members, until the service stops.
func (w *Worker) announce() (micro.Service, error) {
	return micro.AddService(w.bus.conn, micro.Config{
		Name: service, Version: "1.0.0", Description: "carries out runs of Postman collections",
		Metadata: map[string]string{"worker": w.opts.Name, "postie": w.opts.Version, "protocol": strconv.Itoa(w.protocol()), "slots": strconv.Itoa(w.opts.Slots), "key": w.bus.opts.Key.print()},
		StatsHandler: func(*micro.Endpoint) any {
			return activity{Busy: int(w.busy.Load()), Done: w.done.Load(), Ending: stopped(w.opts.Draining)}
		},
		Endpoint: &micro.EndpointConfig{Subject: shareSubject(w.opts.Name), QueueGroupDisabled: true, Handler: micro.HandlerFunc(w.share)},
	})
}
