package runner

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"postie/runner/criteria"
	"postie/runner/event"
	"postie/runner/script"
)

// A Retry says when an item's request is sent again. The zero value never
// does. Each attempt has its RequestFinished event; of an attempt that is
// given up, scripts and assertions are not told, and nothing of it fails the
// run: the last attempt decides.
type Retry struct {
	Max           int               // attempts besides the first
	Network       bool              // when there was no answer
	Assertion     bool              // when a test or its script failed
	Status        []criteria.Status // when the answer has such a status
	Delay         time.Duration
	NonIdempotent bool // POST and PATCH too
}

// ParseRetryOn reads the words of what to retry on: network, assertion, and
// statuses such as 429 or 5xx.
func (r *Retry) ParseRetryOn(list string) error {
	for word := range strings.SplitSeq(list, ",") {
		switch word = strings.TrimSpace(word); word {
		case "network":
			r.Network = true
		case "assertion":
			r.Assertion = true
		default:
			s, err := criteria.ParseStatus(word)
			if err != nil {
				return fmt.Errorf("%q: want network, assertion, or a status such as 429 or 5xx", word)
			}
			r.Status = append(r.Status, s)
		}
	}
	return nil
}

const (
	retryDelay = time.Second      // unless the options say otherwise
	maxWait    = 30 * time.Second // that attempts grow apart to
	maxAsked   = 5 * time.Minute  // that a server may ask for
)

// A try is what one attempt came to.
type try struct {
	end    ending
	got    *answer
	failed bool
	why    string        // to send again; "" for the last attempt
	asked  time.Duration // Retry-After
}

// tries sends the item's request and tests its response, as often as the
// run's Retry says.
func (x *execution) tries(ctx context.Context, before int) ending {
	most := x.maxTries()
	for n := 1; ; n++ {
		if x.opts.Retry.Max > 0 {
			x.attempt = n
		}
		next, shown, visual := x.next, x.shown, x.visual
		again := n < most && !x.interrupted(ctx)
		x.hold(again)
		t := x.try(ctx, again)
		if t.why == "" || ctx.Err() != nil {
			x.release(false)
			return x.settle(ctx, t, before)
		}
		x.release(true)
		x.next, x.shown, x.visual = next, shown, visual
		wait := x.backoff(n, t.asked)
		x.emit(&event.Warned{Item: x.item.ref, Kind: "retry",
			Text: fmt.Sprintf("attempt %d of %d: %s; again in %s", n, most, t.why, wait.Round(time.Millisecond))}, x.cur)
		x.wait(ctx, wait)
	}
}

// maxTries is how often the item's request may be sent.
func (x *execution) maxTries() int {
	if !x.opts.Retry.NonIdempotent && !slices.Contains([]string{"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"}, x.request.Method) {
		return 1
	}
	return x.opts.Retry.Max + 1
}

// try is one attempt. What will be sent again is not tested first.
func (x *execution) try(ctx context.Context, again bool) (t try) {
	var f *event.Failure
	t.got, f = x.send(ctx)
	if n := x.opts.within; n != nil {
		n.took(t.got, f)
	}
	if again {
		if t.why, t.asked = x.opts.Retry.reason(t.got, f, x.opts.Now()); t.why != "" {
			return t
		}
	}
	t.failed = f != nil
	if t.failed && x.bails() {
		t.end.bail = true
		return t
	}
	if ctx.Err() != nil {
		return t
	}
	failed := x.phase(ctx, script.Test, t.got)
	if !failed || !x.bails() {
		failed = x.check(t.got) || failed
	}
	if failed && again && x.opts.Retry.Assertion {
		t.why = x.heldFailure()
		return t
	}
	t.failed = t.failed || failed
	t.end.bail = failed && x.bails()
	return t
}

// settle ends the item with its last attempt.
func (x *execution) settle(ctx context.Context, t try, before int) ending {
	if t.end.bail || ctx.Err() != nil {
		return t.end
	}
	if failed := x.report(x.opts.Checks.Item(t.got.response, x.assertions()-before)); failed {
		t.failed = true
		if x.bails() {
			return ending{bail: true}
		}
	}
	if x.attempt > 1 && !t.failed {
		x.flaky = true
		x.emit(&event.Warned{Item: x.item.ref, Kind: "flaky", Text: fmt.Sprintf("flaky: passed on attempt %d", x.attempt)}, x.cur)
	}
	return ending{next: x.next}
}

// reason is why an attempt is given up after its request, and how long the
// server wants to be left alone; "" for no reason.
func (r *Retry) reason(got *answer, f *event.Failure, now time.Time) (string, time.Duration) {
	if f != nil {
		if r.Network && networkCode(f.Code) {
			return f.Message, 0
		}
		return "", 0
	}
	code := got.response.Code
	if !slices.ContainsFunc(r.Status, func(s criteria.Status) bool { return s.Matches(code) }) {
		return "", 0
	}
	asked := retryAfter(got.wire.Header.Get("Retry-After"), now)
	if asked > maxAsked {
		return "", 0
	}
	return "status " + strconv.Itoa(code), asked
}

// networkCode tells failures of the network from those that another attempt
// would only repeat.
func networkCode(code string) bool {
	return slices.Contains([]string{"ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL", "ETIMEDOUT",
		"ESOCKETTIMEDOUT", "ENOTFOUND", "EAI_AGAIN", "EPIPE"}, code)
}

// retryAfter reads the header's seconds or date; 0 for none.
func retryAfter(v string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(v); err == nil && n > 0 {
		return min(time.Duration(n), 1<<32) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(t.Sub(now), 0)
	}
	return 0
}

// backoff is how long to wait after attempt n: twice as long each time, from
// half of that to all of it, and at least what the server asked for.
func (x *execution) backoff(n int, asked time.Duration) time.Duration {
	d := x.opts.Retry.Delay
	if d <= 0 {
		d = retryDelay
	}
	limit := max(d, maxWait)
	for range n - 1 {
		d = min(2*d, limit)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return max(asked, d/2+time.Duration(x.opts.Rand.Float64()*float64(d-d/2)))
}

// wait is pause, which an interrupt ends too.
func (x *execution) wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-x.opts.Interrupt:
	case <-ctx.Done():
	}
}

// hold keeps events back while it is open whether the attempt counts.
func (r *run) hold(on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.holding = on
}

// release tells what was held back; of an attempt given up, only what was
// sent and printed.
func (r *run) release(givenUp bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	held, tested := r.held, r.heldPhase
	r.holding, r.held, r.heldPhase = false, nil, false
	if tested && !givenUp {
		r.result.AddPhase(script.Test)
	}
	for _, e := range held {
		switch e := e.(type) {
		case *event.RequestFinished:
			e.Retried = givenUp && e.Attempt > 0
		case *event.TestFinished, *event.ScriptFinished:
			if givenUp {
				continue
			}
		}
		r.deliver(e)
	}
}

// heldFailure is the first failed test, or script, that is held back.
func (r *run) heldFailure() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.held {
		if f := event.FailureOf(e); f != nil && f.Kind == event.KindAssertion {
			return fmt.Sprintf("%q failed: %s", f.Test, f.Message)
		} else if f != nil && f.Kind == event.KindScript {
			return "a script failed: " + f.Message
		}
	}
	return "a test failed"
}
