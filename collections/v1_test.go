package collections

import "testing"

// The body of a v1 request is what Postman's own converter makes of it, also where
// it does not say of what kind it is.
func TestBodiesOfV1(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, body, want string }{
		{"raw", `"dataMode":"raw","rawModeData":"x"`, "raw x"},
		{"raw in an array", `"dataMode":"raw","rawModeData":["x"]`, "raw x"},
		{"raw under data", `"dataMode":"raw","data":"x"`, "raw x"},
		{"raw beside an empty form", `"dataMode":"raw","data":[],"rawModeData":"x"`, "raw x"},
		{"nothing raw", `"dataMode":"raw","data":[]`, "raw "},
		{"a form", `"dataMode":"urlencoded","data":[{"key":"a","value":"1"}]`, "urlencoded a=1"},
		{"a form under rawModeData", `"dataMode":"params","rawModeData":[{"key":"a","value":"1"}]`, "formdata a=1"},
		{"no kind, a form", `"data":[{"key":"a","value":"1"}]`, "formdata a=1"},
		{"no kind, a text", `"rawModeData":"x","data":[]`, "raw x"},
		{"no kind, a text under data", `"data":"x"`, "raw x"},
		{"no kind, GraphQL", `"graphqlModeData":{"query":"{a}"}`, "graphql "},
		{"no kind, nothing", `"data":[],"rawModeData":""`, ""},
		{"no body", `"dataMode":null,"rawModeData":"x"`, ""},
	} {
		col, err := Parse("c.json", []byte(`{"id":"c","name":"C","order":["r"],"requests":[{"id":"r","name":"R","method":"POST","url":"http://h/",`+c.body+`}]}`))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if b := col.Root().Children()[0].Request().Body; b != nil && b.Mode != "" {
			got = b.Mode + " "
			if b.Raw != nil {
				got += *b.Raw
			}
			for _, p := range append(b.URLEncoded, b.FormData...) {
				got += p.Key + "=" + p.Value.(string)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
