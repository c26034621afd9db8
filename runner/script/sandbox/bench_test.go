package sandbox_test

import (
	"encoding/json"
	"testing"

	"postie/collections/vars"
	"postie/runner/script"
	"postie/runner/script/sandbox"
)

// quiet is a host that takes no notice.
type quiet struct{ cell }

func (*quiet) Console(string, []script.Message) {}
func (*quiet) Test(script.Assertion)            {}

func BenchmarkSmallScript(b *testing.B) {
	s, err := sandbox.New().Open(b.Context(), &quiet{}, script.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	sc := &script.Script{ID: "1", Name: "s", Listen: script.Test, Source: `pm.test("ok", () => pm.expect(pm.response.code).to.equal(200))`}
	c := &script.Context{Scopes: &vars.Stack{}, Request: json.RawMessage(`{"url":"http://x/"}`),
		Response: &script.Response{Code: 200, Status: "OK", Body: []byte(`{"a":1}`)}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Run(b.Context(), sc, c); err != nil {
			b.Fatal(err)
		}
	}
}
