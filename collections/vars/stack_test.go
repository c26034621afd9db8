package vars_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postie/collections/vars"
)

func scope(pairs ...any) *vars.Scope {
	s := vars.NewScope("")
	for i := 0; i < len(pairs); i += 2 {
		s.Add(vars.Variable{Key: pairs[i].(string), Value: pairs[i+1]})
	}
	return s
}

func TestExpand(t *testing.T) {
	t.Parallel()
	s := &vars.Stack{
		Local: scope("who", "local"),
		Data:  scope("who", "data", "row", "r", "nul", nil),
		Environment: scope("who", "env", "a", "1", "name", "a", "v1", "one", " x ", "spaced", "", "empty name",
			"n", 1.5, "big", 1e21, "t", true, "z", nil, "u", vars.Undefined{}, "o", json.RawMessage(`{"a":1}`),
			"l", json.RawMessage(`[1,[2,null],{"a":1}]`), "nul", "hidden", "self", "{{self}}", "deep", "{{who}}/{{a}}",
			"a.b:c/d?e", "odd", "ünï", "ok", "two", "{{two}}{{two}}"),
		Collection: scope("who", "collection", "c", "C"),
		Globals:    scope("who", "globals", "g", "G", "$guid", "mine"),
		Dynamic:    vars.NewDynamic(rand.New(rand.NewPCG(1, 1)), time.Now),
	}
	for _, tt := range []struct{ in, want string }{
		{"{{who}} {{row}} {{a}} {{c}} {{g}}", "local r 1 C G"},
		{"{{{{name}}}}", "1"},
		{"{{v{{a}}}}", "one"},
		{"{{deep}}", "local/1"},
		{"{{{a}}}", "{1}"},
		{"{{ x }}{{x}}", "spaced{{x}}"},
		{"{{ a }}", "{{ a }}"},
		{"{{}}", "empty name"},
		{"{{n}} {{big}} {{t}} {{z}} [{{u}}] {{o}} {{l}}", "1.5 1e+21 true null [] [object Object] 1,2,,[object Object]"},
		{"{{nul}}", "{{nul}}"},
		{"{{self}}", "{{self}}"},
		{"{{A}} {{nope}} {{toString}} {{__proto__}}", "{{A}} {{nope}} {{toString}} {{__proto__}}"},
		{"{{a.b:c/d?e}} {{ünï}}", "odd ok"},
		{"{{$guid}}", "mine"},
		{"{{$nope}}", "{{$nope}}"},
		{"<<a>> <<nope>> {{<<name>>}}", "1 <<nope>> 1"},
		{"{{a}", "{{a}"},
		{"plain", "plain"},
	} {
		if got := s.Expand(tt.in); got != tt.want {
			t.Errorf("Expand(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
	if got := len(s.Expand("{{two}}")); got > 64<<20+100 {
		t.Errorf("a variable that names itself twice grows to %d bytes", got)
	}
	if a, b := s.Expand("{{$randomUUID}}"), s.Expand("{{$randomUUID}}"); a == b || len(a) != 36 {
		t.Errorf("dynamic values %q and %q", a, b)
	}
}

func TestUnresolved(t *testing.T) {
	t.Parallel()
	s := &vars.Stack{Environment: scope("a", "1"), Dynamic: vars.NewDynamic(nil, nil)}
	got := s.Unresolved("{{a}} {{b}} {{$guid}} {{$nope}} <<c>> {{b}}")
	if diff := cmp.Diff([]string{"b", "$nope"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestScope(t *testing.T) {
	t.Parallel()
	s := vars.NewScope("E",
		vars.Variable{Key: "a", Value: "first"},
		vars.Variable{Key: "a", Value: "last"},
		vars.Variable{Key: "a", Value: "off", Disabled: true},
		vars.Variable{Key: "n", Value: "7", Type: "number"},
		vars.Variable{Key: "b", Value: "false", Type: "boolean"},
		vars.Variable{Key: "s", Value: 5.0, Type: "string"},
		vars.Variable{Key: "l", Value: "[1]", Type: "array"},
		vars.Variable{Key: "bad", Value: "x", Type: "object"})
	check := func(key string, want vars.Value) {
		t.Helper()
		if got, _ := s.Get(key); !cmp.Equal(got, want) {
			t.Errorf("%s is %#v, want %#v", key, got, want)
		}
	}
	check("a", "last")
	check("n", 7.0)
	check("b", true)
	check("s", "5")
	check("l", json.RawMessage("[1]"))
	check("bad", vars.Undefined{})
	s.Set("a", "new")
	s.Set("fresh", true)
	check("a", "new")
	check("fresh", true)
	s.Unset("a")
	if _, ok := s.Get("a"); ok || s.Len() != 7 {
		t.Errorf("after Unset: a is there %v, %d variables", ok, s.Len())
	}
}

func FuzzExpand(f *testing.F) {
	for _, s := range []string{"{{a}}", "{{{{b}}}}", "<<a>>{{<<b>>}}", "{{{a}}}", "{{self}}", "{{$randomInt}}", "{{a{{b}}", "<<{{a>>}}"} {
		f.Add(s, "{{b}}")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		s := &vars.Stack{Environment: scope("a", value, "b", "a", "self", "{{self}}"), Dynamic: vars.NewDynamic(nil, nil)}
		out := s.Expand(text)
		if !strings.Contains(text, "{{") && !strings.Contains(text, "<<") && out != text {
			t.Fatalf("no template in %q, yet it became %q", text, out)
		}
		for _, name := range s.Unresolved(text) {
			if _, ok := s.Get(name); ok {
				t.Fatalf("%q is defined and reported as unresolved", name)
			}
		}
		plain := &vars.Stack{}
		if got := plain.Expand(text); got != text {
			t.Fatalf("nothing is defined, yet %q became %q", text, got)
		}
	})
}

func BenchmarkExpand(b *testing.B) {
	s := &vars.Stack{Environment: scope("host", "api.example.com", "token", "abc", "id", "{{token}}-1")}
	b.ReportAllocs()
	for b.Loop() {
		s.Expand("https://{{host}}/v1/items/{{id}}?x={{missing}}&token={{token}}")
	}
}
