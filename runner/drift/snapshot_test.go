package drift_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/runner/drift"
)

// A snapshot reads well, and comes back as the answer it was made of.
func TestSnapshot(t *testing.T) {
	t.Parallel()
	json := map[string][]string{"content-type": {"application/json"}, "etag": {"x"}, "date": {"now"}}
	a := drift.Answer{Key: drift.Key{Item: "Orders / Get", Try: 1}, Code: 200, Header: json, Body: []byte(`{"id":7,"tags":["a"]}`)}
	const want = `item: Orders / Get
try: 1
status: 200
content-type: application/json
etag: x

{
  "id": 7,
  "tags": [
    "a"
  ]
}
`
	if diff := cmp.Diff(want, string(a.Snapshot(drift.Rules{Headers: []string{"ETag"}}))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, a := range []drift.Answer{
		a,
		{Key: drift.Key{Item: "text"}, Code: 404, Header: map[string][]string{"content-type": {"text/plain"}}, Body: []byte("not found\n\nat all")},
		{Key: drift.Key{Item: "binary"}, Code: 200, Header: map[string][]string{}, Body: []byte{0, 255, 1}},
		{Key: drift.Key{Item: "none"}, Code: 204, Header: map[string][]string{}},
		{Key: drift.Key{Item: "error"}, Error: "connect ECONNREFUSED", Header: map[string][]string{}},
	} {
		got, err := drift.ParseSnapshot(a.Snapshot(drift.Rules{}))
		if err != nil {
			t.Errorf("%s: %v", a.Item, err)
			continue
		}
		if a.Failed() {
			if got.Error != a.Error || !got.Failed() {
				t.Errorf("%s: %+v", a.Item, got)
			}
			continue
		}
		if found := compare(t, drift.List{a}, drift.List{got}, drift.Rules{}); len(found) > 0 {
			t.Errorf("%s: %+v", a.Item, found)
		}
	}
	if _, err := drift.ParseSnapshot([]byte("hello\n")); err == nil || err.Error() != "1: not a line of a snapshot" {
		t.Error(err)
	}
}

func TestFileNames(t *testing.T) {
	t.Parallel()
	got := drift.FileNames([]drift.Key{{Item: "A / b"}, {Item: "A / b", Try: 1}, {Item: "a / B"}, {Item: `x/y:"z"?`}})
	if diff := cmp.Diff([]string{"A - b", "A - b-2", "a - B~2", "x_y__z__"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
