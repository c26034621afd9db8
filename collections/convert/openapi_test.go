package convert

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/collections"
)

// fromYAML converts a description and returns its requests and notes.
func fromYAML(t *testing.T, src string) ([]*collections.Node, []string) {
	t.Helper()
	doc, notes, err := FromOpenAPI("api.yaml", []byte(src))
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	c, err := collections.Parse("c.json", doc)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, n := range notes {
		said = append(said, n.String())
	}
	values := map[string]string{}
	for _, v := range c.Variables() {
		values[v.Key], _ = v.Value.(string)
	}
	nodes := slices.Collect(c.All())
	return nodes, said
}

// description is a document with one operation.
func description(operation string) string {
	return "openapi: 3.1.0\ninfo: {title: t}\nservers: [{url: 'http://h'}]\n" + operation
}

// only is the one request of a description, with the collection's variables in
// their places.
func only(t *testing.T, src string) *collections.Request {
	t.Helper()
	doc, _, err := FromOpenAPI("api.yaml", []byte(src))
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	c, err := collections.Parse("c.json", doc)
	if err != nil {
		t.Fatal(err)
	}
	nodes := slices.Collect(c.All())
	if len(nodes) != 1 {
		t.Fatalf("%d requests\n%s", len(nodes), src)
	}
	return nodes[0].Request().Resolve(func(s string) string {
		for range 3 {
			for _, v := range c.Variables() {
				s = strings.ReplaceAll(s, "{{"+v.Key+"}}", v.Value.(string))
			}
		}
		return s
	})
}

func headerValue(r *collections.Request, name string) string {
	var out []string
	for _, h := range r.Header {
		if strings.EqualFold(h.Key, name) && !h.Disabled {
			out = append(out, h.Value)
		}
	}
	return strings.Join(out, " | ")
}

// The values of the specification's Style Examples.
const (
	blue   = `blue`
	colors = `[blue, black, brown]`
	rgb    = `{R: 100, G: 200, B: 150}`
)

