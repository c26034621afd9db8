package runner_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/event"
	"postie/runner/script/sandbox"
)

// Scripts see a large answer whole; events have its start and its length, and no
// part of a secret that the cut goes through.
func TestPromise_79_LargeAnswersAreCutInReports(t *testing.T) {
	t.Parallel()
	const secret = "s3cret-of-the-environment"
	at := event.StartOfBody - len(secret)/2
	for name, tt := range map[string]struct {
		body []byte
		kept int // 0: secrets make it shorter
	}{
		"as long as events hold":     {bytes.Repeat([]byte("x"), event.LargeBody), event.LargeBody},
		"a byte longer":              {bytes.Repeat([]byte("x"), event.LargeBody+1), event.StartOfBody},
		"a character on the edge":    {[]byte("x" + strings.Repeat("é", event.LargeBody)), event.StartOfBody - 1},
		"a secret on the edge":       {[]byte(strings.Repeat("x", at) + secret + strings.Repeat("y", event.LargeBody)), 0},
		"secrets all over":           {bytes.Repeat([]byte(secret+" "), event.LargeBody/len(secret)), 0},
		"JSON, which the cut breaks": {[]byte(`{"a":"` + strings.Repeat(secret+` `, event.LargeBody/len(secret)) + `"}`), 0},
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(tt.body) }))
			defer srv.Close()
			got := largeAnswer(t, srv.URL, len(tt.body), secret)
			if got.Length() != int64(len(tt.body)) {
				t.Errorf("length %d, want %d", got.Length(), len(tt.body))
			}
			if sum := fmt.Sprintf("%x", sha256.Sum256(tt.body)); (len(tt.body) > event.LargeBody) != (got.Digest == sum) {
				t.Errorf("digest %q, want %s", got.Digest, sum)
			}
			if tt.kept > 0 && len(got.Body) != tt.kept {
				t.Errorf("%d bytes are kept, want %d", len(got.Body), tt.kept)
			}
			if i := bytes.Index(got.Body, []byte(secret[:6])); i >= 0 {
				t.Errorf("a piece of the secret is at %d of %d: %q", i, len(got.Body), got.Body[i:min(i+40, len(got.Body))])
			}
		})
	}
}

// largeAnswer is the response that reporters get, of an answer whose script
// asks for its length.
func largeAnswer(t *testing.T, url string, length int, secret string) *event.Response {
	t.Helper()
	c, err := collections.Parse("c.json", []byte(`{"info":{"name":"C"},"item":[{"name":"a","request":"`+url+`","event":[{"listen":"test",
		"script":{"exec":["pm.test('whole', () => pm.expect(pm.response.size().body).to.equal(`+strconv.Itoa(length)+`))"]}}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	env := vars.NewScope("e", vars.Variable{Key: "token", Value: secret, Secret: true})
	kept := &answerKept{}
	res, err := runner.Run(t.Context(), runner.Options{Documents: runner.Documents{Collection: c, Environment: env},
		Scripts: runner.Scripts{Engine: sandbox.New()}, Output: runner.Output{Reporters: []event.Reporter{kept}}})
	if err != nil || res.Failed() {
		t.Fatalf("%v %+v", err, res)
	}
	return kept.response
}

type answerKept struct{ response *event.Response }

func (a *answerKept) Report(e event.Event, _ *event.Summary) error {
	if q, ok := e.(*event.RequestFinished); ok {
		a.response = q.Response
	}
	return nil
}
