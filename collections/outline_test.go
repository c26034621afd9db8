package collections_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/collections"
)

// An outline has the folders of what is named, and nothing beside it.
func TestOutline(t *testing.T) {
	t.Parallel()
	c, err := collections.Parse("c.json", []byte(`{"info":{"name":"C","_postman_id":"c"},"item":[
{"id":"f","name":"F","auth":{"type":"basic","basic":[]},"item":[
{"id":"a","name":"A","event":[{"listen":"test","script":{"exec":["one","two"]}}],"request":{"method":"POST","url":"{{url}}/a"}},
{"id":"b","name":"B","request":"{{url}}/b"}]},
{"id":"d","name":"D","request":"{{url}}/d"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	root, err := c.Outline("F/A")
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"type":"collection","id":"c","name":"C","file":"c.json","items":[` +
		`{"type":"folder","id":"f","name":"F","auth":"basic","file":"c.json","line":2,"items":[` +
		`{"type":"request","id":"a","name":"A","method":"POST","url":"{{url}}/a","file":"c.json","line":3,"scripts":[{"listen":"test","line":3,"lines":2}]}]}]}`
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if all, err := c.Outline(); err != nil || len(all.Items) != 2 || len(all.Items[0].Items) != 2 {
		t.Errorf("all of it: %+v, %v", all, err)
	}
	if _, err := c.Outline("none"); err == nil {
		t.Error("a name that is not there is taken")
	}
}