// TestStyles has the Style Examples of OpenAPI 3.0.4 and 3.1.2, in every place
// where a style may be. Where the tables of older versions differ (label
// without explode), the newer ones follow RFC 6570.
func TestStyles(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in, style string
		explode   bool
		value     string
		want      string
	}{
		{"path", "matrix", false, `''`, ";color"},
		{"path", "matrix", false, blue, ";color=blue"},
		{"path", "matrix", false, colors, ";color=blue,black,brown"},
		{"path", "matrix", false, rgb, ";color=R,100,G,200,B,150"},
		{"path", "matrix", true, `''`, ";color"},
		{"path", "matrix", true, blue, ";color=blue"},
		{"path", "matrix", true, colors, ";color=blue;color=black;color=brown"},
		{"path", "matrix", true, rgb, ";R=100;G=200;B=150"},
		{"path", "label", false, blue, ".blue"},
		{"path", "label", false, colors, ".blue,black,brown"},
		{"path", "label", false, rgb, ".R,100,G,200,B,150"},
		{"path", "label", true, blue, ".blue"},
		{"path", "label", true, colors, ".blue.black.brown"},
		{"path", "label", true, rgb, ".R=100.G=200.B=150"},
		{"path", "simple", false, blue, "blue"},
		{"path", "simple", false, colors, "blue,black,brown"},
		{"path", "simple", false, rgb, "R,100,G,200,B,150"},
		{"path", "simple", true, blue, "blue"},
		{"path", "simple", true, colors, "blue,black,brown"},
		{"path", "simple", true, rgb, "R=100,G=200,B=150"},
		{"header", "simple", false, blue, "blue"},
		{"header", "simple", false, colors, "blue,black,brown"},
		{"header", "simple", false, rgb, "R,100,G,200,B,150"},
		{"header", "simple", true, blue, "blue"},
		{"header", "simple", true, colors, "blue,black,brown"},
		{"header", "simple", true, rgb, "R=100,G=200,B=150"},
		{"query", "form", false, `''`, "color="},
		{"query", "form", false, blue, "color=blue"},
		{"query", "form", false, colors, "color=blue,black,brown"},
		{"query", "form", false, rgb, "color=R,100,G,200,B,150"},
		{"query", "form", true, `''`, "color="},
		{"query", "form", true, blue, "color=blue"},
		{"query", "form", true, colors, "color=blue&color=black&color=brown"},
		{"query", "form", true, rgb, "R=100&G=200&B=150"},
		{"query", "spaceDelimited", false, colors, "color=blue%20black%20brown"},
		{"query", "spaceDelimited", false, rgb, "color=R%20100%20G%20200%20B%20150"},
		{"query", "spaceDelimited", true, colors, "color=blue&color=black&color=brown"},
		{"query", "pipeDelimited", false, colors, "color=blue%7Cblack%7Cbrown"},
		{"query", "pipeDelimited", false, rgb, "color=R%7C100%7CG%7C200%7CB%7C150"},
		{"query", "pipeDelimited", true, colors, "color=blue&color=black&color=brown"},
		{"query", "deepObject", true, rgb, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"},
		{"query", "deepObject", true, `{a: {b: [x, y]}}`, "color%5Ba%5D%5Bb%5D%5B0%5D=x&color%5Ba%5D%5Bb%5D%5B1%5D=y"},
		// Cookies are joined by "; ", never by "&" (Appendix D).
		{"cookie", "form", false, blue, "color=blue"},
		{"cookie", "form", false, colors, "color=blue,black,brown"},
		{"cookie", "form", false, rgb, "color=R,100,G,200,B,150"},
		{"cookie", "form", true, colors, "color=blue; color=black; color=brown"},
		{"cookie", "form", true, rgb, "R=100; G=200; B=150"},
		{"form", "form", false, colors, "color=blue,black,brown"},
		{"form", "form", false, rgb, "color=R,100,G,200,B,150"},
		{"form", "form", true, colors, "color=blue&color=black&color=brown"},
		{"form", "form", true, rgb, "R=100&G=200&B=150"},
		{"form", "spaceDelimited", false, colors, "color=blue black brown"},
		{"form", "pipeDelimited", false, colors, "color=blue|black|brown"},
		{"form", "deepObject", true, rgb, "color[R]=100&color[G]=200&color[B]=150"},
	} {
		t.Run(fmt.Sprintf("%s %s %v %s", tt.in, tt.style, tt.explode, tt.value), func(t *testing.T) {
			t.Parallel()
			r := only(t, styled(tt.in, tt.style, tt.explode, tt.value))
			var got string
			switch tt.in {
			case "path":
				got = strings.TrimPrefix(r.URL.String(), "http://h/")
			case "query":
				_, got, _ = strings.Cut(r.URL.String(), "?")
			case "header":
				got = headerValue(r, "color")
			case "cookie":
				got = headerValue(r, "Cookie")
			case "form":
				got = formText(r)
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func styled(in, style string, explode bool, value string) string {
	if in == "form" {
		return description(fmt.Sprintf(`paths: {/: {post: {requestBody: {content: {application/x-www-form-urlencoded: {
  example: {color: %s}, encoding: {color: {style: %s, explode: %v}}}}}}}}`, value, style, explode))
	}
	address := map[string]string{"path": "/{color}"}[in]
	if address == "" {
		address = "/"
	}
	return description(fmt.Sprintf(`paths: {'%s': {get: {parameters: [{name: color, in: %s, required: true, style: %s, explode: %v, example: %s}]}}}`,
		address, in, style, explode, value))
}

// formText are a form's fields before the run percent-encodes them.
func formText(r *collections.Request) string {
	var out []string
	for _, p := range slices.Concat(r.Body.URLEncoded, r.Body.FormData) {
		if p.Disabled {
			continue
		}
		s := fmt.Sprintf("%s=%v", p.Key, p.Value)
		if p.Type == "file" {
			s = p.Key + " is a file"
		}
		if p.ContentType != "" {
			s += " (" + p.ContentType + ")"
		}
		out = append(out, s)
	}
	return strings.Join(out, "&")
}

// TestParameters has what the Style Examples do not: defaults, escapes,
// contents, and templates that are parts of a segment.
func TestParameters(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, paths, want string }{
		{"defaults of a query", `/: {get: {parameters: [{name: a, in: query, required: true, example: [1, 2]}]}}`, "GET http://h/?a=1&a=2"},
		{"a value with separators", `/{a}: {get: {parameters: [{name: a, in: path, required: true, example: 'x/y?z#%'}, {name: q, in: query, required: true, example: '100%41&a=b+c'}]}}`,
			"GET http://h/x%2Fy%3Fz%23%25?q=100%2541%26a%3Db%2Bc"},
		{"reserved characters", `/: {get: {parameters: [{name: q, in: query, required: true, allowReserved: true, example: 'a/b?c:d%41&%zz'}]}}`, "GET http://h/?q=a/b?c:d%41%26%25zz"},
		{"a template in a value is text", `/: {get: {parameters: [{name: q, in: query, required: true, example: '{{x}}'}]}}`, "GET http://h/?q=%7B%7Bx%7D%7D"},
		{"letters of any language", `/{a}: {get: {parameters: [{name: a, in: path, required: true, example: 'ä b'}]}}`, "GET http://h/ä b"},
		{"content", `/: {get: {parameters: [{name: f, in: query, required: true, content: {application/json: {example: {a: [1]}}}}]}}`, "GET http://h/?f=%7B%22a%22%3A%5B1%5D%7D"},
		{"content that is text", `/: {get: {parameters: [{name: X, in: header, required: true, content: {text/plain: {example: 'a, "b"'}}}]}}`, "GET http://h/\nX: a, \"b\""},
		{"header as it is", `/: {get: {parameters: [{name: X, in: header, required: true, example: 'W/"a%b"'}]}}`, "GET http://h/\nX: W/\"a%b\""},
		{"cookies are one header", `/: {get: {parameters: [{name: a, in: cookie, required: true, example: 'x;y'}, {name: b, in: cookie, required: true, example: 'p=='}]}}`, "GET http://h/\nCookie: a=x%3By; b=p=="},
		{"optional ones are off", `/: {get: {parameters: [{name: a, in: query, example: 1}, {name: B, in: header, example: 1}, {name: c, in: cookie, example: 1}]}}`, "GET http://h/\n(B: 1)\n(Cookie: c=1)"},
		{"the operation's replaces the path's", `/: {parameters: [{name: a, in: query, required: true, example: 1}], get: {parameters: [{name: a, in: query, required: true, example: 2}]}}`, "GET http://h/?a=2"},
		{"not these headers", `/: {post: {parameters: [{name: accept, in: header, required: true, example: x}, {name: Authorization, in: header, required: true, example: x}, {name: content-type, in: header, required: true, example: x}],
  requestBody: {content: {text/csv: {example: 'a,b'}}}}}`, "POST http://h/\nContent-Type: text/csv\na,b"},
		{"part of a segment", `'/v1/{name}:cancel': {post: {parameters: [{name: name, in: path, required: true, example: op1}]}}`, "POST http://h/v1/op1:cancel"},
		{"two in a segment", `'/near/{lat},{lng}': {get: {parameters: [{name: lat, in: path, required: true, example: 52}, {name: lng, in: path, required: true, example: 13}]}}`, "GET http://h/near/52,13"},
		{"an extension", `'/report.{fmt}': {get: {parameters: [{name: fmt, in: path, required: true, schema: {enum: [pdf, csv]}}]}}`, "GET http://h/report.pdf"},
		{"OData", `"/users('{id}')/files": {get: {parameters: [{name: id, in: path, required: true, example: 'a b'}]}}`, "GET http://h/users('a b')/files"},
		{"label in a part", `'/a{color}': {get: {parameters: [{name: color, in: path, required: true, style: label, example: [b, c]}]}}`, "GET http://h/a.b,c"},
		{"a name with a dot", `'/{a.b}': {get: {parameters: [{name: a.b, in: path, required: true, example: x}]}}`, "GET http://h/x"},
		{"a query in the path", `'/a?flag&action={act}': {get: {parameters: [{name: act, in: path, required: true, example: go}, {name: b, in: query, required: true, example: 1}]}}`, "GET http://h/a?flag&action=go&b=1"},
		{"the operation's server", `/a: {servers: [{url: 'http://path'}], get: {servers: [{url: 'https://{x}.op/v', variables: {x: {default: y}}}]}}`, "GET https://y.op/v/a"},
		{"the path's server", `/a: {servers: [{url: 'http://path/'}], get: {}}`, "GET http://path/a"},
		{"a relative server", `/a: {servers: [{url: /v2}], get: {}}`, "GET http://h/v2/a"},
		{"an empty list is not sent", `/a: {get: {parameters: [{name: a, in: query, required: true, example: []}]}}`, "GET http://h/a"},
		{"examples", `/a: {get: {parameters: [{name: a, in: query, required: true, examples: {x: {value: 1}, y: {value: 2}}}]}}`, "GET http://h/a?a=1"},
		{"long numbers", `/a: {get: {parameters: [{name: a, in: query, required: true, example: 12345678901234567890}]}}`, "GET http://h/a?a=12345678901234567890"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := sentText(only(t, description("paths:\n  "+tt.paths))); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// sentText is a request in short: disabled headers in brackets.
func sentText(r *collections.Request) string {
	out := r.Method + " " + r.URL.String()
	for _, h := range r.Header {
		if h.Disabled {
			out += "\n(" + h.Key + ": " + h.Value + ")"
		} else {
			out += "\n" + h.Key + ": " + h.Value
		}
	}
	if r.Body != nil && r.Body.Raw != nil {
		out += "\n" + *r.Body.Raw
	}
	return out
}

func TestBodies(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, content, want string }{
		{"text as written", `application/x-ndjson: {schema: {type: string}, example: "{\"a\":1}\n{\"a\":2}\n"}`, "{\"a\":1}\n{\"a\":2}\n"},
		{"a line for each", `application/jsonl: {example: [{b: 1, a: 2}, 3]}`, "{\"b\":1,\"a\":2}\n3\n"},
		{"JSON that is a text", `application/json: {schema: {type: string}, example: abc}`, `"abc"`},
		{"a text that is JSON", `application/json: {schema: {type: object}, example: '{"a": 1}'}`, `{"a": 1}`},
		{"keys in order", `application/json: {example: {z: 1, a: 1.50, m: 12345678901234567890}}`, "{\n  \"z\": 1,\n  \"a\": 1.50,\n  \"m\": 12345678901234567890\n}"},
		{"vendor JSON", `application/vnd.x+json: {examples: {a: {value: [1]}}}`, "[\n  1\n]"},
		{"any type", `'*/*': {schema: {type: object, properties: {a: {const: 1}}}}`, "{\n  \"a\": 1\n}"},
		{"a number in text", `text/plain: {schema: {type: integer, minimum: 5}}`, "5"},
		{"meant as text", `application/json: {schema: {properties: {zip: {type: string, example: 02134}, n: {type: integer, example: '5'}}}}`, "{\n  \"zip\": \"2134\",\n  \"n\": 5\n}"},
		{"form", `application/x-www-form-urlencoded: {schema: {type: object, properties: {b: {type: array, items: {type: string}, example: [x, y]}, a: {type: string, example: 'x y&z'}}}}`, "b=x&b=y&a=x y&z"},
		{"a form's object is JSON", `application/x-www-form-urlencoded: {schema: {properties: {o: {type: object, example: {a: 1}}}}}`, `o={"a":1}`},
		{"a form of parts", `application/x-www-form-urlencoded: {schema: {allOf: [{properties: {b: {example: 1}}}, {properties: {a: {example: 2}}}]}}`, "b=1&a=2"},
		{"a form's example", `application/x-www-form-urlencoded: {schema: {type: object, required: [c], properties: {c: {const: 3}}}, example: {b: 1, a: [x, y]}}`, "b=1&a=x&a=y&c=3"},
		{"parts", `multipart/form-data: {schema: {properties: {list: {type: array, items: {type: string}, example: [x, y]}, o: {type: object, properties: {a: {const: 1}}}, f: {type: string, format: binary}, fs: {type: array, items: {type: string, format: binary}}}}}`,
			`list=x&list=y&o={"a":1} (application/json)&f is a file&fs is a file`},
		{"parts with types", `multipart/form-data: {schema: {properties: {p: {type: string}, x: {type: object, properties: {a: {const: 1}}}, l: {type: array, items: {type: object, properties: {b: {const: 2}}}}, t: {type: string, const: hi}}}, encoding: {p: {contentType: 'image/png, image/jpeg'}, x: {contentType: application/xml}, t: {contentType: text/csv; charset=utf-8}}}`,
			`p is a file (image/png)&x={"a":1} (application/xml)&l={"b":2} (application/json)&t=hi (text/csv; charset=utf-8)`},
		{"a file", `application/octet-stream: {}`, "a file"},
		{"a picture", `image/png: {schema: {type: string, contentMediaType: image/png}}`, "a file"},
		{"no schema", `application/json: {}`, "{}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := only(t, description("paths: {/: {post: {requestBody: {content: {"+tt.content+"}}}}}"))
			got := ""
			switch {
			case r.Body.Mode == "file":
				got = "a file"
			case r.Body.Raw != nil:
				got = *r.Body.Raw
			default:
				got = formText(r)
			}
			if got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			if n := strings.Count(headerValue(r, "Content-Type"), "|"); n > 0 {
				t.Errorf("%d Content-Types", n+1)
			}
		})
	}
}

// TestXML has the XML Object's examples.
func TestXML(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, schema, want string }{
		{"attributes, prefix, namespace", `{type: object, xml: {name: Person}, properties: {id: {type: integer, const: 1, xml: {attribute: true}}, name: {const: a<b, xml: {namespace: 'http://x/s', prefix: sample}}}}`,
			`<Person id="1"><sample:name xmlns:sample="http://x/s">a&lt;b</sample:name></Person>`},
		{"a list is not wrapped", `{type: object, xml: {name: r}, properties: {animals: {type: array, items: {const: v, xml: {name: animal}}}}}`, `<r><animal>v</animal></r>`},
		{"the list's name is ignored", `{type: object, xml: {name: r}, properties: {animals: {type: array, xml: {name: aliens}, items: {const: v, xml: {name: animal}}}}}`, `<r><animal>v</animal></r>`},
		{"wrapped", `{type: object, xml: {name: r}, properties: {animals: {type: array, minItems: 2, xml: {wrapped: true}, items: {const: v}}}}`, `<r><animals><animals>v</animals><animals>v</animals></animals></r>`},
		{"wrapped, names inside", `{type: object, xml: {name: r}, properties: {animals: {type: array, xml: {wrapped: true}, items: {const: v, xml: {name: animal}}}}}`, `<r><animals><animal>v</animal></animals></r>`},
		{"wrapped, both names", `{type: object, xml: {name: r}, properties: {animals: {type: array, xml: {name: aliens, wrapped: true}, items: {const: v, xml: {name: animal}}}}}`, `<r><aliens><animal>v</animal></aliens></r>`},
		{"wrapped, a name outside", `{type: object, xml: {name: r}, properties: {animals: {type: array, xml: {name: aliens, wrapped: true}, items: {const: v}}}}`, `<r><aliens><aliens>v</aliens></aliens></r>`},
		{"a component's name", `{$ref: '#/components/schemas/Pet'}`, `<Pet><name>rex</name></Pet>`},
		{"an example", `{example: {b: 1, a: [x, y]}, xml: {name: r}}`, `<r><b>1</b><a>x</a><a>y</a></r>`},
		{"an example as written", `{example: '<a/>'}`, `<a/>`},
		{"a list of components", `{type: array, xml: {name: Pets}, items: {$ref: '#/components/schemas/Pet'}}`, `<Pets><Pet><name>rex</name></Pet></Pets>`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := only(t, description("paths: {/: {post: {requestBody: {content: {application/xml: {schema: "+tt.schema+"}}}}}}\ncomponents: {schemas: {Pet: {properties: {name: {const: rex}}}}}"))
			got := regexp.MustCompile(`>\s+<`).ReplaceAllString(strings.TrimPrefix(*r.Body.Raw, `<?xml version="1.0" encoding="UTF-8"?>`), "><")
			if got = strings.TrimSpace(got); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// TestSamples holds that made-up values fit their schema.
func TestSamples(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ schema, want string }{
		{`{type: integer, minimum: 3}`, `3`},
		{`{properties: {a: {type: string, nullable: true, example: null}, b: {type: [string, 'null'], example: null}, c: {type: string, example: null}}}`, `{"a":null,"b":null,"c":"string"}`},
		{`{type: integer, maximum: -1}`, `-1`},
		{`{type: integer, minimum: -90, maximum: 90}`, `0`},
		{`{type: integer, exclusiveMinimum: 3}`, `4`},
		{`{type: integer, minimum: 4, multipleOf: 5}`, `5`},
		{`{type: integer, multipleOf: 2.5, minimum: 1}`, `5`},
		{`{type: number, exclusiveMinimum: 0, exclusiveMaximum: 1}`, `0.5`},
		{`{type: number, minimum: 0.05, multipleOf: 0.1}`, `0.1`},
		{`{type: number, maximum: -0.5}`, `-0.5`},
		{`{type: string, minLength: 10}`, `"stringstri"`},
		{`{type: string, maxLength: 3}`, `"str"`},
		{`{type: string, pattern: '^[A-Z]{3}$'}`, `"ABC"`},
		{`{type: string, pattern: '^\d{3}-\d{4}$'}`, `"012-3456"`},
		{`{type: string, pattern: '^[a-z]+$', minLength: 4, maxLength: 5}`, `"abcd"`},
		{`{type: string, pattern: '^(foo|bar)\/x{0,5000}$'}`, `"foo/"`},
		{`{type: string, format: date}`, `"2024-01-31"`},
		{`{type: string, format: byte}`, `"c3RyaW5n"`},
		{`{type: [string, 'null']}`, `"string"`},
		{`{type: 'null'}`, `null`},
		{`{enum: [b, a]}`, `"b"`},
		{`{enum: [null, a]}`, `"a"`},
		{`{const: {z: 1, a: 2}}`, `{"z":1,"a":2}`},
		{`{examples: [x, y]}`, `"x"`},
		{`{default: 5}`, `5`},
		{`{type: array, minItems: 2, items: {type: integer, minimum: 3}}`, `[3,3]`},
		{`{type: array, minItems: 3, uniqueItems: true, items: {enum: [a, b, c]}}`, `["a","b","c"]`},
		{`{type: array, minItems: 3, uniqueItems: true, items: {type: string}}`, `["string","string1","string2"]`},
		{`{type: array, maxItems: 0, items: {type: string}}`, `[]`},
		{`{prefixItems: [{const: 1}, {const: a}]}`, `[1,"a"]`},
		{`{properties: {b: {type: boolean}, a: {readOnly: true}}, required: [c]}`, `{"b":true,"c":"string"}`},
		{`{type: object, additionalProperties: {type: integer}, minProperties: 2}`, `{"key1":1,"key2":2}`},
		{`{allOf: [{properties: {a: {type: string}}}, {properties: {a: {maxLength: 2}, b: {const: 1}}}]}`, `{"a":"st","b":1}`},
		{`{oneOf: [{type: 'null'}, {const: 2}]}`, `2`},
		{`{oneOf: [{type: number}, {type: string}], description: d}`, `0`},
		{`{oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}], discriminator: {propertyName: kind, mapping: {meow: '#/components/schemas/Cat'}}}`, `{"kind":"meow"}`},
		{`{$ref: '#/components/schemas/Dog'}`, `{"kind":"Dog"}`},
		{`{$ref: '#/components/schemas/Node'}`, `{"name":"string","children":[]}`},
		{`{$ref: '#/components/schemas/Dog', example: {kind: x}}`, `{"kind":"x"}`},
		{`true`, `"string"`},
	} {
		t.Run(tt.schema, func(t *testing.T) {
			t.Parallel()
			r := only(t, description("paths: {/: {post: {requestBody: {content: {application/json: {schema: "+tt.schema+`}}}}}}
components: {schemas: {Pet: {required: [kind], properties: {kind: {type: string}}, discriminator: {propertyName: kind}}, Cat: {properties: {kind: {type: string}}},
  Dog: {allOf: [{$ref: '#/components/schemas/Pet'}]}, Node: {properties: {name: {type: string}, children: {type: array, items: {$ref: '#/components/schemas/Node'}}, parent: {$ref: '#/components/schemas/Node'}}}}}`))
			var got json.RawMessage
			if err := json.Unmarshal([]byte(*r.Body.Raw), &got); err != nil {
				t.Fatal(err)
			}
			flat := regexp.MustCompile(`\n *`).ReplaceAllString(string(got), "")
			if flat = strings.ReplaceAll(flat, `": `, `":`); flat != tt.want {
				t.Errorf("got %s, want %s", flat, tt.want)
			}
		})
	}
}

func TestSecurity(t *testing.T) {
	t.Parallel()
	const schemes = `
components: {securitySchemes: {
  basic: {type: http, scheme: basic}, digest: {type: http, scheme: Digest}, bearer: {type: http, scheme: bearer}, hoba: {type: http, scheme: hoba},
  k1: {type: apiKey, in: header, name: X-One}, k2: {type: apiKey, in: query, name: two}, k3: {type: apiKey, in: cookie, name: three},
  client: {type: oauth2, flows: {clientCredentials: {tokenUrl: 'https://id/token', scopes: {}}}},
  person: {type: oauth2, flows: {password: {tokenUrl: /token, scopes: {}}}},
  code: {type: oauth2, flows: {authorizationCode: {authorizationUrl: 'https://id/auth', tokenUrl: 'https://id/token', scopes: {}}}},
  oidc: {type: openIdConnect, openIdConnectUrl: 'https://id/.well-known'}, mtls: {type: mutualTLS}}}`
	for _, tt := range []struct{ global, own, want string }{
		{"", "[]", "noauth"},
		{"[{basic: []}]", "[]", "noauth"},
		{"[{basic: []}]", "", "inherits basic username={{basic_username}} password={{basic_password}}"},
		{"", "[{}]", "noauth"},
		{"", "[{digest: []}]", "digest username={{digest_username}} password={{digest_password}}"},
		{"", "[{bearer: []}]", "bearer token={{bearer_token}}"},
		{"", "[{k1: []}]", "apikey key=X-One value={{k1_apiKey}} in=header"},
		{"", "[{k1: [], k2: [], k3: []}]", "apikey key=X-One value={{k1_apiKey}} in=header\nCookie: three={{k3_apiKey}}\n?two={{k2_apiKey}}"},
		{"", "[{k1: [], basic: []}]", "basic username={{basic_username}} password={{basic_password}}\nX-One: {{k1_apiKey}}"},
		{"[{k1: [], basic: []}]", "", "inherits basic username={{basic_username}} password={{basic_password}}\nX-One: {{k1_apiKey}}"},
		{"", "[{mtls: []}, {k3: []}]", "noauth\nCookie: three={{k3_apiKey}}"},
		{"", "[{client: [a, b]}]", "oauth2 grant_type=client_credentials accessTokenUrl=https://id/token clientId={{client_clientId}} clientSecret={{client_clientSecret}} scope=a b client_authentication=header addTokenTo=header"},
		{"", "[{person: []}]", "oauth2 grant_type=password_credentials accessTokenUrl=http://h/token clientId={{person_clientId}} clientSecret={{person_clientSecret}} username={{person_username}} password={{person_password}} scope= client_authentication=header addTokenTo=header"},
		{"", "[{code: [x]}]", "oauth2 grant_type=authorization_code accessTokenUrl=https://id/token clientId={{code_clientId}} clientSecret={{code_clientSecret}} authUrl=https://id/auth accessToken={{code_accessToken}} scope=x client_authentication=header addTokenTo=header"},
	} {
		t.Run(tt.global+" "+tt.own, func(t *testing.T) {
			t.Parallel()
			src := description("paths: {/: {get: {}}}" + schemes)
			if tt.own != "" {
				src = description("paths: {/: {get: {security: " + tt.own + "}}}" + schemes)
			}
			if tt.global != "" {
				src += "\nsecurity: " + tt.global
			}
			nodes, _ := fromYAML(t, src)
			if got := authText(nodes[0]); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func authText(n *collections.Node) string {
	a, owner, _ := n.Auth()
	out := a.Type
	if owner != n {
		out = "inherits " + out
	}
	for _, p := range a.Params {
		out += fmt.Sprintf(" %s=%v", p.Key, p.Value)
	}
	r := n.Request()
	for _, h := range r.Header {
		out += "\n" + h.Key + ": " + h.Value
	}
	if _, query, ok := strings.Cut(r.URL.String(), "?"); ok {
		out += "\n?" + query
	}
	return out
}

// TestOneSchemeHasPlainVariables: names of schemes are in variables only where
// two secrets would share one.
func TestOneSchemeHasPlainVariables(t *testing.T) {
	t.Parallel()
	nodes, _ := fromYAML(t, description("paths: {/: {get: {security: [{x: []}]}}}\ncomponents: {securitySchemes: {x: {type: http, scheme: bearer}}}"))
	if got := authText(nodes[0]); got != "bearer token={{token}}" {
		t.Error(got)
	}
}

// TestSavedExamples: each answer with an example is one that mock serves.
func TestSavedExamples(t *testing.T) {
	t.Parallel()
	nodes, _ := fromYAML(t, description(`paths: {/: {get: {responses: {
  '200': {description: fine, headers: {X-N: {schema: {type: integer, const: 7}}}, content: {application/json: {examples: {cat: {value: {b: 1}}, dog: {value: {a: 2}}}}, application/xml: {example: <a/>}}},
  '204': {description: none}, 4XX: {description: bad, content: {text/plain: {example: no}}}, default: {description: worse, content: {application/json: {schema: {properties: {id: {type: integer, readOnly: true}, pw: {writeOnly: true}}}}}}}}}}`))
	var got []string
	for _, e := range nodes[0].Examples() {
		line := fmt.Sprintf("%s: %d ", e.Name, e.Code)
		for _, h := range e.Header {
			line += " " + h.Key + "=" + h.Value
		}
		got = append(got, line+" "+strings.Join(strings.Fields(e.Body), ""))
	}
	want := []string{
		`200 fine: cat: 200  Content-Type=application/json X-N=7 {"b":1}`,
		`200 fine: dog: 200  Content-Type=application/json X-N=7 {"a":2}`,
		`200 fine (application/xml): 200  Content-Type=application/xml X-N=7 <a/>`,
		`204 none: 204  `,
		`4XX bad: 400  Content-Type=text/plain no`,
		`default worse: 500  Content-Type=application/json {"id":0}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestNotes: what a collection cannot hold is said, with its line.
func TestNotes(t *testing.T) {
	t.Parallel()
	_, got := fromYAML(t, `openapi: 3.1.0
info: {title: t}
servers: [{url: 'http://h'}, {url: 'http://i'}]
webhooks: {a: {}}
paths:
  /{id}/{gone}:
    post:
      parameters:
        - $ref: other.yaml#/x
        - $ref: '#/components/parameters/None'
        - {name: id, in: path, required: true, schema: {type: string, pattern: '(?=.*x)y'}}
        - {name: Accept, in: header, schema: {type: string}}
      security: [{hoba: []}, {mtls: [], none: []}]
      callbacks: {a: {}}
      requestBody:
        content:
          multipart/mixed:
            schema: {properties: {a: {type: string}}}
            encoding: {a: {headers: {X: {schema: {type: string}}}}}
          text/x: {examples: {a: {value: 1}}}
components:
  securitySchemes: {hoba: {type: http, scheme: hoba}, mtls: {type: mutualTLS}}
`)
	want := []string{
		`api.yaml: the path template {gone} has no parameter: a value was made up`,
		`api.yaml:3: 2 servers: baseUrl is the first`,
		`api.yaml:4: webhooks are requests that the API makes: left out`,
		`api.yaml:9: "other.yaml#/x" is in another file: left out`,
		`api.yaml:10: "#/components/parameters/None" leads nowhere`,
		`api.yaml:11: no sample could be made for the pattern (?=.*x)y: write one`,
		`api.yaml:12: header parameter "Accept": ignored, as OpenAPI says`,
		`api.yaml:13: 2 ways to authenticate: the first is used`,
		`api.yaml:13: security scheme "hoba" of type "http hoba": left out, add its header by hand`,
		`api.yaml:13: security scheme "mtls" is a client certificate: name it to the run, --ssl-client-cert`,
		`api.yaml:13: security scheme "none" is not defined: left out`,
		`api.yaml:14: callbacks are requests that the API makes: left out`,
		`api.yaml:17: 2 kinds of body: multipart/mixed is used`,
		`api.yaml:18: multipart/mixed is sent as multipart/form-data: a collection has no other`,
		`api.yaml:19: headers of the part "a" have no place in a collection: left out`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestDocuments: JSON is read as JSON and YAML as YAML 1.2; small faults leave
// out what they are in, not the document.
func TestDocuments(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("k", 2000)
	for _, tt := range []struct{ name, in, want string }{
		{"an escaped slash", `{"openapi":"3.0.0","paths":{"\/a":{"get":{}}}}`, "GET http://localhost/a"},
		{"a surrogate pair in JSON", `{"openapi":"3.0.0","paths":{"/a":{"post":{"requestBody":{"content":{"text/plain":{"example":"\ud83d\ude00"}}}}}}}`, "POST http://localhost/a\nContent-Type: text/plain\n😀"},
		{"a surrogate pair in YAML", "openapi: 3.0.0\npaths:\n  /a:\n    post:\n      requestBody: {content: {text/plain: {example: \"\\ud83d\\ude00\"}}}\n", "POST http://localhost/a\nContent-Type: text/plain\n😀"},
		{"U+007F", "{\"openapi\":\"3.0.0\",\"info\":{\"title\":\"\x7f\"},\"paths\":{\"/a\":{\"get\":{}}}}", "GET http://localhost/a"},
		{"a byte order mark", "\xef\xbb\xbf" + `{"openapi":"3.0.0","paths":{"/a":{"get":{}}}}`, "GET http://localhost/a"},
		{"a long key", `{"openapi":"3.0.0","paths":{"/a":{"post":{"requestBody":{"content":{"text/x":{"example":{"` + long + `":1}}}}}}}}`, "POST http://localhost/a\nContent-Type: text/x\n{\n  \"" + long + "\": 1\n}"},
		{"a key twice", `{"openapi":"3.0.0","paths":{"/a":{"get":{}},"/a":{"put":{}}}}`, "PUT http://localhost/a"},
		{"numbers of YAML 1.2", "%YAML 1.2\n---\nopenapi: 3.0.0\npaths: {/a: {post: {requestBody: {content: {text/x: {example: [010, 0o10, 0x1F, +1, .5, 1_0, yes, 2024-01-31, 1e3, ~]}}}}}}\n",
			"POST http://localhost/a\nContent-Type: text/x\n[\n  10,\n  8,\n  31,\n  1,\n  0.5,\n  \"1_0\",\n  \"yes\",\n  \"2024-01-31\",\n  1e3,\n  null\n]"},
		{"a tab before a text", "openapi: 3.0.0\ninfo:\n  description: |-\n    \t\n    text\npaths: {/a: {get: {}}}\n", "GET http://localhost/a"},
		{"merge keys", "openapi: 3.0.0\nx: &x {summary: s, parameters: [{name: q, in: query, required: true, example: 1}]}\npaths: {/a: {get: {<<: *x, summary: t}}}\n", "GET http://localhost/a?q=1"},
		{"numbers for texts", "openapi: 3.0.0\ninfo: {title: 5, version: 1.0}\nservers: [{url: 'http://h:{p}', variables: {p: {default: 80, enum: [80]}}}]\npaths: {/a: {get: {tags: }}}\n", "GET http://h:80/a"},
		{"wrong values", "openapi: 3.0.0\npaths: {/a: {get: {parameters: [null, 5, {name: q, in: query, required: true, schema: {type: string, minLength: x, required: true, enum: 5}}], requestBody: x, responses: y}}}\n", "GET http://localhost/a?q=string"},
		{"a path in components", "openapi: 3.1.0\npaths: {/a: {$ref: '#/components/pathItems/p'}}\ncomponents: {pathItems: {p: {get: {}}}}\n", "GET http://localhost/a"},
		{"references anywhere", "openapi: 3.0.0\npaths: {/a: {put: {parameters: [{$ref: '#/x-shared/0'}]}}}\nx-shared: [{name: q, in: query, required: true, schema: {$ref: '#/x-more/a~1b%20c'}}]\nx-more: {'a/b c': {const: 1}}\n", "PUT http://localhost/a?q=1"},
		{"Swagger 2.0", `{"swagger":"2.0","host":"h","basePath":"/v1","schemes":["http"],"consumes":["application/json"],"paths":{"/a":{"post":{"parameters":[{"name":"ids","in":"query","required":true,"type":"array","collectionFormat":"pipes","items":{"type":"integer","minimum":2},"minItems":2},{"name":"b","in":"body","schema":{"$ref":"#/definitions/B"}}]}}},"definitions":{"B":{"properties":{"z":{"type":"string","example":"1"},"a":{"type":"integer"}}}}}`,
			"POST http://h/v1/a?ids=2%7C2\nContent-Type: application/json\n{\n  \"z\": \"1\",\n  \"a\": 0\n}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := sentText(only(t, tt.in)); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// TestSwagger: what Swagger 2.0 means and says otherwise than OpenAPI 3.
func TestSwagger(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, operation, want string }{
		{"lists have commas", `parameters: [{name: a, in: query, required: true, type: array, minItems: 2, items: {type: integer}}]`, "a=0,0"},
		{"multi", `parameters: [{name: a, in: query, required: true, type: array, minItems: 2, items: {type: integer}, collectionFormat: multi}]`, "a=0&a=0"},
		{"ssv", `parameters: [{name: a, in: query, required: true, type: array, minItems: 2, items: {type: integer}, collectionFormat: ssv}]`, "a=0%200"},
		{"tsv", `parameters: [{name: a, in: query, required: true, type: array, minItems: 2, items: {type: integer}, collectionFormat: tsv}]`, "a=0,0"},
		{"a default", `parameters: [{name: a, in: query, required: true, type: array, items: {type: integer}, collectionFormat: multi, default: [1, 2]}, {name: b, in: query, required: true, type: string, default: d}]`, "a=1&a=2&b=d"},
		{"an example", `parameters: [{name: a, in: query, required: true, type: integer, default: 1, x-example: 7}]`, "a=7"},
		{"a form in order", `parameters: [{name: z, in: formData, required: true, type: string, default: d}, {name: a, in: formData, required: true, type: array, minItems: 2, items: {type: string}}, {name: m, in: formData, required: true, type: array, minItems: 2, items: {type: string}, collectionFormat: multi}]`,
			"z=d&a=string,string&m=string&m=string"},
		{"a form that says it is JSON", `consumes: [application/json], parameters: [{name: a, in: formData, required: true, type: string, enum: [x]}]`, "a=x"},
		{"a file", `parameters: [{name: f, in: formData, required: true, type: file}, {name: a, in: formData, required: true, type: integer}]`, "f is a file&a=0"},
		{"a shared field", `parameters: [{$ref: '#/parameters/F'}]`, "f=shared"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := only(t, "swagger: '2.0'\nhost: h\nparameters: {F: {name: f, in: formData, required: true, type: string, default: shared}}\npaths: {/: {post: {"+tt.operation+"}}}")
			_, got, _ := strings.Cut(r.URL.String(), "?")
			if r.Body != nil {
				got = formText(r)
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// A schema that is a part of itself, or of very many others, ends, whatever is
// made of it. With every road to a part followed, the tower would take minutes.
func TestPartsOfThemselves(t *testing.T) {
	t.Parallel()
	var tower strings.Builder
	for i := range 60 {
		fmt.Fprintf(&tower, "T%d: {allOf: [{$ref: '#/components/schemas/T%[2]d'}, {$ref: '#/components/schemas/T%[2]d'}]}, ", i, i+1)
	}
	components := "\ncomponents: {schemas: {" + tower.String() + `T60: {type: object, properties: {x: {type: string}}},
  Self: {allOf: [{$ref: '#/components/schemas/Self'}, {type: object, properties: {x: {type: string}}}]},
  Pair: {oneOf: [{$ref: '#/components/schemas/Other'}]}, Other: {anyOf: [{$ref: '#/components/schemas/Pair'}]}}}`
	for _, schema := range []string{"T0", "Self", "Pair"} {
		for _, media := range []string{"application/json", "application/xml", "application/octet-stream", "text/plain", "multipart/form-data", "application/x-www-form-urlencoded", "'*/*'"} {
			for _, example := range []string{"", ", example: {x: {y: [1]}}"} {
				content := "content: {" + media + ": {schema: {$ref: '#/components/schemas/" + schema + "'}" + example + "}}"
				r := only(t, description("paths: {/: {post: {requestBody: {"+content+"}, responses: {'200': {description: ok, "+content+"}}}}}"+components))
				if schema == "Self" && media == "application/json" && (r.Body == nil || !strings.Contains(*r.Body.Raw, `"x"`)) {
					t.Errorf("%s as %s: %+v", schema, media, r.Body)
				}
			}
		}
	}
}

// FuzzOpenAPI holds that any description is read or refused.
func FuzzOpenAPI(f *testing.F) {
	f.Add([]byte(`{"openapi":"3.0.0","paths":{"/a?x":{"get":{"parameters":[{"name":"a","in":"query","required":true,"schema":{"type":"string","pattern":"^[a-z]+$"}}]}}}}`))
	f.Add([]byte(`{"swagger":"2.0","paths":{"/{a}":{"post":{"parameters":[{"name":"b","in":"formData","type":"file"}]}}},"definitions":{"A":{"allOf":[{"$ref":"#/definitions/A"}]}}}`))
	f.Add([]byte(`{"openapi":"3.0.0","paths":{"/":{"post":{"requestBody":{"content":{"*/*":{"schema":{"$ref":"#/components/schemas/A"}}}}}}},"components":{"schemas":{"A":{"allOf":[{"$ref":"#/components/schemas/A"}]}}}}`))
	f.Add([]byte("openapi: 3.1.0\npaths: {/a: {post: {requestBody: {content: {application/xml: {schema: {$ref: '#/components/schemas/A'}}}}}}}\ncomponents: {schemas: {A: {type: array, minItems: 3, items: {oneOf: [{$ref: '#/components/schemas/A'}, {type: integer, multipleOf: 3, minimum: 1}]}}}}\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		doc, _, err := FromOpenAPI("f", src)
		if err != nil {
			return
		}
		c, err := collections.Parse("f", doc)
		if err != nil {
			t.Fatalf("%v\n%s", err, doc)
		}
		for n := range c.All() {
			n.Request()
			n.Examples()
		}
	})
}
