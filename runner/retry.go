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
	"postie/runner/internal/send"
	"postie/runner/script"
)

// A Retry says when an item's request is sent again. The zero value never
// does. Each attempt has its RequestFinished event. Scripts and assertions of an
// attempt that is repeated are not reported and do not fail the run: the last
// attempt decides.
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
	retryDelay    = time.Second      // unless the options say otherwise
	maxWait       = 30 * time.Second // that attempts grow apart to
	maxRetryAfter = 5 * time.Minute  // that a server may ask for
)

// A try is the outcome of one attempt.
type try struct {
	end        ending
	got        *send.Answer
	failed     bool
	why        string        // to send again; "" for the last attempt
	retryAfter time.Duration // what the server asked for
}

// attempts sends the item's request and tests its response, as often as the
// run's Retry says.
func (x *execution) attempts(ctx context.Context, before int) ending {
	most := x.maxAttempts()
	for n := 1; ; n++ {
		if x.opts.Retry.Max > 0 {
			x.attempt = n
		}
		next, reported, visual := x.next, x.reportedNext, x.visual
		again := n < most && !x.interrupted(ctx)
		if again {
			x.out.BeginAttempt()
		}
		t := x.try(ctx, again)
		if t.why == "" || ctx.Err() != nil {
			x.out.EndAttempt(false)
			return x.settle(ctx, t, before)
		}
		x.out.EndAttempt(true)
		x.next, x.reportedNext, x.visual = next, reported, visual
		pause := x.backoff(n, t.retryAfter)
		x.emit(&event.Warned{Item: x.item.ref, Kind: "retry",
			Text: fmt.Sprintf("attempt %d of %d: %s; again in %s", n, most, t.why, pause.Round(time.Millisecond))})
		wait(ctx, x.opts.Interrupt, pause)
	}
}

// interrupted reports whether nothing more may start.
func (x *execution) interrupted(ctx context.Context) bool {
	select {
	case <-x.opts.Interrupt:
		return true
	default:
		return ctx.Err() != nil
	}
}

// maxAttempts is how often the item's request may be sent.
func (x *execution) maxAttempts() int {
	if !x.opts.Retry.NonIdempotent && !slices.Contains([]string{"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"}, x.request.Method) {
		return 1
	}
	return x.opts.Retry.Max + 1
}

// try is one attempt. What will be sent again is not tested first.
func (x *execution) try(ctx context.Context, again bool) (t try) {
	var f *event.Failure
	t.got, f = x.send(ctx)
	if p := x.opts.parent; p != nil {
		p.onAnswer(t.got, f)
	}
	if again {
		if t.why, t.retryAfter = x.opts.Retry.reason(t.got, f, x.opts.Now()); t.why != "" {
			return t
		}
	}
	t.failed = f != nil
	if t.failed && x.opts.bails() {
		t.end.bail = true
		return t
	}
	if ctx.Err() != nil {
		return t
	}
	failed := x.phase(ctx, script.Test, t.got)
	if !failed || !x.opts.bails() {
		failed = x.check(t.got) || failed
	}
	if failed && again && x.opts.Retry.Assertion {
		t.why = x.out.AttemptFailure()
		return t
	}
	t.failed = t.failed || failed
	t.end.bail = failed && x.opts.bails()
	return t
}

// settle ends the item with its last attempt.
func (x *execution) settle(ctx context.Context, t try, before int) ending {
	if t.end.bail || ctx.Err() != nil {
		return t.end
	}
	if failed := x.report(x.opts.Checks.Item(t.got.Response, x.out.Assertions()-before)); failed {
		t.failed = true
		if x.opts.bails() {
			return ending{bail: true}
		}
	}
	if x.attempt > 1 && !t.failed {
		x.flaky = true
		x.emit(&event.Warned{Item: x.item.ref, Kind: "flaky", Text: fmt.Sprintf("flaky: passed on attempt %d", x.attempt)})
	}
	return ending{next: x.next}
}

// reason is why an attempt is given up after its request, and how long the
// server wants to be left alone; "" for no reason.
func (r *Retry) reason(got *send.Answer, f *event.Failure, now time.Time) (string, time.Duration) {
	if f != nil {
		if r.Network && networkCode(f.Code) {
			return f.Message, 0
		}
		return "", 0
	}
	code := got.Response.Code
	if !slices.ContainsFunc(r.Status, func(s criteria.Status) bool { return s.Matches(code) }) {
		return "", 0
	}
	after := retryAfter(got.Wire.Header.Get("Retry-After"), now)
	if after > maxRetryAfter {
		return "", 0
	}
	return "status " + strconv.Itoa(code), after
}

// networkCode reports whether a code is a failure of the network that another
// attempt may not meet.
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
func (x *execution) backoff(n int, retryAfter time.Duration) time.Duration {
	d := x.opts.Retry.Delay
	if d <= 0 {
		d = retryDelay
	}
	limit := max(d, maxWait)
	for range n - 1 {
		d = min(2*d, limit)
	}
	return max(retryAfter, d/2+time.Duration(x.random.Float64()*float64(d-d/2)))
}
