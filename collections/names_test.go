package collections

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// NamesJSON is what JSON says of the tree.
func TestNamesJSON(t *testing.T) {
	t.Parallel()
	c := parse(t, `{"info":{"name":"C \"q\"","_postman_id":"c1"},"item":[{"id":"f","name":"F","item":[{"name":"a","request":"h"},{"id":"e","item":[]}]},{"id":"b","name":"é","request":"h"}]}`)
	type item struct {
		ID, Name string
		Item     []item
	}
	type tree struct {
		Info struct {
			ID   string `json:"_postman_id"`
			Name string
		}
		Item []item
	}
	var want, got tree
	if err := json.Unmarshal(c.JSON(), &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(c.NamesJSON(), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the tree differs (-JSON +NamesJSON)\n%s", diff)
	}
	if got.Item[0].Item[0].ID == "" || got.Item[0].Item[1].Item == nil {
		t.Errorf("an id or an empty folder is missing: %+v", got)
	}
}

// A collection shares no bytes with what it was read from: who reads many may
// use a buffer again.
func TestParseKeepsNothing(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"v2.1":     `{"info":{"name":"C"},"item":[{"name":"a","event":[{"listen":"test","script":{"exec":["x"]}}],"request":"h"}]}`,
		"one item": `{"name":"a","request":{"url":"h","auth":{"type":"basic","basic":{"username":"u"}}}}`,
		"v1":       `{"name":"C","requests":[{"id":"1","name":"a","url":"h","method":"GET"}],"order":["1"]}`,
	} {
		src := []byte(text)
		c, err := Parse("c.json", src)
		if err != nil {
			t.Fatal(err)
		}
		before := string(c.JSON()) + c.Root().Children()[0].Name()
		clear(src)
		if after := string(c.JSON()) + c.Root().Children()[0].Name(); after != before {
			t.Errorf("%s: it changed with its source:\n%s\n%s", name, before, after)
		}
	}
}
