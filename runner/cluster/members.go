package cluster

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
)

// A Member is a worker that has answered.
type Member struct {
	id       string
	Name     string
	Version  string // of postie
	Protocol int    // version of the jobs that it takes
	Slots    int    // how many jobs it runs at once
	Busy     int    // running jobs
	Done     int64  // jobs since it started
	Ending   bool   // it takes no further jobs, and ends after its running jobs
	OtherKey bool   // its key differs from the key of the asking side
	settled  bool   // it has found no other worker with its name

	Ahead time.Duration // its clock minus the clock here; negative: it is behind; 0: about equal
}

// Compatible reports whether the worker takes jobs from the asking side.
func (m Member) Compatible() bool { return m.Unfit() == "" }

// Unfit returns why the worker takes no jobs from the asking side, or "".
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

// misfits lists why some members take no jobs from the asking side. It returns
// "" when all do.
func misfits(members []Member) (out string) {
	for _, m := range members {
		if why := m.Unfit(); why != "" {
			out += "; " + why
		}
	}
	return out
}

// activity is what a worker reports about its state.
type activity struct {
	Busy    int       `json:"busy"`
	Done    int64     `json:"done"`
	Ending  bool      `json:"ending,omitempty"`
	Settled bool      `json:"settled,omitempty"`
	Now     time.Time `json:"now"`
}

// anyCompatible reports whether some worker takes jobs from the asking side.
func anyCompatible(members []Member) bool { return slices.ContainsFunc(members, Member.Compatible) }

// Members asks which workers are there. It waits for answers until the time is
// over, or until enough returns true; enough may be nil.
func (b *Bus) Members(ctx context.Context, wait time.Duration, enough func([]Member) bool) ([]Member, error) {
	r, err := b.roll()
	if err != nil {
		return nil, err
	}
	defer r.close()
	return r.call(ctx, wait, enough)
}

// A roll asks workers repeatedly whether they are there. A busy worker may
// answer late; the next call then receives its answer.
type roll struct {
	bus     *Bus
	answers *nats.Subscription
}

func (b *Bus) roll() (*roll, error) {
	answers, err := b.conn.SubscribeSync(b.conn.NewInbox())
	return &roll{b, answers}, err
}

func (r *roll) close() { _ = r.answers.Unsubscribe() }

// call does what Bus.Members describes.
func (r *roll) call(ctx context.Context, wait time.Duration, enough func([]Member) bool) ([]Member, error) {
	subject, err := micro.ControlSubject(micro.StatsVerb, service, "")
	if err != nil {
		return nil, err
	}
	if err := r.bus.conn.PublishRequest(subject, r.answers.Subject, nil); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	var out []Member
	for enough == nil || !enough(out) {
		answer, err := r.answers.NextMsgWithContext(ctx)
		if err != nil {
			break // the time is over
		}
		var s micro.Stats
		if json.Unmarshal(answer.Data, &s) != nil || s.Name != service {
			continue
		}
		m := memberOf(&s)
		m.OtherKey = s.Metadata["key"] != r.bus.opts.Key.print()
		out = slices.DeleteFunc(out, func(before Member) bool { return before.id == m.id }) // the late answer to an earlier call
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b Member) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// ahead returns how far the clock that shows a time is ahead of the clock here,
// rounded to a minute, because the answer took some time.
func ahead(shown time.Time) time.Duration {
	if shown.IsZero() {
		return 0
	}
	return time.Until(shown).Round(time.Minute)
}

// OffClock describes the difference of the worker's clock and its effects. It
// returns "" when there is none.
func (m Member) OffClock() string {
	if m.Ahead == 0 {
		return ""
	}
	way := "ahead of"
	if m.Ahead < 0 {
		way = "behind"
	}
	return fmt.Sprintf("the clock of worker %s is %s %s the one here: so are the times in its reports, and what it signs may be refused", m.Name, m.Ahead.Abs(), way)
}

func memberOf(s *micro.Stats) Member {
	m := Member{id: s.ID, Name: s.Metadata["worker"], Version: s.Metadata["postie"]}
	m.Protocol, _ = strconv.Atoi(s.Metadata["protocol"]) // 0: unknown
	m.Slots, _ = strconv.Atoi(s.Metadata["slots"])
	for _, e := range s.Endpoints {
		var a activity
		if json.Unmarshal(e.Data, &a) == nil {
			m.Busy, m.Done, m.Ending, m.settled = a.Busy, a.Done, a.Ending, a.Settled
			m.Ahead = ahead(a.Now)
		}
	}
	return m
}

// alone checks that no other worker has the name of this one, because a share
// of a load would go to both. A worker that has checked this before may stay.
// When two check at the same time, one of them stays; this does not depend on
// their clocks, which may differ.
func (w *Worker) alone(ctx context.Context, svc micro.Service) error {
	id := svc.Info().ID
	other := func(m Member) bool { return m.Name == w.opts.Name && m.id != id }
	before := func(m Member) bool { return other(m) && (m.settled || m.id < id) }
	taken := func(members []Member) bool { return slices.ContainsFunc(members, before) }
	roll, err := w.bus.roll()
	if err != nil {
		return err
	}
	defer roll.close()
	for {
		members, err := roll.call(ctx, w.bus.times.answer, taken)
		switch {
		case err != nil:
			return err
		case taken(members):
			return fmt.Errorf("another worker is called %s: --name gives this one a name of its own", w.opts.Name)
		case !slices.ContainsFunc(members, other):
			w.settled.Store(true)
			return nil
		}
		// The other worker may have asked before this one existed: by then it
		// will have finished its check, or be gone.
	}
}

// announce makes a worker a member until the service stops.
func (w *Worker) announce() (micro.Service, error) {
	return micro.AddService(w.bus.conn, micro.Config{
		Name: service, Version: "1.0.0", Description: "carries out runs of Postman collections",
		Metadata: map[string]string{"worker": w.opts.Name, "postie": w.opts.Version, "protocol": strconv.Itoa(w.protocol()), "slots": strconv.Itoa(w.opts.Slots), "key": w.bus.opts.Key.print()},
		StatsHandler: func(*micro.Endpoint) any {
			return activity{Busy: int(w.busy.Load()), Done: w.done.Load(), Ending: stopped(w.opts.Draining), Settled: w.settled.Load(), Now: time.Now()}
		},
		Endpoint: &micro.EndpointConfig{Subject: shareSubject(w.opts.Name), QueueGroupDisabled: true, Handler: micro.HandlerFunc(w.share)},
	})
}
