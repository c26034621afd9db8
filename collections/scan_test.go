package collections

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"
)

// Members and elements are those that gjson finds. A text that is no JSON, of
// which a script may make an object, gives some or none.
func FuzzScan(f *testing.F) {
	for _, text := range []string{
		`{}`, `[]`, ` [ 1 , -2.5e3 , true , null , "x\\\"y,{}[]:" , {"a":[{}]} ] `, `{"a":1,"\u0061":"\u00e9","b" : [ ] , "c":{"}":"{"}}`,
		`[[[]],[{}]]`, `"text"`, `{"a"`, `[1,`, `[,]`, `{"a":"\`, `[}`, `{1:2}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		doc := gjson.Parse(text)
		var got, want []string
		var at []int
		for v := range elements(doc) {
			got, at = append(got, v.Raw), append(at, v.Index)
		}
		for _, m := range objectOf(doc) {
			got, at = append(got, m.key, m.raw, m.value.Raw), append(at, m.value.Index)
		}
		if !gjson.Valid(text) {
			return
		}
		var wantAt []int
		if doc.IsArray() || doc.IsObject() {
			doc.ForEach(func(k, v gjson.Result) bool {
				if doc.IsObject() {
					want = append(want, k.Str, k.Raw)
				}
				want, wantAt = append(want, v.Raw), append(wantAt, v.Index)
				return true
			})
		}
		if diff := cmp.Diff(want, got) + cmp.Diff(wantAt, at); diff != "" {
			t.Errorf("%q (-gjson +ours)\n%s", text, diff)
		}
	})
}
