package forgerock_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"postie/collections"
	"postie/collections/forgerock"
)

// TestStep6 holds the bundled Step 6 to the published item.
func TestStep6(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile("testdata/step6.item.json")
	if err != nil {
		t.Fatal(err)
	}
	got := gjson.GetBytes(forgerock.Collection(), `item.#(name="Step 6: Refresh Users' Session")`).Raw
	if diff := cmp.Diff(compact(t, want), compact(t, []byte(got))); diff != "" {
		t.Errorf("Step 6 (-published +bundled):\n%s", diff)
	}
}

func compact(t *testing.T, src []byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, src); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDocumentsParse(t *testing.T) {
	t.Parallel()
	c, err := collections.Parse("collection.json", forgerock.Collection())
	if err != nil {
		t.Fatal(err)
	}
	steps := 0
	for n := range c.All() {
		steps++
		if len(n.Scripts("test")) == 0 {
			t.Errorf("%s has no test", n.Name())
		}
	}
	if steps != 8 {
		t.Errorf("%d steps", steps)
	}
	for name, src := range map[string][]byte{"simulated": forgerock.Simulated(), "tenant": forgerock.Tenant()} {
		env, err := collections.ParseEnvironment(name, src)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"amUrl", "realm"} {
			if _, ok := env.Get(key); !ok {
				t.Errorf("%s environment: no %s", name, key)
			}
		}
	}
}
