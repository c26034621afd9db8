package drift_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/runner/drift"
)

func answer(item string, code int, body string) drift.Answer {
	return drift.Answer{Key: drift.Key{Item: item}, Code: code, Body: []byte(body),
		Header: map[string][]string{"content-type": {"application/json"}, "etag": {body}}}
}

func failed(item, why string) drift.Answer {
	return drift.Answer{Key: drift.Key{Item: item}, Error: why}
}

func compare(t *testing.T, a, b drift.Answers, r drift.Rules) []drift.Finding {
	t.Helper()
	found, err := drift.Compare(a, b, r)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestCompare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		a, b  drift.List
		rules drift.Rules
		want  []string // kind path
	}{
		{name: "alike, however written", a: drift.List{answer("x", 200, `{"a":1,"b":[1,2]}`)}, b: drift.List{answer("x", 200, `{ "b": [1, 2], "a": 1 }`)}},
		{name: "another status hides what follows from it", a: drift.List{answer("x", 200, `{"a":1}`)}, b: drift.List{answer("x", 401, `{"code":401}`)}, want: []string{"status status"}},
		{name: "a missing, an added and a changed member", a: drift.List{answer("x", 200, `{"a":1,"b":{"c":"x"},"e":null}`)},
			b: drift.List{answer("x", 200, `{"b":{"c":"y"},"d":true,"e":null}`)}, want: []string{"missing $.a", "value $.b.c", "added $.d"}},
		{name: "another type", a: drift.List{answer("x", 200, `{"a":1}`)}, b: drift.List{answer("x", 200, `{"a":"1"}`)}, want: []string{"type $.a"}},
		{name: "arrays", a: drift.List{answer("x", 200, `[{"id":1},{"id":2}]`)}, b: drift.List{answer("x", 200, `[{"id":1},{"id":3},{"id":4}]`)}, want: []string{"length $.length", "value $[1].id"}},
		{name: "shape alone", a: drift.List{answer("x", 200, `[{"id":1}]`)}, b: drift.List{answer("x", 200, `[{"id":3},{"id":4}]`)}, rules: drift.Rules{ShapeOnly: true}},
		{name: "ignored in every element", a: drift.List{answer("x", 200, `{"items":[{"id":1,"at":"a"}]}`)}, b: drift.List{answer("x", 200, `{"items":[{"id":2,"at":"b"}]}`)},
			rules: drift.Rules{Ignore: []string{"$.items.*.at"}}, want: []string{"value $.items[0].id"}},
		{name: "ignored at any depth", a: drift.List{answer("x", 200, `{"p":{"q":{"at":1}}}`)}, b: drift.List{answer("x", 200, `{"p":{"q":{"at":2}}}`)}, rules: drift.Rules{Ignore: []string{"$.**.at"}}},
		{name: "names with dots", a: drift.List{answer("x", 200, `{"a.b":1}`)}, b: drift.List{answer("x", 200, `{"a.b":2}`)}, want: []string{`value $["a.b"]`}},
		{name: "a header that matters", a: drift.List{answer("x", 200, `1`)}, b: drift.List{{Key: drift.Key{Item: "x"}, Code: 200, Body: []byte("1"), Header: map[string][]string{"content-type": {"application/json"}}}},
			rules: drift.Rules{Headers: []string{"ETag"}}, want: []string{"header header etag"}},
		{name: "a request of one run only", a: drift.List{answer("x", 200, `1`), answer("y", 200, `1`)}, b: drift.List{answer("y", 200, `1`), answer("z", 200, `1`)}, want: []string{"absent request", "absent request"}},
		{name: "failed in one run", a: drift.List{answer("x", 200, `1`)}, b: drift.List{failed("x", "ECONNREFUSED")}, want: []string{"status status"}},
		{name: "failed in both runs alike", a: drift.List{failed("x", "ECONNREFUSED")}, b: drift.List{failed("x", "ECONNREFUSED")}, want: []string{"failed request"}},
		{name: "failed in both runs", a: drift.List{failed("x", "ECONNREFUSED")}, b: drift.List{failed("x", "ENOTFOUND")}, want: []string{"failed request"}},
		{name: "no answer and no error", a: drift.List{failed("x", "")}, b: drift.List{failed("x", "")}, want: []string{"failed request"}},
		{name: "an answer of which nothing is known", a: drift.List{{Key: drift.Key{Item: "x"}, Unknown: true}}, b: drift.List{answer("x", 200, `1`)}},
		{name: "a body that is not known", a: drift.List{{Key: drift.Key{Item: "x"}, Code: 200, NoBody: true}}, b: drift.List{answer("x", 201, `1`)}, want: []string{"status status"}},
		{name: "texts", a: drift.List{answer("x", 200, `<a>`)}, b: drift.List{answer("x", 200, `<b>`)}, want: []string{"text body"}},
	} {
		var got []string
		for _, f := range compare(t, c.a, c.b, c.rules) {
			got = append(got, string(f.Kind)+" "+f.Path)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestLearn: what differs between two runs of one tenant is no drift between
// two tenants.
func TestLearn(t *testing.T) {
	t.Parallel()
	first := drift.List{answer("x", 200, `{"items":[{"id":1,"at":"t1"},{"id":2,"at":"t1"}]}`)}
	again := drift.List{answer("x", 200, `{"items":[{"id":1,"at":"t2"},{"id":2,"at":"t2"}]}`)}
	ignore, err := drift.Learn(first, again, drift.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"$.items.*.at"}, ignore); diff != "" {
		t.Errorf("learned (-want +got):\n%s", diff)
	}
	other := drift.List{answer("x", 200, `{"items":[{"id":1,"at":"t3"},{"id":9,"at":"t3"}]}`)}
	got := compare(t, first, other, drift.Rules{Ignore: ignore})
	want := []drift.Finding{{Item: "x", Path: "$.items[1].id", Kind: drift.Value, A: "2", B: "9"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("found (-want +got):\n%s", diff)
	}
}

// TestLearnLength: a list that grows is learned as such; what its elements
// look like still counts.
func TestLearnLength(t *testing.T) {
	t.Parallel()
	first := drift.List{answer("x", 200, `{"items":[{"n":1}]}`)}
	again := drift.List{answer("x", 200, `{"items":[{"n":1},{"n":2}]}`)}
	ignore, err := drift.Learn(first, again, drift.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	other := drift.List{answer("x", 200, `{"items":[{"n":"1"},{"n":2},{"n":3}]}`)}
	got := compare(t, first, other, drift.Rules{Ignore: ignore})
	want := []drift.Finding{{Item: "x", Path: "$.items[0].n", Kind: drift.Type, A: "1", B: `"1"`}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("found (-want +got):\n%s", diff)
	}
}
