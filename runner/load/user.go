package load

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"postie/runner"
	"postie/runner/event"
	"postie/runner/transport/jar"
)

// A user is a virtual user: a session that is kept, and the recorder of its
// events.
type user struct {
	g       *generator
	number  int
	session *runner.Session
	rec     *recorder
}

// newUser opens a session that shares nothing with other users: scopes,
// cookies, sandbox, connections and random numbers are its own.
func newUser(g *generator, number int) (*user, error) {
	u := &user{g: g, number: number, rec: &recorder{figures: g.figures}}
	o := g.opts.Run
	o.Rand = rand.New(rand.NewPCG(g.seed, uint64(number)))
	o.Output.Reporters = []event.Reporter{u.rec}
	o.Network.Jar = jar.New()
	if g.opts.Run.Network.Jar != nil {
		o.Network.Jar = g.opts.Run.Network.Jar.Clone()
	}
	o.Interrupt = nil             // the generator handles interrupts
	o.Scripts.Limits.Share = true // there are many users, but few run a script at the same time
	if g.opts.Think.Max > 0 {
		o.Acquire = u.think
	}
	s, err := runner.NewSession(g.plan, o)
	if err != nil {
		return nil, err
	}
	u.session = s
	return u, nil
}

// think pauses before each request of an iteration except the first.
func (u *user) think(ctx context.Context) func() {
	if u.rec.items > 0 {
		sleep(ctx, u.g.opts.Think.pick())
	}
	u.rec.items++
	return func() {}
}

// iterate runs one iteration. It reports whether the user may continue.
func (u *user) iterate(ctx context.Context, a arrival) bool {
	began := time.Now()
	late := max(began.Sub(a.due), 0)
	u.rec.begin(ctx, late)
	u.g.figures.start(a.due, late)
	err := u.session.Iterate(ctx, runner.Iteration{Number: a.number, Of: u.g.opts.Schedule.Iterations, Row: a.row})
	now := time.Now()
	u.rec.flush(now)
	switch {
	case ctx.Err() != nil:
		u.g.figures.end(cut, a.due, now.Sub(began))
		return false
	case u.rec.bad || err != nil:
		u.g.figures.end(failed, a.due, now.Sub(began))
	default:
		u.g.figures.end(finished, a.due, now.Sub(began))
	}
	return true
}

// A recorder converts the events of one user to figures. The tests of a request
// come after it, so an outcome is complete at the end of its item.
type recorder struct {
	figures  *figures
	ctx      context.Context // of the load; failures after its end are not the target's
	late     time.Duration
	items    int
	bad      bool
	open     *outcome
	last     *event.RequestFinished
	asserted []assertion      // since the last flush
	waiting  []*event.Failure // of an item whose request has not been sent yet
}

func (r *recorder) begin(ctx context.Context, late time.Duration) {
	r.ctx, r.late, r.items, r.bad, r.open, r.last, r.waiting = ctx, late, 0, false, nil, nil, nil
}

// Report implements event.Reporter.
func (r *recorder) Report(e event.Event, _ *event.Summary) error {
	f, cut := event.FailureOf(e), r.ctx.Err() != nil
	if cut {
		f = nil
	}
	r.bad = r.bad || f != nil
	switch e := e.(type) {
	case *event.RequestFinished: // its own failure does not belong to the request before
		f = nil
		r.flush(e.Time)
		if e.Response != nil || !cut {
			r.request(e)
		}
	case *event.TestFinished:
		if !e.Skipped {
			r.asserted = append(r.asserted, assertion{e.Item.Path, e.Name, e.Err == nil})
		}
	case *event.ItemFinished:
		r.flush(e.Time)
		r.waiting = nil
	}
	if f != nil {
		r.fail(f)
	}
	return nil
}

func (r *recorder) request(e *event.RequestFinished) {
	o := &outcome{path: e.Item.Path, late: r.late, out: e.Request.Size}
	if e.Source == "script" || e.Source == "token" {
		o.path = append(append([]string{}, e.Item.Path...), "("+e.Source+") "+e.Request.Method)
	}
	if e.Response != nil {
		o.code, o.in, o.timings = e.Response.Code, e.Response.BodySize, e.Response.Timings
		o.timings.Total = e.Response.Time
		if exact := sum(e.Response.Timings); exact > 0 {
			o.timings.Total = exact
		}
	}
	r.open, r.last = o, e
	if f := event.FailureOf(e); f != nil {
		r.cause(f)
	}
	for _, f := range r.waiting {
		r.cause(f)
	}
	r.waiting = nil
}

// sum returns a response time that is more precise than its whole milliseconds.
func sum(t event.Timings) time.Duration { return t.DNS + t.Connect + t.TLS + t.FirstByte + t.Download }

// fail records a failure of the current request. A pre-request script runs
// before its request, so without a current request it belongs to the next one.
func (r *recorder) fail(f *event.Failure) {
	if r.open != nil {
		r.cause(f)
		return
	}
	r.waiting = append(r.waiting, f)
}

func (r *recorder) cause(f *event.Failure) {
	r.open.failed = true
	if f.Kind == event.KindRequest || f.Kind == event.KindScript {
		r.open.broken = true
	}
	if r.open.cause == "" {
		r.open.cause = causeOf(f, r.open.code)
	}
}

// causeOf describes a failure in a few words, which are the same for failures
// of one kind.
func causeOf(f *event.Failure, code int) string {
	switch f.Kind {
	case event.KindRequest:
		if f.Code != "" {
			return f.Code
		}
		return f.Message
	case event.KindAssertion:
		if code >= 400 {
			return fmt.Sprintf("%d %s", code, http.StatusText(code))
		}
		return "check: " + f.Test
	case event.KindScript:
		return "script: " + f.Name
	}
	return f.Kind
}

// flush counts the current request and the assertions since the last flush.
func (r *recorder) flush(now time.Time) {
	o := r.open
	if o == nil && len(r.asserted) == 0 {
		return
	}
	r.open = nil
	if o != nil && o.cause != "" && r.figures.wants(o.path, o.cause) {
		o.sample = sampleOf(o, r.last)
	}
	r.last = nil
	r.figures.request(o, r.asserted, now)
	clear(r.asserted)
	r.asserted = r.asserted[:0]
}

// longestSample is how many bytes of a body a sample keeps.
const longestSample = 4096

func sampleOf(o *outcome, e *event.RequestFinished) *Sample {
	s := &Sample{Request: pathKey(o.path), Cause: o.cause, At: e.Time, Method: e.Request.Method, URL: e.Request.URL, Sent: message(e.Request.Header, e.Request.Body)}
	if e.Response != nil {
		s.Code, s.Received = e.Response.Code, message(e.Response.Header, e.Response.Body)
	}
	return s
}

func message(header []event.Field, body []byte) string {
	var b strings.Builder
	for _, f := range header {
		b.WriteString(f.Name + ": " + f.Value + "\n")
	}
	if len(body) > 0 {
		b.WriteString("\n" + strings.ToValidUTF8(string(body[:min(len(body), longestSample)]), "\uFFFD"))
	}
	return b.String()
}
