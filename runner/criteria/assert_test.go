package criteria

import (
	"testing"
	"time"

	"postie/runner/event"
	"postie/runner/script"
)

func TestAsserts(t *testing.T) {
	t.Parallel()
	r := &script.Response{Code: 200, Status: "OK", Time: 12 * time.Millisecond,
		Header: []event.Field{{Name: "ETag", Value: `"1"`}, {Name: "X-N", Value: "5"}},
		Body:   []byte(`{"items":[{"id":3},{"id":4}],"name":"ann","big":12345678901234567891,"none":null,"twice":1,"twice":2,"deep":{"a":[1,{"b":2}]}}`)}
	for text, want := range map[string]bool{
		"status == 200":                      true,
		"status != 200":                      false,
		"status < 300":                       true,
		"status >= 200":                      true,
		"reason == OK":                       true,
		"time < 500":                         true,
		"time > 500":                         false,
		"size > 10":                          true,
		"header.etag exists":                 true,
		"header.x-n == 5":                    false, // a header is a text
		`header.x-n == "5"`:                  true,
		"header.nope missing":                true,
		"body.items.#.id has 3":              true,
		"body.items.#.id has 5":              false,
		"body.items.#(id==4).id == 4":        true,
		"body.items.# == 2":                  true,
		"body.name == ann":                   true,
		"body.name == 'ann'":                 true,
		"body.name matches ^a.n$":            true,
		"body.name contains n":               true,
		"body.nope == 1":                     false,
		"body.nope != 1":                     false,
		"header.nope != a":                   false,
		"body.none != 1":                     true,
		"body.name != bob":                   true,
		"body.none exists":                   true,
		"body.none == null":                  true,
		"body.big == 12345678901234567891":   true,
		"body.big == 12345678901234567890":   false,
		`body.deep == {"a":[1, {"b": 2.0}]}`: true,
		`body.deep == {"a":[1,{"b":3}]}`:     false,
		"body.deep has a":                    true,
		"body.big > 12345678901234567890":    true,
		"body.big <= 12345678901234567890":   false,
		"status == 2xx":                      true,
		"status != 2XX":                      false,
		"status == 4xx":                      false,
		"body.twice == 2":                    true, // the last, as scripts see it
		"body.deep.a.1 == {\"b\":2}":         true,
		"text contains \"items\"":            true,
	} {
		a, err := ParseAssert(text)
		if err != nil {
			t.Error(err)
			continue
		}
		if got, value := a.holds(r); got != want {
			t.Errorf("%s: %v (%s)", text, got, value.Raw)
		}
	}
	for _, bad := range []string{"", "status", "status ==", "nope == 1", "body.a exists 1", "body.a matches (", "status.foo == 200", "time.ms < 5", "text.a exists", "header == 1", "status == 9xx"} {
		if _, err := ParseAssert(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	for _, bad := range []string{"", "a", "=body", "a=nope.x", "a=status.x"} {
		if _, err := ParseExtract(bad); err == nil {
			t.Errorf("--extract %q is taken", bad)
		}
	}
}

// A list that was gathered from nothing is nothing, a list that was answered
// is one.
func TestGatheredLists(t *testing.T) {
	t.Parallel()
	r := &script.Response{Body: []byte(`{"none":[],"items":[{"id":3,"tags":[]},{"id":4}],"a.b":[],"#":[]}`)}
	for path, want := range map[string]bool{
		"body.none":                    true,
		"body.items.#.id":              true,
		"body.items.#":                 true,
		"body.none.#":                  true, // their number
		"body.items.#(id==3).tags":     true,
		"body.items.#(id==3)#":         true,
		"body.items.#(id==3)#.id":      true,
		"body.items.#.name":            false,
		"body.none.#.id":               false,
		"body.items.#(id==5)":          false,
		"body.items.#(id==5)#":         false,
		"body.items.#(id==5)#.id":      false,
		`body.items.#(id=="a.#.b")#`:   false,
		`body.a\.b`:                    true,
		"body.items.#(tags.#>=0).tags": true,
	} {
		for _, op := range []string{"exists", "missing"} {
			a, err := ParseAssert(path + " " + op)
			if err != nil {
				t.Fatal(err)
			}
			if got, value := a.holds(r); got != (want == (op == "exists")) {
				t.Errorf("%s: %v (%s)", a, got, value.Raw)
			}
		}
	}
}

// Of a body that is no JSON no member is missing either: it may be the page of
// a proxy. A byte order mark before it does not count, as in scripts.
func TestBodiesThatAreNoJSON(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]map[string]bool{
		"<html>":                 {"body.error missing": false, "body.error exists": false, "body missing": true, "body.error != 1": false},
		"":                       {"body.error missing": false, "body missing": true},
		`{"ok":1`:                {"body.error missing": false, "body.ok exists": false},
		"\ufeff{\"ok\":1}":       {"body.error missing": true, "body.ok == 1": true, "body exists": true},
		"\ufeff\ufeff{\"ok\":1}": {"body.error missing": false, "body.ok exists": false},
	} {
		for text, want := range want {
			a, err := ParseAssert(text)
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := a.holds(&script.Response{Body: []byte(body)}); got != want {
				t.Errorf("%s of %q: %v", text, body, got)
			}
		}
	}
}
