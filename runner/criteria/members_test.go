package criteria

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"postie/runner/script"
)

// members are documents, each with what is left of it.
var members = []struct{ in, want string }{
	{`{"a":1}`, `{"a":1}`},
	{`{"a":1,"a":2}`, `{"a":2}`},
	{`{"a":1,"b":2,"a":3,"c":4,"a":5}`, `{"b":2,"c":4,"a":5}`},
	{`{"a":{"b":1,"b":2},"a":[{"b":1,"b":2}]}`, `{"a":[{"b":2}]}`},
	{`[{"a":1},{"a":2,"\u0061":3}, "a", "a"]`, `[{"a":1},{"\u0061":3}, "a", "a"]`},
	{`{"a":"}\",\"a\":{","a":"x"}`, `{"a":"x"}`},
	{` { "a" : [ ] , "a" : { } } `, ` { "a" : { } } `},
	{`{"":1,"":2}`, `{"":2}`},
	{`"a"`, `"a"`}, {`1`, `1`}, {`[]`, `[]`},
}

func TestLastMembers(t *testing.T) {
	t.Parallel()
	for _, tt := range members {
		if got := lastMembers(tt.in); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.in, got, tt.want)
		}
	}
}

// What is left of a document means what it meant, and has no name twice.
func FuzzLastMembers(f *testing.F) {
	for _, tt := range members {
		f.Add([]byte(tt.in))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		if !json.Valid(src) {
			t.Skip()
		}
		left := lastMembers(string(src))
		var want, got any
		if err := json.Unmarshal(src, &want); err != nil {
			t.Skip()
		}
		if err := json.Unmarshal([]byte(left), &got); err != nil || !reflect.DeepEqual(want, got) {
			t.Errorf("%q: %q (%v)", src, left, err)
		}
		if again := lastMembers(left); again != left {
			t.Errorf("%q: %q, then %q", src, left, again)
		}
	})
}

// An answer made to be deep is no JSON here: nothing follows it down.
func TestDeepAnswers(t *testing.T) {
	t.Parallel()
	for _, body := range []string{strings.Repeat("[", 20<<20), strings.Repeat(`{"a":`, 1<<20) + "1" + strings.Repeat("}", 1<<20)} {
		if _, ok := jsonBody(&script.Response{Body: []byte(body)}); ok {
			t.Errorf("%s… is JSON", body[:20])
		}
	}
	deep := strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)
	if got, ok := jsonBody(&script.Response{Body: []byte(deep)}); !ok || got.Get("a").Raw != deep[len(`{"a":`):len(deep)-1] {
		t.Error("a body of 5,000 levels is no JSON")
	}
}

// A body is read once: twice as many levels or members cost twice as much.
func BenchmarkLastMembers(b *testing.B) {
	for _, n := range []int{2000, 4000, 8000} {
		deep := strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n)
		var wide bytes.Buffer
		for i := range n {
			fmt.Fprintf(&wide, `,"name%d":[%d]`, i, i)
		}
		wide.Bytes()[0] = '{'
		wide.WriteByte('}')
		for name, src := range map[string]string{"deep": deep, "wide": wide.String()} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					lastMembers(src)
				}
			})
		}
	}
}
