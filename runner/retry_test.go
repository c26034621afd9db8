package runner_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postie/collections"
	"postie/runner"
	"postie/runner/event"
	"postie/runner/runnertest"
	"postie/runner/script/sandbox"
)

// attempts notes what a run reports of retries.
type attempts struct{ list []string }

func (a *attempts) Report(e event.Event, _ *event.Summary) error {
	switch e := e.(type) {
	case *event.RequestFinished:
		outcome := "no answer"
		if e.Response != nil {
			outcome = fmt.Sprint(e.Response.Code)
		}
		a.list = append(a.list, fmt.Sprintf("%s %s, attempt %d, retried %v", e.Source, outcome, e.Attempt, e.Retried))
	case *event.TestFinished:
		a.list = append(a.list, fmt.Sprintf("test %s: %v", e.Name, e.Err == nil))
	case *event.Warned:
		text, _, _ := strings.Cut(e.Text, "; again")
		a.list = append(a.list, e.Kind+" "+text)
	case *event.ItemFinished:
		a.list = append(a.list, fmt.Sprintf("item %d attempts, flaky %v", e.Attempts, e.Flaky))
	}
	return nil
}

// flakyServer answers with its replies in order; "" is a connection that
// ends. The last goes on.
func flakyServer(t *testing.T, replies ...string) *runnertest.Server {
	var mu sync.Mutex
	return runnertest.Serve(t, func(*runnertest.Wire) string {
		mu.Lock()
		defer mu.Unlock()
		reply := replies[0]
		if len(replies) > 1 {
			replies = replies[1:]
		}
		return reply
	})
}

func TestRetry(t *testing.T) {
	t.Parallel()
	ok, unavailable := runnertest.Reply(200, "text/plain", "ok"), runnertest.Reply(503, "text/plain", "no")
	garbage := "not HTTP\r\n\r\n"
	for _, c := range []struct {
		name    string
		method  string
		retry   runner.Retry
		on      string
		replies []string
		failed  bool
		want    []string
	}{
		{"a status", "GET", runner.Retry{Max: 2}, "5xx", []string{unavailable, ok}, false, []string{
			"item 503, attempt 1, retried true", "retry attempt 1 of 3: status 503", "item 200, attempt 2, retried false", "test ok: true",
			"flaky flaky: passed on attempt 2", "item 2 attempts, flaky true"}},
		{"no answer", "GET", runner.Retry{Max: 1}, "network", []string{"", ok}, false, []string{
			"item no answer, attempt 1, retried true", "retry attempt 1 of 2: socket hang up", "item 200, attempt 2, retried false", "test ok: true",
			"flaky flaky: passed on attempt 2", "item 2 attempts, flaky true"}},
		{"an assertion", "GET", runner.Retry{Max: 1}, "assertion", []string{unavailable, ok}, false, []string{
			"item 503, attempt 1, retried true", `retry attempt 1 of 2: "ok" failed: expected 503 to equal 200`, "item 200, attempt 2, retried false", "test ok: true",
			"flaky flaky: passed on attempt 2", "item 2 attempts, flaky true"}},
		{"the last attempt decides", "GET", runner.Retry{Max: 2}, "5xx,assertion", []string{unavailable}, true, []string{
			"item 503, attempt 1, retried true", "retry attempt 1 of 3: status 503", "item 503, attempt 2, retried true", "retry attempt 2 of 3: status 503",
			"item 503, attempt 3, retried false", "test ok: false", "item 3 attempts, flaky false"}},
		{"not what was asked for", "GET", runner.Retry{Max: 2}, "429", []string{unavailable}, true, []string{
			"item 503, attempt 1, retried false", "test ok: false", "item 1 attempts, flaky false"}},
		{"no answer in HTTP", "GET", runner.Retry{Max: 2}, "network", []string{garbage}, true, []string{
			"item no answer, attempt 1, retried false", "test ok: false", "item 1 attempts, flaky false"}},
		{"a POST", "POST", runner.Retry{Max: 2}, "5xx", []string{unavailable}, true, []string{
			"item 503, attempt 1, retried false", "test ok: false", "item 1 attempts, flaky false"}},
		{"a POST all the same", "POST", runner.Retry{Max: 2, NonIdempotent: true}, "5xx", []string{unavailable, ok}, false, []string{
			"item 503, attempt 1, retried true", "retry attempt 1 of 3: status 503", "item 200, attempt 2, retried false", "test ok: true",
			"flaky flaky: passed on attempt 2", "item 2 attempts, flaky true"}},
		{"a server that asks for an hour", "GET", runner.Retry{Max: 2}, "5xx", []string{runnertest.Reply(503, "", "", "Retry-After: 3600")}, true, []string{
			"item 503, attempt 1, retried false", "test ok: false", "item 1 attempts, flaky false"}},
		{"without", "GET", runner.Retry{}, "5xx", []string{unavailable}, true, []string{
			"item 503, attempt 0, retried false", "test ok: false", "item 0 attempts, flaky false"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			srv := flakyServer(t, c.replies...)
			col, err := collections.Parse("c.json", []byte(`{"info":{"name":"c","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
"item":[{"name":"a","request":{"method":"`+c.method+`","url":"`+srv.URL+`/"},"event":[{"listen":"test","script":{"exec":["pm.test('ok', () => pm.expect(pm.response.code).to.equal(200))"]}}]}]}`))
			if err != nil {
				t.Fatal(err)
			}
			c.retry.Delay = time.Millisecond
			if err := c.retry.ParseRetryOn(c.on); err != nil {
				t.Fatal(err)
			}
			rec := &attempts{}
			res, err := runner.Run(t.Context(), runner.Options{Documents: runner.Documents{Collection: col}, Scripts: runner.Scripts{Engine: sandbox.New()}, Output: runner.Output{Reporters: []event.Reporter{rec}}, Retry: c.retry})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, rec.list); diff != "" || res.Failed() != c.failed {
				t.Errorf("failed %v %v\n%s", res.Failed(), res.Failures, diff)
			}
			if s := res.Stats; s.Tests.Total != 1 || s.Assertions.Total != 1 || s.Requests.Total != len(srv.Requests()) {
				t.Errorf("stats %+v", s)
			}
		})
	}
}

// Retry-After is seconds or a date.
func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	srv := flakyServer(t, runnertest.Reply(429, "", "", "Retry-After: 1"), runnertest.Reply(200, "", ""))
	col, err := collections.Parse("c.json", []byte(`{"info":{"name":"c","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[{"name":"a","request":"`+srv.URL+`/"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	retry := runner.Retry{Max: 1, Delay: time.Millisecond}
	if err := retry.ParseRetryOn("429"); err != nil {
		t.Fatal(err)
	}
	rec := &warnings{}
	if _, err := runner.Run(t.Context(), runner.Options{Documents: runner.Documents{Collection: col}, Output: runner.Output{Reporters: []event.Reporter{rec}}, Retry: retry}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"attempt 1 of 2: status 429; again in 1s", "flaky: passed on attempt 2"}, rec.list[1:]); diff != "" {
		t.Error(diff)
	}
}

// warnings notes what a run warns of.
type warnings struct{ list []string }

func (w *warnings) Report(e event.Event, _ *event.Summary) error {
	if e, ok := e.(*event.Warned); ok {
		w.list = append(w.list, e.Text)
	}
	return nil
}
