package collections_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/collections"
	"postie/collections/vars"
)

// TestRebind: recorded values that equal a variable become that variable.
func TestRebind(t *testing.T) {
	t.Parallel()
	c, err := collections.Parse("c.json", []byte(`{"info":{"name":"R"},"item":[{"name":"F","item":[{"name":"a","request":{"method":"POST",
	 "url":{"protocol":"https","host":["a","example","com"],"path":["am","json","realms","alpha"],"query":[{"key":"t","value":"tok-1234"}]},
	 "header":[{"key":"iPlanetDirectoryPro","value":"tok-1234"}],"body":{"mode":"raw","raw":"{\"token\":\"tok-1234\",\"n\":1}"}},
	 "event":[{"listen":"test","script":{"exec":["tok-1234"]}}]}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	s := vars.NewScope("a", vars.Variable{Key: "am", Value: "https://a.example.com/am"}, vars.Variable{Key: "cookie", Value: "iPlanetDirectoryPro"},
		vars.Variable{Key: "token", Value: "tok-1234"}, vars.Variable{Key: "one", Value: "1"}, vars.Variable{Key: "unused", Value: "nowhere"})
	bound, used, err := c.Rebind(s)
	if err != nil {
		t.Fatal(err)
	}
	for n := range bound.All() {
		r := n.Request()
		got := []string{r.URL.String(), r.Header[0].Key, r.Header[0].Value, *r.Body.Raw, n.Scripts("test")[0].Source}
		want := []string{"{{am}}/json/realms/alpha?t={{token}}", "{{cookie}}", "{{token}}", `{"token":"{{token}}","n":1}`, "tok-1234"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if diff := cmp.Diff([]string{"am", "token", "cookie"}, used); diff != "" {
		t.Errorf("used (-want +got):\n%s", diff)
	}
}
