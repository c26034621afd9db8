package collections

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"
)

// Requests as newman's JSON report prints them: members that say nothing are
// there all the same.
func TestRequestsAsReported(t *testing.T) {
	t.Parallel()
	form := func(mode, params string) string { return `{"mode":"` + mode + `","` + mode + `":[` + params + `]}` }
	const empty, none = `"description":{"content":"","type":"text/plain"},`, `"description":{"type":"text/plain"},`
	for in, want := range map[string]string{
		form("formdata", `{"key":"a","value":"1","type":"text","description":""}`):                           form("formdata", `{`+empty+`"key":"a","value":"1","type":"text"}`),
		form("formdata", `{"key":"a","value":"1","description":null}`):                                       form("formdata", `{`+none+`"key":"a","value":"1"}`),
		form("formdata", `{"key":"a","value":"1","description":{"content":"c","type":"text/markdown"}}`):     form("formdata", `{"description":{"content":"c","type":"text/markdown"},"key":"a","value":"1"}`),
		form("formdata", `{"key":"c","value":null,"type":"text"},{"key":"d","type":"text"}`):                 form("formdata", `{"key":"c","value":"","type":"text"},{"key":"d","value":"","type":"text"}`),
		form("formdata", `{"key":null,"value":"x"},{"value":"y"},{"key":5,"value":[1]}`):                     form("formdata", `{"key":"","value":"x"},{"key":"","value":"y"},{"key":5,"value":[1]}`),
		form("formdata", `{"key":"a","value":"1","disabled":false},{"key":"b","value":"2","disabled":true}`): form("formdata", `{"disabled":false,"key":"a","value":"1"},{"disabled":true,"key":"b","value":"2"}`),
		form("formdata", `{"key":"a","value":"1","fileName":"x","contentType":"a/b"}`):                       form("formdata", `{"key":"a","value":"1","contentType":"a/b","fileName":"x"}`),
		form("formdata", `{"key":"a","value":"1","fileName":5}`):                                             form("formdata", `{"key":"a","value":"1","fileName":5}`),
		`{"mode":"file"}`: `{"mode":"file"}`,
		form("formdata", `{"key":"a","value":"1","fileName":"","contentType":""}`):                                            form("formdata", `{"key":"a","value":"1","contentType":"","fileName":""}`),
		form("formdata", `{"id":"i","name":"n","uuid":"u","key":"a","value":"1"}`):                                            form("formdata", `{"id":"i","name":"n","key":"a","value":"1"}`),
		form("formdata", `{"key":"f","type":"file","src":null},{"key":"g","type":"file","src":""}`):                           form("formdata", `{"key":"f","type":"file","src":null},{"key":"g","type":"file","src":""}`),
		form("formdata", `{"key":"f","type":"file","src":[]},{"key":"g","type":"file","src":["a"]}`):                          form("formdata", `{"key":"f","type":"file","src":[]},{"key":"g","type":"file","src":["a"]}`),
		form("formdata", `{"key":"f","type":"file","src":"a","value":null},{"key":"g","type":"text","value":"x","src":null}`): form("formdata", `{"key":"f","type":"file","src":"a"},{"key":"g","value":"x","type":"text","src":null}`),
		form("urlencoded", `{"key":null,"value":null},{"value":"y"},{"key":"d"}`):                                             form("urlencoded", `{"key":null,"value":null},{"value":"y"},{"key":"d"}`),
		form("urlencoded", `{"key":"a","value":"1","type":"text","fileName":"x","system":true}`):                              form("urlencoded", `{"key":"a","value":"1","system":true}`),
		`{"mode":"urlencoded"}`:                             `{"mode":"urlencoded","urlencoded":[]}`,
		`{"mode":"file","file":{"src":null}}`:               `{"mode":"file","file":{"src":null}}`,
		`{"mode":"file","file":{"src":"a","content":null}}`: `{"mode":"file","file":{"src":"a","content":null}}`,
		`{"mode":"file","file":null}`:                       `{"mode":"file","file":null}`,
		`{"mode":"file","file":"a"}`:                        `{"mode":"file","file":{"src":"a"}}`,
		`{"mode":"raw"}`:                                    `{"mode":"raw","raw":""}`,
		`{"mode":"raw","raw":null,"disabled":false}`:        `{"mode":"raw","raw":"","disabled":false}`,
		`{"mode":"raw","raw":5}`:                            `{"mode":"raw","raw":5}`,
		`{"mode":"raw","raw":{"a":1},"disabled":true}`:      `{"mode":"raw","raw":{"a":1},"disabled":true}`,
		`{"mode":"graphql","graphql":null}`:                 `{"mode":"graphql","graphql":{}}`,
		`null`:                                              `{}`,
		`{}`:                                                `{}`,
	} {
		r, err := ParseRequest([]byte(`{"method":"POST","url":"h","body":` + in + `}`))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, gjson.GetBytes(r.JSON(), "body").Raw); diff != "" {
			t.Errorf("%s (-want +got):\n%s", in, diff)
		}
	}
}

// What else a request may hold that says little.
func TestMembersAsReported(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`"auth":[]`:                `"auth":{}`,
		`"auth":{}`:                `"auth":{}`,
		`"auth":null`:              ``,
		`"auth":{"type":"noauth"}`: `"auth":{"type":"noauth","noauth":[]}`,
		`"auth":{"type":"basic","basic":[{"key":"username","value":"u","disabled":true}]}`: `"auth":{"type":"basic","basic":[{"disabled":true,"type":"any","value":"u","key":"username"}]}`,
		`"header":[{"key":"A","value":null},{"key":"B"},null]`:                             `"header":[{"key":"A","value":null},{"key":"B","value":""}]`,
		`"header":[{"key":"A","value":"1","description":""}]`:                              `"header":[{"description":{"content":"","type":"text/plain"},"key":"A","value":"1"}]`,
		`"description":null`: `"description":{"type":"text/plain"}`,
		`"certificate":null`: `"certificate":null`,
		`"certificate":{"id":"i","name":"c","matches":["https://x/*"],"key":{"src":"k"},"passphrase":"p"}`: `"certificate":{"id":"i","name":"c","matches":[{"pattern":"https://x/*"}],"key":{"src":"k"},"cert":{},"pfx":{},"passphrase":"p"}`,
		`"proxy":{"id":"i","disabled":true,"host":"x"}`:                                                    `"proxy":{"id":"i","disabled":true,"host":"x","match":{"pattern":"http+https://*:*/*"},"port":8080,"tunnel":false,"authenticate":false}`,
		`"url":"h/:a/:b.json/:a/:"`:           `"url":{"path":[":a",":b.json",":a",":"],"host":["h"],"query":[],"variable":[{"type":"any","key":"a"},{"type":"any","key":"b"}]}`,
		`"url":{"raw":"h/:a"}`:                `"url":{"path":[":a"],"host":["h"],"query":[],"variable":[{"type":"any","key":"a"}]}`,
		`"url":{"host":["h"],"path":[":a"]}`:  `"url":{"path":[":a"],"host":["h"],"query":[],"variable":[]}`,
		`"url":"http://http://127.0.0.1/get"`: `"url":{"protocol":"http","port":"","path":["","127.0.0.1","get"],"host":["http"],"query":[],"variable":[]}`,
	} {
		r, err := ParseRequest([]byte(`{` + in + `}`))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		name := in[1 : 1+len(gjson.Parse("{"+in+"}").Get("@keys.0").Str)]
		if v := gjson.GetBytes(r.JSON(), name); v.Exists() {
			got = `"` + name + `":` + v.Raw
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", in, diff)
		}
	}
}
