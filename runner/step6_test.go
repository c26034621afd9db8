package runner_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner"
	"postie/runner/runnertest"
	"postie/runner/script/sandbox"
)

// step6 runs the published item against a server that answers with status,
// its variables written between the given brackets.
func step6(t *testing.T, open, end, status string) (runnertest.Wire, *runner.Result) {
	t.Helper()
	item, err := os.ReadFile("../collections/forgerock/testdata/step6.item.json")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("{{", open, "}}", end).Replace(string(item))
	col, err := collections.Parse("step6.json", []byte(`{"info":{"name":"Session Management"},"item":[`+text+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	srv := runnertest.Serve(t, func(*runnertest.Wire) string {
		return "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n"
	})
	env := vars.NewScope("tenant",
		vars.Variable{Key: "amUrl", Value: srv.URL + "/am"},
		vars.Variable{Key: "realm", Value: "/realms/root/realms/alpha"},
		vars.Variable{Key: "cookieName", Value: "iPlanetDirectoryPro"},
		vars.Variable{Key: "demoSSOToken", Value: "AQIC5w*"})
	res, err := runner.Run(t.Context(), runner.Options{Documents: runner.Documents{Collection: col, Environment: env}, Network: runner.Network{UserAgent: "postie/test"}, Scripts: runner.Scripts{Engine: sandbox.New()}})
	if err != nil {
		t.Fatal(err)
	}
	sent := srv.Requests()
	if len(sent) != 1 {
		t.Fatalf("%d requests", len(sent))
	}
	return sent[0], res
}

// TestStep6Wire states what "Refresh Users' Session" is on the wire, whichever
// way its variables are written.
func TestStep6Wire(t *testing.T) {
	t.Parallel()
	for _, brackets := range [][2]string{{"{{", "}}"}, {"<<", ">>"}} {
		got, res := step6(t, brackets[0], brackets[1], "200 OK")
		host, token := got.Get("Host"), got.Get("Postman-Token")
		want := runnertest.Wire{
			Method: "POST",
			Target: "/am/json/realms/root/realms/alpha/sessions?_prettyPrint=true&_action=refresh",
			Header: [][2]string{
				{"Accept-API-Version", "resource=4.0"},
				{"Content-Type", "application/json"},
				{"iPlanetDirectoryPro", "AQIC5w*"},
				{"User-Agent", "postie/test"},
				{"Accept", "*/*"},
				{"Cache-Control", "no-cache"},
				{"Postman-Token", token},
				{"Host", host},
				{"Accept-Encoding", "gzip, deflate, br"},
				{"Connection", "keep-alive"},
				{"Content-Length", "0"},
			},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("written %sname%s (-want +got):\n%s", brackets[0], brackets[1], diff)
		}
		if res.Failed() || res.Stats.Assertions.Total != 1 {
			t.Errorf("written %sname%s: %+v", brackets[0], brackets[1], res.Failures)
		}
	}
}

// TestStep6Refused is the answer to a dead session, in Postman's words.
func TestStep6Refused(t *testing.T) {
	t.Parallel()
	_, res := step6(t, "{{", "}}", "401 Unauthorized")
	if len(res.Failures) != 1 || res.Failures[0].Test != "Status code is 200" ||
		res.Failures[0].Message != "expected 401 to deeply equal 200" {
		t.Errorf("failures %+v", res.Failures)
	}
}
