package plain

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/runner/script"
)

// A script that fails is left to the machine at once, after a few times, and is
// carried out again when it passes.
func TestScriptThatFails(t *testing.T) {
	s := Compile(`pm.test("a", () => pm.response.to.have.status(200))`)
	run := func(code int) bool {
		_, ok := s.Run(Facts{Context: &script.Context{Response: &script.Response{Code: code, Status: "some"}}})
		return ok
	}
	for range 150 {
		if run(500) {
			t.Fatal("a test passes that fails")
		}
	}
	if run(200) {
		t.Error("it was tried, after it failed so often")
	}
	for range retry {
		if run(200) {
			break
		}
	}
	if !run(200) {
		t.Error("it is not carried out any more")
	}
}

// FuzzCompile reads whatever there is, and carries out what is plain.
func FuzzCompile(f *testing.F) {
	for _, source := range []string{
		`pm.test("a", () => { pm.response.to.have.status(200) })`, "const a = `b${1}`; pm.environment.set('a', a)",
		`if (pm.response.json().a[0] === -1.5) { pm.globals.unset("\"") } else {}`, `pm.expect({ a: [1, null] }).to.not.deep.equal('x')`,
	} {
		f.Add(source, `{"a":[1]}`)
	}
	f.Fuzz(func(_ *testing.T, source, body string) {
		if s := Compile(source); s != nil {
			s.Run(Facts{Context: &script.Context{Response: &script.Response{Code: 200, Status: "OK"}}, Text: func() string { return body }})
		}
	})
}

// FuzzParsed reads JSON as Go's own package does.
func FuzzParsed(f *testing.F) {
	for _, source := range []string{`{"a":[1,-2.5e3,null,true,false,"x\n\u00e9"],"b":{}}`, ` [ ] `, `"\ud800"`, `{"a":1,"a":2}`, `1e999`, `{`} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		r := &run{}
		got := r.parsed(source)
		if r.stuck {
			return
		}
		var want any
		if err := json.Unmarshal([]byte(source), &want); err != nil {
			t.Fatalf("%q is no JSON: %v", source, err)
		}
		if diff := cmp.Diff(want, goValue(got)); diff != "" {
			t.Errorf("%q: %s", source, diff)
		}
	})
}

// goValue is a value as encoding/json has it.
func goValue(v value) any {
	switch v.kind {
	case boolean:
		return v.isTrue()
	case number:
		return v.number
	case text:
		return v.text
	case array:
		list := []any{}
		for _, element := range v.list {
			list = append(list, goValue(element))
		}
		return list
	case object:
		members := map[string]any{}
		for i, key := range v.keys {
			members[key] = goValue(v.list[i])
		}
		return members
	}
	return nil
}
