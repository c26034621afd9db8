package runner_test

import (
	"fmt"
	"strings"
	"testing"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/event"
	"postie/runner/runnertest"
)

// runItems runs a collection of items and returns what its requests failed of.
func runItems(t *testing.T, items string, env *vars.Scope) []*event.Failure {
	t.Helper()
	col, err := collections.Parse("c.json", []byte(`{"info":{"name":"c","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[`+items+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	got := &failedRequests{}
	opts := runner.Options{Documents: runner.Documents{Collection: col, Environment: env}, Output: runner.Output{Reporters: []event.Reporter{got}}}
	if _, err := runner.Run(t.Context(), opts); err != nil {
		t.Fatal(err)
	}
	return got.list
}

type failedRequests struct{ list []*event.Failure }

func (f *failedRequests) Report(e event.Event, _ *event.Summary) error {
	if e, ok := e.(*event.RequestFinished); ok && e.Err != nil {
		f.list = append(f.list, e.Err)
	}
	return nil
}

func TestPromise_48_ChallengesEnd(t *testing.T) {
	t.Parallel()
	for scheme, challenge := range map[string]string{
		"digest": `Digest realm="r", nonce="` + strings.Repeat("n", 20000) + `", qop="auth", stale=true`,
		"ntlm":   "NTLM",
	} {
		n := 0
		srv := runnertest.Serve(t, func(*runnertest.Wire) string {
			n++
			return runnertest.Reply(401, "", "", "WWW-Authenticate: "+challenge)
		})
		runItems(t, fmt.Sprintf(`{"name":"a","request":{"url":"%s/","auth":{"type":"%s","%s":[
			{"key":"username","value":"u"},{"key":"password","value":"p"}]}}}`, srv.URL, scheme, scheme), nil)
		if got := len(srv.Requests()); got == 0 || got > 4 {
			t.Errorf("%s: %d requests", scheme, got)
		}
	}
}

func TestPromise_49_UndefinedHostIsNamed(t *testing.T) {
	t.Parallel()
	env := vars.NewScope("e")
	env.Set("tenantUrl", "http://127.0.0.1:1")
	failed := runItems(t, `{"name":"a","request":{"url":"{{tenantURL}}/x"}}`, env)
	if len(failed) != 1 {
		t.Fatalf("%d failures", len(failed))
	}
	for _, part := range []string{`item "a"`, `"tenantURL"`, "not defined", `did you mean "tenantUrl"?`} {
		if !strings.Contains(failed[0].Message, part) {
			t.Errorf("%q lacks %s", failed[0].Message, part)
		}
	}
}
