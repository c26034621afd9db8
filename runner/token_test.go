package runner_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/collections"
	"postie/runner"
	"postie/runner/event"
	"postie/runner/runnertest"
)

// tokenRequests notes the requests of a run and all that it reports of them.
type tokenRequests struct {
	list []string
	text strings.Builder
}

func (r *tokenRequests) Report(e event.Event, _ *event.Summary) error {
	src, err := json.Marshal(e)
	r.text.Write(src)
	if q, ok := e.(*event.RequestFinished); ok {
		at := strings.LastIndexByte(q.Request.URL, '/')
		r.list = append(r.list, q.Source+" "+q.Request.URL[at:])
	}
	return err
}

// A token is fetched once for a run, in sight, and its secrets out of sight.
func TestTokensAreFetchedOncePerRun(t *testing.T) {
	t.Parallel()
	srv := runnertest.Serve(t, func(w *runnertest.Wire) string {
		if strings.HasPrefix(w.Target, "/token") {
			return runnertest.Reply(200, "application/json", `{"access_token":"access-s3cret","expires_in":"3600"}`, "Set-Cookie: a=b")
		}
		return runnertest.Reply(200, "application/json", `{}`)
	})
	const oauth = `"auth":{"type":"oauth2","oauth2":[{"key":"grant_type","value":"client_credentials"},{"key":"accessTokenUrl","value":"{{host}}/token"},
{"key":"clientId","value":"id"},{"key":"clientSecret","value":"c13nt"},{"key":"client_authentication","value":"body"}]}`
	src := `{"info":{"name":"c","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},` + oauth + `,"variable":[{"key":"host","value":"` + srv.URL + `"}],
"item":[{"name":"a","request":{"url":"{{host}}/a"}},{"name":"b","request":{"url":"{{host}}/b",` + oauth + `}}]}`
	c, err := collections.Parse("c.json", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	rec := &tokenRequests{}
	res, err := runner.Run(t.Context(), runner.Options{Documents: runner.Documents{Collection: c}, Output: runner.Output{Reporters: []event.Reporter{rec}}, Iterations: 2})
	if err != nil || res.Failed() {
		t.Fatal(err, res.Failures)
	}
	if diff := cmp.Diff([]string{"token /token", "item /a", "item /b", "item /a", "item /b"}, rec.list); diff != "" {
		t.Error(diff)
	}
	for _, w := range srv.Requests() {
		if w.Target != "/token" && (w.Get("Authorization") != "Bearer access-s3cret" || w.Get("Cookie") != "") {
			t.Errorf("%s: %q", w.Target, w.Header)
		}
	}
	for _, secret := range []string{"access-s3cret", "client_secret=c13nt"} {
		if strings.Contains(rec.text.String(), secret) {
			t.Errorf("an event holds %q", secret)
		}
	}
	if want := "client_secret=c13nt&grant_type=client_credentials"; !strings.Contains(srv.Requests()[0].Body, want) {
		t.Errorf("sent %q", srv.Requests()[0].Body)
	}
}

// A token that could not be fetched fails the requests that need it, with what
// the endpoint said. They are not sent, and scripts see no answer.
func TestPromise_77_NoTokenNoRequest(t *testing.T) {
	t.Parallel()
	for reply, want := range map[string]string{
		runnertest.Reply(401, "application/json", `{"error":"invalid_client","error_description":"unknown client"}`): "no access token: the token endpoint answered 401, invalid_client: unknown client",
		runnertest.Reply(500, "text/plain", "out of order, c13nt-s3cret"):                                            "no access token: the token endpoint answered 500: out of order, ******",
		runnertest.Reply(200, "application/json", `{"token":"x"}`):                                                   "no access token: the token endpoint answered 200, without an access token",
		"": "no access token: the token endpoint gave no answer: socket hang up",
	} {
		srv := runnertest.Serve(t, func(w *runnertest.Wire) string {
			if strings.HasPrefix(w.Target, "/token") {
				return reply
			}
			return runnertest.Reply(200, "application/json", `{}`)
		})
		src := `{"info":{"name":"c","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
"auth":{"type":"oauth2","oauth2":[{"key":"grant_type","value":"client_credentials"},{"key":"accessTokenUrl","value":"` + srv.URL + `/token"},
{"key":"clientId","value":"id"},{"key":"clientSecret","value":"c13nt-s3cret"}]},
"item":[{"name":"a","request":{"url":"` + srv.URL + `/a"}},{"name":"b","request":{"url":"` + srv.URL + `/b","auth":{"type":"noauth"}}}]}`
		c, err := collections.Parse("c.json", []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		res, err := runner.Run(t.Context(), runner.Options{Documents: runner.Documents{Collection: c}})
		if err != nil {
			t.Fatal(err)
		}
		var sent []string
		for _, w := range srv.Requests() {
			sent = append(sent, w.Target)
		}
		if diff := cmp.Diff([]string{"/token", "/b"}, sent); diff != "" {
			t.Errorf("%q: sent %s", reply, diff)
		}
		var said []string
		for _, f := range res.Failures {
			if f.Item.Name == "a" {
				said = append(said, f.Message)
			}
		}
		if !res.Failed() || len(said) == 0 || said[len(said)-1] != want {
			t.Errorf("%q: %q", reply, said)
		}
	}
}
