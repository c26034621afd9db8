package codegen

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"postie/collections"
)

// nasty are texts that quoting gets wrong.
var nasty = []string{
	"plain", "it's", `say "hi"`, `back\slash\`, "$HOME $(id) `id`", "#{1+1} ${x}", "%s %d %%", "a&b=c;d|e>f<g", "é – 漢字 😀",
	"  two  spaces  ", "-n --help", "@/etc/hostname", "=x:=y", "!history", "*?[a]~", "‘curly’ “quotes”", "// # -- /* */", "?>",
	"a\tb", "{\"json\": [1, \"x\"]}", "'", `"`, `\`, "\\'\"", "\u2028line", "{}", "x}}", "{{",
}

// A shape is a request, and what must arrive of it first. A run sends the same,
// and goes on after redirects as the programs must.
type shape struct {
	name     string
	request  string // JSON; URL stands for the server, AWAY for the same under another name
	auth     string
	behavior string // protocolProfileBehavior
	method   string
	uri      string
	header   map[string]string
	body     string
	form     map[string][]string
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// shapes are plain requests, then every nasty text in every place.
func shapes() []shape {
	list := []shape{
		{name: "get", request: `"URL/a/b?x=1&y=&z"`, method: "GET", uri: "/a/b?x=1&y=&z"},
		{name: "get with a body Postman does not send", request: `{"url":"URL/","body":{"mode":"raw","raw":"x"}}`, method: "GET", uri: "/"},
		{name: "no path", request: `"URL"`, method: "GET", uri: "/"},
		{name: "head", request: `{"method":"HEAD","url":"URL/h"}`, method: "HEAD", uri: "/h"},
		{name: "delete", request: `{"method":"DELETE","url":"URL/d"}`, method: "DELETE", uri: "/d"},
		{name: "options", request: `{"method":"OPTIONS","url":"URL/o"}`, method: "OPTIONS", uri: "/o"},
		{name: "custom method", request: `{"method":"PROPFIND","url":"URL/c"}`, method: "PROPFIND", uri: "/c"},
		{name: "empty post", request: `{"method":"POST","url":"URL/e"}`, method: "POST", uri: "/e"},
		{name: "json", request: `{"method":"PUT","url":"URL/j","body":{"mode":"raw","raw":"{\"a\":[1,{}]}","options":{"raw":{"language":"json"}}}}`, method: "PUT", uri: "/j", header: map[string]string{"Content-Type": "application/json"}, body: `{"a":[1,{}]}`},
		{name: "own content type", request: `{"method":"PATCH","url":"URL/t","header":[{"key":"content-type","value":"application/merge-patch+json"}],"body":{"mode":"raw","raw":"{}"}}`, method: "PATCH", uri: "/t", header: map[string]string{"Content-Type": "application/merge-patch+json"}, body: "{}"},
		{name: "text", request: `{"method":"POST","url":"URL/t","body":{"mode":"raw","raw":"a\nb\r\n"}}`, method: "POST", uri: "/t", header: map[string]string{"Content-Type": "text/plain"}, body: "a\nb\r\n"},
		{name: "xml", request: `{"method":"POST","url":"URL/x","body":{"mode":"raw","raw":"<a/>","options":{"raw":{"language":"xml"}}}}`, method: "POST", uri: "/x", header: map[string]string{"Content-Type": "application/xml"}, body: "<a/>"},
		{name: "graphql", request: `{"method":"POST","url":"URL/g","body":{"mode":"graphql","graphql":{"query":"{ a(b: \"c\") }","variables":"{\"d\": 1}"}}}`, method: "POST", uri: "/g", header: map[string]string{"Content-Type": "application/json"}, body: `{"query":"{ a(b: \"c\") }","variables":{"d": 1}}`},
		{name: "file", request: `{"method":"POST","url":"URL/f","body":{"mode":"file","file":{"src":"it's a file.txt"}}}`, method: "POST", uri: "/f", body: "file's content\n"},
		{name: "upload", request: `{"method":"POST","url":"URL/u","body":{"mode":"formdata","formdata":[{"key":"f","type":"file","src":"it's a file.txt"},{"key":"t","value":"v","type":"text"},{"key":"off","value":"x","disabled":true}]}}`, method: "POST", uri: "/u", form: map[string][]string{"f": {"file's content\n"}, "t": {"v"}}},
		{name: "duplicate form keys", request: `{"method":"POST","url":"URL/u","body":{"mode":"urlencoded","urlencoded":[{"key":"a","value":"1"},{"key":"a","value":"2"},{"key":"b"},{"key":"off","value":"x","disabled":true}]}}`, method: "POST", uri: "/u", form: map[string][]string{"a": {"1", "2"}, "b": {""}}},
		{name: "disabled parts", request: `{"url":{"raw":"","protocol":"http","host":["HOST"],"port":"PORT","path":["p"],"query":[{"key":"a","value":"1"},{"key":"off","value":"x","disabled":true}]},"header":[{"key":"X-On","value":"1"},{"key":"X-Off","value":"1","disabled":true}]}`, method: "GET", uri: "/p?a=1", header: map[string]string{"X-On": "1", "X-Off": ""}},
		{name: "path variables", request: `{"url":{"raw":"URL/p/:id","protocol":"http","host":["HOST"],"port":"PORT","path":["p",":id"],"variable":[{"key":"id","value":"a b"}]}}`, method: "GET", uri: "/p/a%20b"},
		{name: "fragment", request: `"URL/p#frag"`, method: "GET", uri: "/p"},
		{name: "user in the address", request: `"http://u:p@HOST:PORT/p"`, method: "GET", uri: "/p", header: map[string]string{"Authorization": "Basic dTpw"}},
		{name: "an escaped password in the address", request: `"http://u:p%40%3A%C3%A9@HOST:PORT/p"`, method: "GET", uri: "/p", header: map[string]string{"Authorization": "Basic dTpwQDrDqQ=="}},
		{name: "brackets in the path", request: `"URL/a[0]/{x}?b[]=1"`, method: "GET", uri: "/a[0]/%7Bx%7D?b[]=1"},
		{name: "Latin-1 in a header", request: `{"url":"URL/h","header":[{"key":"X-L","value":"it's \"$é\" #\\ %ü"},{"key":"X-W","value":"é{{word}}"}]}`, method: "GET", uri: "/h", header: map[string]string{"X-L": "it's \"$\xe9\" #\\ %\xfc", "X-W": "\xe9w"}},
		{name: "UTF-8 in a header beside a text", request: `{"method":"POST","url":"URL/h","header":[{"key":"X-L","value":"$éü"}],"body":{"mode":"raw","raw":"x"}}`, method: "POST", uri: "/h", header: map[string]string{"X-L": "$éü"}, body: "x"},
		{name: "a lone percent", request: `"URL/p?a=100%&b=%41"`, method: "GET", uri: "/p?a=100%&b=%41"},
		{name: "not ASCII", request: `"URL/é?ü=ö {x}"`, method: "GET", uri: "/%C3%A9?%C3%BC=%C3%B6%20{x}"},
		{name: "basic", request: `"URL/b"`, auth: `{"type":"basic","basic":[{"key":"username","value":"u"},{"key":"password","value":"p:w"}]}`, method: "GET", uri: "/b", header: map[string]string{"Authorization": "Basic dTpwOnc="}},
		{name: "basic with a parameter", request: `"URL/b"`, auth: `{"type":"basic","basic":[{"key":"username","value":"u"},{"key":"password","value":"{{secret}}"}]}`, method: "GET", uri: "/b", header: map[string]string{"Authorization": "Basic dTpzJ2VjIHJldA=="}},
		{name: "bearer with a parameter", request: `"URL/b"`, auth: `{"type":"bearer","bearer":[{"key":"token","value":"{{secret}}"}]}`, method: "GET", uri: "/b", header: map[string]string{"Authorization": "Bearer s'ec ret"}},
		{name: "api key in a header", request: `"URL/k"`, auth: `{"type":"apikey","apikey":[{"key":"key","value":"X-Key"},{"key":"value","value":"{{secret}}"}]}`, method: "GET", uri: "/k", header: map[string]string{"X-Key": "s'ec ret"}},
		{name: "api key in the query", request: `"URL/k?a=1"`, auth: `{"type":"apikey","apikey":[{"key":"key","value":"k"},{"key":"value","value":"v&w"},{"key":"in","value":"query"}]}`, method: "GET", uri: "/k?a=1&k=v%26w"},
		{name: "an api key in place of others", request: `"URL/k?k=1&a=1&k=2"`, auth: `{"type":"apikey","apikey":[{"key":"key","value":"k"},{"key":"value","value":"a&b="},{"key":"in","value":"query"}]}`, method: "GET", uri: "/k?a=1&k=a%26b="},
		{name: "an api key in place of a header", request: `{"url":"URL/k","header":[{"key":"x-key","value":"old"}]}`, auth: `{"type":"apikey","apikey":[{"key":"key","value":"X-Key"},{"key":"value","value":"new"}]}`, method: "GET", uri: "/k", header: map[string]string{"X-Key": "new"}},
		{name: "braces without a name", request: `{"method":"POST","url":"URL/b","body":{"mode":"raw","raw":"{{}} {{ {}}"}}`, method: "POST", uri: "/b", body: "{{}} {{ {}}"},
		{name: "oauth2", request: `"URL/o"`, auth: `{"type":"oauth2","oauth2":[{"key":"accessToken","value":"t"}]}`, method: "GET", uri: "/o", header: map[string]string{"Authorization": "Bearer t"}},
		{name: "noauth", request: `"URL/o"`, auth: `{"type":"noauth"}`, method: "GET", uri: "/o"},
		{name: "parameters everywhere", request: `{"method":"POST","url":"{{base}}/{{word}}?q={{word}}","header":[{"key":"X-{{word}}","value":"a{{word}}b"}],"body":{"mode":"raw","raw":"{\"v\": \"{{secret}}\", \"w\": \"{{word}}\"}"}}`, method: "POST", uri: "/w?q=w", header: map[string]string{"X-w": "awb"}, body: `{"v": "s'ec ret", "w": "w"}`},
		{name: "a form field without a name", request: `{"method":"POST","url":"URL/u","body":{"mode":"urlencoded","urlencoded":[{"key":"a","value":"1"},{"key":"","value":"no-name"}]}}`, method: "POST", uri: "/u", body: "a=1&=no-name"},
		{name: "parameters in a form", request: `{"method":"POST","url":"{{base}}/f","body":{"mode":"urlencoded","urlencoded":[{"key":"a","value":"{{secret}}&{{word}}"},{"key":"{{word}}","value":"x"}]}}`, method: "POST", uri: "/f", form: map[string][]string{"a": {"s'ec ret&w"}, "w": {"x"}}},
		{name: "parameters in parts", request: `{"method":"POST","url":"{{base}}/f","body":{"mode":"formdata","formdata":[{"key":"a","value":"{{secret}}","type":"text"}]}}`, method: "POST", uri: "/f", form: map[string][]string{"a": {"s'ec ret"}}},
		{name: "all in headers", request: `{"url":"URL/h","header":[` + nastyHeaders() + `]}`, method: "GET", uri: "/h", header: nastyHeaderMap()},
		{name: "ASCII in headers", request: `{"url":"URL/h","header":[{"key":"X-A","value":"it's \"$x\" \\ # %s"},{"key":"X-Empty","value":""}]}`, method: "GET", uri: "/h", header: map[string]string{"X-A": `it's "$x" \ # %s`, "X-Empty": ""}},
		{name: "all in a form", request: `{"method":"POST","url":"URL/h","body":{"mode":"urlencoded","urlencoded":[` + nastyPairs(false) + `]}}`, method: "POST", uri: "/h", form: nastyForm(false)},
		{name: "all in parts", request: `{"method":"POST","url":"URL/h","body":{"mode":"formdata","formdata":[` + nastyPairs(true) + `]}}`, method: "POST", uri: "/h", form: nastyForm(true)},
		{name: "all in a body", request: `{"method":"POST","url":"URL/h","body":{"mode":"raw","raw":` + quoted(strings.Join(nasty, "\n")) + `}}`, method: "POST", uri: "/h", body: strings.Join(nasty, "\n")},
	}
	list = append(list, runShapes()...)
	for i, s := range nasty {
		list = append(list,
			shape{name: fmt.Sprintf("body %d", i), request: `{"method":"POST","url":"URL/b","body":{"mode":"raw","raw":` + quoted(s) + `}}`, method: "POST", uri: "/b", body: s},
			shape{name: fmt.Sprintf("query %d", i), request: `{"url":{"raw":"","protocol":"http","host":["HOST"],"port":"PORT","path":["q"],"query":[{"key":"a","value":` + quoted(s) + `}]}}`, method: "GET"})
	}
	return list
}

const (
	jsonRaw  = `"options":{"raw":{"language":"json"}}`
	sendsGet = `{"disableBodyPruning":true}`
)

// runShapes are requests of which a run does not send what the document says.
func runShapes() []shape {
	large := strings.Repeat("0123456789 äöü'\\\n", 12000) // 228 KB
	list := []shape{
		{name: "comments", request: `{"method":"POST","url":"URL/c","body":{"mode":"raw","raw":"{\n \"a\": 1, // x {{word}}\n /* y */ \"u\": \"http://h/\"\n}",` + jsonRaw + `}}`, method: "POST", uri: "/c", body: "{\n \"a\": 1, \n  \"u\": \"http://h/\"\n}"},
		{name: "comments of a text that the header types", request: `{"method":"POST","url":"URL/c","header":[{"key":"Content-Type","value":"application/json"}],"body":{"mode":"raw","raw":"[/*x*/1]"}}`, method: "POST", uri: "/c", body: "[1]"},
		{name: "comments of XML stay", request: `{"method":"POST","url":"URL/c","body":{"mode":"raw","raw":"<a>//</a>","options":{"raw":{"language":"xml"}}}}`, method: "POST", uri: "/c", body: "<a>//</a>"},
		{name: "nothing but a comment", request: `{"method":"POST","url":"URL/c","body":{"mode":"raw","raw":"// x",` + jsonRaw + `}}`, method: "POST", uri: "/c"},
		{name: "the type of a part", request: `{"method":"POST","url":"URL/p","body":{"mode":"formdata","formdata":[{"key":"meta","type":"text","value":"{\"a\":1}","contentType":"application/json"},{"key":"t","type":"text","value":"x","contentType":"text/x; charset=utf-8"}]}}`, method: "POST", uri: "/p"},
		{name: "the types of files", request: `{"method":"POST","url":"URL/p","body":{"mode":"formdata","formdata":[{"key":"a","type":"file","src":"pic.png"},{"key":"b","type":"file","src":"data.json"},{"key":"c","type":"file","src":["pic.png","it's a file.txt"]},{"key":"d","type":"file","src":"pic.png","contentType":"image/x"}]}}`, method: "POST", uri: "/p"},
		{name: "names of files", request: `{"method":"POST","url":"URL/p","body":{"mode":"formdata","formdata":[{"key":"a","type":"file","src":"pic.png","fileName":"other.jpg"},{"key":"b","type":"text","value":"x","fileName":"b.csv"},{"key":"c","type":"file","src":"./sub/deep.txt"}]}}`, method: "POST", uri: "/p"},
		{name: "bytes in a part", request: `{"method":"POST","url":"URL/p","body":{"mode":"formdata","formdata":[{"key":"a","type":"file","value":"/wD+","fileName":"a.bin"}]}}`, method: "POST", uri: "/p"},
		{name: "no part", request: `{"method":"POST","url":"URL/p","body":{"mode":"formdata","formdata":[]}}`, method: "POST", uri: "/p"},
		{name: "the type of a file", request: `{"method":"POST","url":"URL/f","body":{"mode":"file","file":{"src":"pic.png"}}}`, method: "POST", uri: "/f", header: map[string]string{"Content-Type": "image/png"}, body: "PNG\xff\x00"},
		{name: "bytes", request: `{"method":"POST","url":"URL/f","body":{"mode":"file","file":{"content":"/wD+"}},"header":[{"key":"Content-Type","value":"a/b"}]}`, method: "POST", uri: "/f", body: "\xff\x00\xfe"},
		{name: "no type", request: `{"method":"POST","url":"URL/n","body":{"mode":"raw","raw":"x"}}`, behavior: `{"disabledSystemHeaders":{"content-type":true}}`, method: "POST", uri: "/n", body: "x"},
		{name: "GET with a body", request: `{"method":"GET","url":"URL/g","body":{"mode":"raw","raw":"{\"q\":1}",` + jsonRaw + `}}`, behavior: sendsGet, method: "GET", uri: "/g", body: `{"q":1}`},
		{name: "GET with a form", request: `{"method":"GET","url":"URL/g","body":{"mode":"urlencoded","urlencoded":[{"key":"a","value":"b c"}]}}`, behavior: sendsGet, method: "GET", uri: "/g", body: `a=b%20c`},
		{name: "GET with parts", request: `{"method":"GET","url":"URL/g","body":{"mode":"formdata","formdata":[{"key":"a","type":"text","value":"b"}]}}`, behavior: sendsGet, method: "GET", uri: "/g"},
		{name: "HEAD with a body", request: `{"method":"HEAD","url":"URL/g","body":{"mode":"raw","raw":"x"}}`, behavior: sendsGet, method: "HEAD", uri: "/g", body: "x"},
		{name: "DELETE with a body", request: `{"method":"DELETE","url":"URL/g","body":{"mode":"raw","raw":"x"}}`, method: "DELETE", uri: "/g", body: "x"},
		{name: "large text", request: `{"method":"POST","url":"URL/l","body":{"mode":"raw","raw":` + quoted(large) + `}}`, method: "POST", uri: "/l", body: large},
		{name: "large JSON with a parameter", request: `{"method":"PUT","url":"URL/l","body":{"mode":"raw","raw":` + quoted(`{"a": "`+strings.Repeat("x", 200000)+`", "b": "{{word}}"}`) + `,` + jsonRaw + `}}`, method: "PUT", uri: "/l", body: `{"a": "` + strings.Repeat("x", 200000) + `", "b": "w"}`},
		{name: "large form", request: `{"method":"POST","url":"URL/l","body":{"mode":"urlencoded","urlencoded":[{"key":"a","value":` + quoted(large) + `},{"key":"b","value":"{{word}}"}]}}`, method: "POST", uri: "/l"},
		{name: "large part", request: `{"method":"POST","url":"URL/l","body":{"mode":"formdata","formdata":[{"key":"a","type":"text","value":` + quoted(large) + `},{"key":"b","type":"text","value":"x"}]}}`, method: "POST", uri: "/l"},
		{name: "form keys in node's order", request: `{"method":"POST","url":"URL/u","body":{"mode":"urlencoded","urlencoded":[{"key":"a","value":"1"},{"key":"b","value":"2 3"},{"key":"a","value":"4"}]}}`, method: "POST", uri: "/u", body: "a=1&a=4&b=2%203"},
		{name: "spellings of a header", request: `{"url":"URL/h","header":[{"key":"X-a","value":"1"},{"key":"X-A","value":"2"},{"key":"X-A","value":"3"}]}`, method: "GET", uri: "/h"},
		{name: "zero byte", request: `{"method":"POST","url":"URL/z","body":{"mode":"raw","raw":"a\u0000b%s\\0"}}`, method: "POST", uri: "/z", body: "a\x00b%s\\0"},
		{name: "characters of a path", request: `"URL/a|b^c/{x}/it's?q='a'|b"`, method: "GET", uri: "/a|b^c/%7Bx%7D/it's?q=%27a%27|b"},
		{name: "an address as it is", request: `"URL/a{b}?q='a'"`, behavior: `{"disableUrlEncoding":true}`, method: "GET", uri: "/a{b}?q='a'"},
		{name: "redirects not followed", request: `{"method":"GET","url":"URL/to/302"}`, behavior: `{"followRedirects":false}`, method: "GET", uri: "/to/302"},
		{name: "redirects not followed, POST", request: `{"method":"POST","url":"URL/to/307","body":{"mode":"raw","raw":"x"}}`, behavior: `{"followRedirects":false}`, method: "POST", uri: "/to/307", body: "x"},
		{name: "the method stays", request: `{"method":"POST","url":"URL/to/302","body":{"mode":"raw","raw":"x"}}`, behavior: `{"followOriginalHttpMethod":true}`, method: "POST", uri: "/to/302", body: "x"},
		{name: "credentials stay", request: `{"method":"GET","url":"URL/away/302","header":[{"key":"Authorization","value":"A b"},{"key":"Cookie","value":"c=d"},{"key":"X-Plain","value":"e"}]}`, method: "GET", uri: "/away/302"},
		{name: "a secret header stays", request: `{"method":"GET","url":"URL/away/302","header":[{"key":"X-Key","value":"{{secret}}"},{"key":"X-Plain","value":"e"}]}`, method: "GET", uri: "/away/302"},
		{name: "an API key stays", request: `"URL/away/307"`, auth: `{"type":"apikey","apikey":[{"key":"key","value":"X-Key"},{"key":"value","value":"v"}]}`, method: "GET", uri: "/away/307"},
		{name: "a secret header goes on to the same server", request: `{"method":"PUT","url":"URL/to/308","header":[{"key":"X-Key","value":"{{secret}}"}],"body":{"mode":"raw","raw":"x"}}`, method: "PUT", uri: "/to/308", body: "x"},
		{name: "a body and a secret stay", request: `{"method":"PUT","url":"URL/away/307","header":[{"key":"X-Key","value":"{{secret}}"}],"body":{"mode":"raw","raw":"x"}}`, method: "PUT", uri: "/away/307", body: "x"},
		{name: "credentials go along", request: `{"method":"GET","url":"URL/away/302","header":[{"key":"Authorization","value":"A b"}]}`, behavior: `{"followAuthorizationHeader":true}`, method: "GET", uri: "/away/302"},
		{name: "several redirects", request: `{"method":"POST","url":"URL/to/307/302/301","body":{"mode":"raw","raw":"x"}}`, method: "POST", uri: "/to/307/302/301", body: "x"},
		{name: "too many redirects", request: `"URL/to/302/302/302"`, behavior: `{"maxRedirects":2}`, method: "GET", uri: "/to/302/302/302"},
		{name: "a file after a redirect", request: `{"method":"POST","url":"URL/to/307","body":{"mode":"file","file":{"src":"pic.png"}}}`, method: "POST", uri: "/to/307", body: "PNG\xff\x00"},
		{name: "parts after a redirect", request: `{"method":"PUT","url":"URL/to/308","body":{"mode":"formdata","formdata":[{"key":"f","type":"file","src":"pic.png"},{"key":"a","type":"text","value":"b"}]}}`, method: "PUT", uri: "/to/308"},
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "HEAD"} {
		for _, code := range []string{"301", "302", "303", "307", "308"} {
			s := shape{name: method + " and " + code, method: method, uri: "/to/" + code, body: `{"a":1}`}
			s.request = `{"method":"` + method + `","url":"URL/to/` + code + `","body":{"mode":"raw","raw":"{\"a\":1}",` + jsonRaw + `}}`
			if method == "HEAD" {
				s.body = ""
			}
			list = append(list, s)
		}
	}
	return list
}

func nastyHeaders() string {
	var parts []string
	for i, s := range nasty {
		parts = append(parts, fmt.Sprintf(`{"key":"X-%d","value":%s}`, i, quoted(s)))
	}
	return strings.Join(parts, ",")
}

func nastyHeaderMap() map[string]string {
	out := map[string]string{}
	for i, s := range nasty {
		out[fmt.Sprintf("X-%d", i)] = strings.TrimSpace(s)
	}
	return out
}

// nastyPairs are keys and values of a form; names of parts cannot hold all.
func nastyPairs(parts bool) string {
	var out []string
	for i, s := range nasty {
		key := s
		if parts {
			key = fmt.Sprintf("k%d", i)
		}
		out = append(out, fmt.Sprintf(`{"key":%s,"value":%s,"type":"text"}`, quoted(key), quoted(s)))
	}
	return strings.Join(out, ",")
}

func nastyForm(parts bool) map[string][]string {
	out := map[string][]string{}
	for i, s := range nasty {
		key := s
		if parts {
			key = fmt.Sprintf("k%d", i)
		}
		out[key] = []string{s}
	}
	return out
}

// collection is a shape for the server at address.
func (s shape) collection(t *testing.T, address string) *collections.Collection {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	request := strings.NewReplacer("URL", address, `"HOST"`, `"`+u.Hostname()+`"`, `"PORT"`, `"`+u.Port()+`"`, "HOST:PORT", u.Host).Replace(s.request)
	auth := ""
	if s.auth != "" {
		auth = `"auth":` + s.auth + `,`
	}
	behavior := ""
	if s.behavior != "" {
		behavior = `"protocolProfileBehavior":` + s.behavior + `,`
	}
	c, err := collections.Parse("c.json", []byte(`{"info":{"name":"C"},`+auth+`"item":[{"name":`+quoted(s.name+"\n?> */ \u2028")+`,`+behavior+`"request":`+request+`}]}`))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// node is the request of a shape.
func (s shape) node(t *testing.T, address string) *collections.Node {
	t.Helper()
	return s.collection(t, address).Root().Children()[0]
}
