package sandbox_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"postie/collections/vars"
	"postie/runner/script"
	"postie/runner/script/sandbox"
	"postie/runner/script/sandbox/plain"
)

// A recorder is a host that keeps what scripts do and answers requests from a
// table.
type recorder struct {
	tests   []script.Assertion
	lines   []string
	sent    []string
	answers map[string]*script.Response // by the end of the path; without one, the connection is refused
	cookies []script.Cookie
}

func (r *recorder) Send(_ context.Context, sr *script.SendRequest) (*script.SendResult, error) {
	r.sent = append(r.sent, string(sr.JSON))
	var request struct{ URL struct{ Path []string } }
	if err := json.Unmarshal(sr.JSON, &request); err != nil {
		return nil, err
	}
	if got := r.answers[strings.Join(request.URL.Path, "/")]; got != nil {
		return &script.SendResult{Response: got, Cookies: []script.Cookie{{Name: "c", Value: "1"}}}, nil
	}
	if strings.Join(request.URL.Path, "/") == "odd" {
		return nil, &script.SendError{Message: "Invalid character in header content", Code: "ERR_INVALID_CHAR"}
	}
	return nil, &script.SendError{Message: "connect ECONNREFUSED 127.0.0.1:1", Code: "ECONNREFUSED", Syscall: "connect"}
}

func (r *recorder) Console(_ string, args []script.Message) {
	for i := range args {
		r.lines = append(r.lines, string(args[i].JSON))
	}
}

func (r *recorder) Test(a script.Assertion) { r.tests = append(r.tests, a) }
func (r *recorder) Jar() script.Jar         { return (*jar)(r) }
func (r *recorder) Vault() script.Vault     { return secrets{} }
func (r *recorder) RunRequest(context.Context, *script.RunRequest) (*script.SendResult, error) {
	return nil, &script.SendError{Message: "no collection"}
}
func (r *recorder) Library(context.Context, string) (*script.Library, error) { return nil, nil }

// failed are the tests that failed, with why.
func (r *recorder) failed() (list []string) {
	for _, t := range r.tests {
		if t.Err != nil {
			list = append(list, t.Name+": "+t.Err.Message)
		}
	}
	return list
}

// A jar keeps cookies of one host, whatever the URL.
type jar recorder

func (j *jar) Get(_, name string) (*script.Cookie, error) {
	for i := range j.cookies {
		if j.cookies[i].Name == name {
			return &j.cookies[i], nil
		}
	}
	return nil, nil
}

func (j *jar) GetAll(string) ([]script.Cookie, error) { return j.cookies, nil }

func (j *jar) Set(_, line string) (*script.Cookie, error) {
	pair, rest, _ := strings.Cut(line, ";")
	name, value, _ := strings.Cut(pair, "=")
	c := script.Cookie{Name: name, Value: value, Path: "/", HTTPOnly: strings.Contains(rest, "HttpOnly")}
	j.cookies = append(j.cookies, c)
	return &c, nil
}

func (j *jar) Unset(_, _ string) error { return j.Clear("") }
func (j *jar) Clear(string) error      { j.cookies = nil; return nil }

// play runs one script and returns its outcome. One that needs no machine runs
// in one as well, and does the same there.
func play(t *testing.T, host *recorder, listen script.Listen, source string, c *script.Context) *script.Outcome {
	t.Helper()
	machine := &recorder{answers: host.answers, cookies: slices.Clone(host.cookies), tests: slices.Clone(host.tests), lines: slices.Clone(host.lines)}
	out := playOnce(t, host, listen, source, c)
	if out.Err == nil && plain.Compile(source) != nil {
		want := playOnce(t, machine, listen, unlike+source, c)
		if diff := cmp.Diff([]any{machine.tests, machine.lines, want}, []any{host.tests, host.lines, out}); diff != "" && len(host.failed()) == 0 {
			t.Errorf("%s: it does something else than in a machine:\n%s", source, diff)
		}
	}
	return out
}

func playOnce(t *testing.T, host *recorder, listen script.Listen, source string, c *script.Context) *script.Outcome {
	t.Helper()
	box, err := sandbox.New().Open(t.Context(), host, script.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	out, err := box.Run(t.Context(), &script.Script{Listen: listen, Source: source}, c)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// logged runs a script that must not throw, and returns what it logged.
func logged(t *testing.T, listen script.Listen, source string, c *script.Context) []string {
	t.Helper()
	host := &recorder{answers: map[string]*script.Response{"ok": {Code: 201, Status: "Created", Body: []byte(`{"ok":1}`)}}}
	out := play(t, host, listen, source, c)
	if out.Err != nil {
		t.Errorf("%s: %s: %s", source, out.Err.Name, out.Err.Message)
	}
	return host.lines
}

// asked is the context of a pre-request script.
func asked() *script.Context {
	env := vars.NewScope("Env", vars.Variable{Key: "a", Value: "env"}, vars.Variable{Key: "n", Value: 5.0, Type: "number"},
		vars.Variable{Key: "off", Value: "o", Disabled: true}, vars.Variable{Key: "nest", Value: "<{{a}}>"})
	env.ID = "env-1"
	return &script.Context{ItemName: "item", Location: []string{"c", "item"}, Current: "item",
		Scopes: &vars.Stack{Environment: env, Collection: vars.NewScope("c", vars.Variable{Key: "c", Value: "coll"}),
			Globals: vars.NewScope("Glob", vars.Variable{Key: "a", Value: "glob"}, vars.Variable{Key: "g", Value: "glob"})},
		Request: json.RawMessage(`{"url":{"protocol":"http","host":["h","test"],"port":"81","path":["p",":id"],
			"query":[{"key":"a","value":"1"},{"key":"a","value":"2"},{"key":"b","value":null}],"variable":[{"key":"id","value":"7"}]},
			"method":"POST","header":[{"key":"X-A","value":"1"},{"key":"Dup","value":"1"},{"key":"dup","value":"2"}],
			"body":{"mode":"urlencoded","urlencoded":[{"key":"u","value":"1 2"}]},
			"auth":{"type":"basic","basic":[{"key":"username","value":"u"}]}}`)}
}

func TestScopes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ source, want string }{
		{`pm.variables.get('a')`, `"env"`},
		{`pm.variables.toObject()`, `{"a":"env","g":"glob","c":"coll","n":5,"off":"o","nest":"<{{a}}>"}`},
		{`pm.environment.toObject(true)`, `{"a":"env","n":5,"nest":"<{{a}}>"}`},
		{`[pm.environment.name, pm.environment.id]`, `["Env","env-1"]`},
		{`[pm.environment.has('off'), pm.environment.get('off') === undefined]`, `[false,true]`},
		{`pm.environment.set('t', '5', 'number'); [pm.environment.get('t')]`, `[5]`},
		{`pm.environment.set('t', undefined); [pm.environment.has('t'), pm.environment.get('t') === undefined]`, `[true,true]`},
		{`pm.environment.set('d', new Date(0)); pm.environment.get('d') instanceof Date`, `true`},
		{`pm.environment.unset('a'); pm.variables.get('a')`, `"glob"`},
		{`pm.environment.clear(); pm.environment.toObject()`, `{}`},
		{`pm.variables.replaceIn('{{nest}} {{g}} {{none}}')`, `"<env> glob {{none}}"`},
		{`pm.environment.replaceIn('{{a}} {{g}}')`, `"env {{g}}"`},
		{`pm.variables.replaceIn({ x: ['{{a}}', 1], y: null })`, `{"x":["env",1],"y":null}`},
		{`pm.globals.values.map((v) => v.key + v.type)`, `["aany","gany"]`},
		{`pm.globals.values.count(); pm.globals.set('z', 1); pm.globals.values.get('z')`, `1`},
		{`pm.iterationData.set('x', 3); pm.variables.get('x')`, `3`},
	} {
		t.Run(tt.source, func(t *testing.T) {
			t.Parallel()
			got := logged(t, script.Prerequest, "console.log(eval("+quoted(tt.source)+"))", asked())
			if diff := cmp.Diff([]string{tt.want}, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// TestScopeChanges checks which of a script's changes reach the runner.
func TestScopeChanges(t *testing.T) {
	t.Parallel()
	out := play(t, &recorder{}, script.Prerequest, `
		pm.environment.set('date', new Date(0)); pm.environment.set('u', undefined);
		pm.environment.set('nan', NaN); pm.environment.set('m', new Map([[1, 2]]));
		pm.environment.set('o', { a: [1] }); pm.environment.unset('a'); pm.globals.clear();
		pm.environment.values.add({ key: 'unseen', value: 1 });
		pm.variables.set('l', 'local'); pm.variables.values.add({ key: 'l2', value: 2 });`, asked())
	got := map[string]string{}
	for _, list := range [][]vars.Change{out.Environment, out.Collection, out.Globals} {
		for _, c := range list {
			got[c.Key] = string(vars.JSON(c.Value))
			if c.Unset {
				got[c.Key] = "unset"
			}
			if c.Clear {
				got[c.Key] = "clear"
			}
		}
	}
	for _, v := range out.Local {
		got["local "+v.Key] = string(vars.JSON(v.Value))
	}
	want := map[string]string{"date": `"1970-01-01T00:00:00.000Z"`, "u": "null", "nan": "null", "m": "{}", "o": `{"a":[1]}`, "a": "unset",
		"": "clear", "local l": `"local"`, "local l2": "2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestRequest(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ source, want string }{
		{`pm.request.url.toString()`, `"http://h.test:81/p/7?a=1&a=2&b"`},
		{`[pm.request.url.getPath(true), pm.request.url.getRemote(), pm.request.url.getPathWithQuery()]`, `["/p/:id","h.test:81","/p/7?a=1&a=2&b"]`},
		{`pm.request.url.query.toObject()`, `{"a":["1","2"],"b":""}`},
		{`[pm.request.url.query.get('a'), pm.request.url.query.has('a', '1'), pm.request.url.query.count()]`, `["2",true,3]`},
		{`pm.request.addQueryParams('n=1&m'); pm.request.removeQueryParams(['a', 'b']); String(pm.request.url)`, `"http://h.test:81/p/7?n=1&m"`},
		{`pm.request.url.update('https://u:p@x.y/{{a.b}}?c=d#e'); pm.request.url.toJSON()`,
			`{"auth":{"user":"u","password":"p"},"protocol":"https","path":["{{a.b}}"],"hash":"e","host":["x","y"],"query":[{"key":"c","value":"d"}],"variable":[]}`},
		{`pm.request.url.update('file:///a/b'); String(pm.request.url)`, `"file:///a/b"`},
		{`pm.request.headers.get('DUP')`, `"2"`},
		{`pm.request.getHeaders({ ignoreCase: true })`, `{"x-a":"1","dup":["1","2"]}`},
		{`pm.request.upsertHeader({ key: 'X-A', value: '2' }); pm.request.addHeader('X-N: 3'); pm.request.removeHeader('dup', { ignoreCase: true });
		  pm.request.headers.toJSON()`, `[{"key":"X-A","value":"2"},{"key":"X-N","value":"3"}]`},
		{`pm.request.headers.prepend({ key: 'F', value: 'f' }); pm.request.headers.upsert({ key: 'x-a', value: 'u' }); pm.request.headers.toString()`,
			`"F: f\r\nx-a: u\r\nDup: 1\r\ndup: 2\r\n"`},
		{`[pm.request.body.toString(), pm.request.body.isEmpty(), pm.request.body.urlencoded.get('u')]`, `["u=1 2",false,"1 2"]`},
		{`pm.request.body.update({ mode: 'graphql', graphql: { query: 'q' } }); pm.request.body.toJSON()`, `{"mode":"graphql","graphql":{"query":"q"}}`},
		{`pm.request.authorizeUsing('bearer', { token: 't' }); [pm.request.auth.type, pm.request.auth.parameters().get('token')]`, `["bearer","t"]`},
		{`pm.request.authorizeUsing(null); [pm.request.auth === undefined]`, `[true]`},
		{`pm.request.update({ url: 'http://o.test/', method: 'put', header: [{ key: 'O', value: '1' }] }); const { url, method, header } = pm.request.toJSON();
		  [url.host, method, header]`, `[["o","test"],"PUT",[{"key":"O","value":"1"}]]`},
		{`pm.request.size()`, `{"body":5,"header":56,"total":61,"source":"COMPUTED"}`},
		{`pm.request = 1; pm.request.clone().method`, `"POST"`},
	} {
		t.Run(tt.source, func(t *testing.T) {
			t.Parallel()
			got := logged(t, script.Prerequest, "console.log(eval("+quoted(tt.source)+"))", asked())
			if diff := cmp.Diff([]string{tt.want}, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestRequestChanges(t *testing.T) {
	t.Parallel()
	if out := play(t, &recorder{}, script.Prerequest, `pm.request.url.toString(); pm.request.headers.all()`, asked()); out.Request != nil {
		t.Errorf("a request only read counts as changed: %s", out.Request)
	}
	out := play(t, &recorder{}, script.Prerequest, `pm.request.headers.add({ key: 'N', value: '1' }); pm.request.method = 'PUT'; throw new Error('late')`, asked())
	for _, want := range []string{`"method":"PUT"`, `{"key":"N","value":"1"}`} {
		if !strings.Contains(string(out.Request), want) {
			t.Errorf("%s is not in %s", want, out.Request)
		}
	}
}

func TestResponse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ source, want string }{
		{`[pm.response.code, pm.response.status, pm.response.reason(), pm.response.responseSize]`, `[200,"OK","OK",25]`},
		{`pm.response.json((k, v) => (k === 'a' ? 2 : v))`, `{"a":2,"b":{"c":[1,"x"]}}`},
		{`pm.response.headers.get('content-type')`, `"application/json; charset=utf-8"`},
		{`pm.response.contentInfo()`,
			`{"contentType":"application/json","mimeType":"text","mimeFormat":"json","charset":"utf8","fileExtension":"json","fileName":"response.json"}`},
		{`pm.response.dataURI().slice(0, 40)`, `"data:application/json;base64, eyJhIjoxLC"`},
		{`Object.keys(pm.response)`, `["id","_details","status","code","headers","stream","cookies","responseTime","responseSize"]`},
		{`pm.response.stream.toString()`, `"{\"a\":1,\"b\":{\"c\":[1,\"x\"]}}"`},
		{`try { pm.response.mime() } catch (e) { e.message }`, "\"`Response#mime` has been discontinued, use `Response#contentInfo` instead.\""},
		{`try { JSON.parse('[1,]') } catch (e) { [e.name, e.message] }`, `["JSONError","Trailing comma in array at 1:4\n[1,]\n   ^"]`},
		{`try { JSON.parse('{"a": x}') } catch (e) { e.message }`, `"No value found for key a at 1:7\n{\"a\": x}\n      ^"`},
		{`try { JSON.parse('<' + 'p'.repeat(99)) } catch (e) { e.message.length }`, `109`},
		{`[Object.keys(pm.info), pm.info.eventName]`, `[[],"test"]`},
		{`[pm.request + '', pm.request.valueOf() === pm.request]`, `["[object Object]",true]`},
		{`pm.request.update('http://o.test'); pm.request.url.toString()`, `"http://h.test/a"`},
		{`['environment', 'variables', 'collectionVariables', 'iterationData'].map((name) => Object.keys(pm[name]).join())`,
			`["id,name,values,_postman_enableTracking,mutations","id,values,mutations,_postman_enableTracking,_layers",` +
				`"id,values,_postman_enableTracking,mutations","id,values"]`},
		{`pm.environment.set('b', 1); pm.environment.set('a', 1); pm.environment.set('b', 2); Object.keys(pm.environment.toObject())`, `["b","a"]`},
		{`this.tests = 1; this.Buffer = 2; [typeof tests, typeof Buffer, Object.keys(this)]`, `["object","function",["tests","Buffer"]]`},
		{`[typeof pm.execution.skipRequest, pm.execution.location, pm.execution.location.current]`, `["function",["c","item"],"item"]`},
	} {
		t.Run(tt.source, func(t *testing.T) {
			t.Parallel()
			got := logged(t, script.Test, "console.log(eval("+quoted(tt.source)+"))", answered(`{"a":1,"b":{"c":[1,"x"]}}`))
			if diff := cmp.Diff([]string{tt.want}, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Paths of jsonBody are lodash's, by which newman follows them.
func TestPathsOfJSONBody(t *testing.T) {
	t.Parallel()
	body := `{"a":{"b":[1,{"c":2,"":3}],"":{"":4},"b.c":5},"a.b":6,"":{"a":7},"0":[8],"x":{"a.b":9,"it's":10,"-1":11}}`
	for path, want := range map[string]string{
		"a.b": "6", "a.b[0]": "1", "a.b[1].c": "2", "a[b][1].c": "2", "a.b.1.c": "2", "a.b[1][]": "3", "a.b[1].": "3", "a..": "4",
		"": "{ a: 7 }", ".a": "7", "a['b.c']": "5", `a["b.c"]`: "5", "[0][0]": "8", "0[0]": "8", "x['a.b']": "9", `x['it\'s']`: "10", "x[-1]": "11",
		"b": "-", "a.b[2]": "-", "a.b.length": "2", "a.b.map": "-", "[]]": "-", "[": "-", "a.": "{ '': 4 }", "toString": "-",
	} {
		check := "const path = " + quoted(path) + `;
			try { pm.response.to.not.have.jsonBody(path); console.log('-'); } catch {
				try { pm.response.to.have.jsonBody(path, NaN); } catch (error) { console.log(error.message.split('but got ')[1]); }
			}`
		if got := logged(t, script.Test, check, answered(body)); len(got) != 1 || got[0] != quoted(want) {
			t.Errorf("%s: %v, want %s", path, got, want)
		}
	}
	empty := `pm.response.to.not.have.jsonBody(''); console.log('ok')`
	if got := logged(t, script.Test, empty, answered(`[{"a":1}]`)); len(got) != 1 || got[0] != `"ok"` {
		t.Errorf("an empty path in an array: %v", got)
	}
}

// TestResponseAssertions compares the messages of assertions that fail.
func TestResponseAssertions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ check, want string }{
		{`have.status(201)`, "expected response to have status code 201 but got 200"},
		{`not.have.status(200)`, "expected response to not have status code 200"},
		{`have.status('Created')`, "expected response to have status reason 'Created' but got 'OK'"},
		{`have.statusCodeClass(3)`, "expected response code to be 3XX but found 200"},
		{`be.error`, "expected response code to be 4XX or 5XX but found 200"},
		{`be.notFound`, "expected response to have status reason 'NOT FOUND' but got 'OK'"},
		{`have.header('X')`, "expected response to have header with key 'X'"},
		{`have.header('ETag', 'v')`, `expected 'ETag' response header to be 'v' but got '"abc"'`},
		{`have.body('x')`, `expected response body to equal 'x' but got '{"a":1,"b":{"c":[1,"x"]}}'`},
		{`have.body([1])`, `expected response body to equal [ 1 ] but got '{"a":1,"b":{"c":[1,"x"]}}'`},
		{`have.jsonSchema()`, `expected undefined to be an object`},
		{`have.jsonSchema(true)`, `expected true to be an object`},
		{`have.body({ a: 2 })`, `expected response body json to equal { a: 2 } but got { a: 1, b: { c: [ 1, 'x' ] } }`},
		{`have.jsonBody('b.q')`, `expected { a: 1, b: { c: [ 1, 'x' ] } } in response to contain property 'b.q'`},
		{`have.jsonBody('b.q', 'y')`, `expected { a: 1, b: { c: [ 1, 'x' ] } } in response to contain property 'b.q'`},
		{`not.have.jsonBody('a', 2)`, `expected { a: 1, b: { c: [ 1, 'x' ] } } in response to not contain property 'a'`},
		{`have.jsonBody('b.c[1]', 'y')`, `expected response body json at "b.c[1]" to contain 'y' but got 'x'`},
		{`have.jsonBody({ a: 1 })`, `expected response body json to equal { a: 1 } but got { a: 1, b: { c: [ 1, 'x' ] } }`},
		{`have.responseTime(9)`, "expected response to have a valid response time but got +0"},
		{`have.responseTime.above(5)`, "expected +0 to be above 5"},
		{`not.be.json`, "expected response body not to be a valid json"},
		{`not.be.withBody`, "expected response to not have content in body"},
	} {
		t.Run(tt.check, func(t *testing.T) {
			t.Parallel()
			host := &recorder{}
			play(t, host, script.Test, "pm.test('t', () => pm.response.to."+tt.check+")", answered(`{"a":1,"b":{"c":[1,"x"]}}`))
			if diff := cmp.Diff([]string{"t: " + tt.want}, host.failed()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestCharsets(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		contentType string
		body        []byte
		want        string
	}{
		{"text/plain; charset=iso-8859-1", []byte{'c', 0xe9, 0x80}, `"cé\u0080"`},
		{"text/plain; charset=windows-1252", []byte{0x80}, `"€"`},
		{`text/html; charset="Shift_JIS"`, []byte{0x93, 0xfa, 0x96, 0x7b}, `"日本"`},
		{"text/plain; charset=utf-16", []byte{0xff, 0xfe, 'h', 0, 0xe9, 0}, `"hé"`},
		{"application/json", []byte("\ufeff{}"), `"{}"`},
		{"text/plain; charset=nobody-knows", []byte("é"), `"é"`},
		{"text/plain", []byte{'a', 0xff, 'b'}, `"a\ufffdb"`},
		{"", []byte("é"), `"é"`},
	} {
		t.Run(tt.contentType, func(t *testing.T) {
			t.Parallel()
			c := answered("")
			c.Response.Header = []script.Field{{Name: "content-type", Value: tt.contentType}}
			c.Response.Body = tt.body
			var got, want string
			lines := logged(t, script.Test, "console.log(pm.response.text())", c)
			if len(lines) != 1 || json.Unmarshal([]byte(lines[0]), &got) != nil || json.Unmarshal([]byte(tt.want), &want) != nil || got != want {
				t.Errorf("got %q, want %q", lines, want)
			}
		})
	}
}

func TestNoResponse(t *testing.T) {
	t.Parallel()
	c := answered("")
	c.Response = &script.Response{}
	got := logged(t, script.Test, `console.log(String([pm.response.code, pm.response.status, pm.response.text(), pm.response.responseTime,
		pm.response.headers.count(), typeof pm.response.to]))`, c)
	if diff := cmp.Diff([]string{`",,,,0,object"`}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestSendRequest(t *testing.T) {
	t.Parallel()
	const back = `(e, r, more) => console.log(e, r.code, more && more.cookies.get('c'))`
	for _, tt := range []struct {
		name, source string
		want         []string
	}{
		{"callback", `console.log(pm.sendRequest('http://h/ok', ` + back + `) === pm)`, []string{`true`, `null`, `201`, `"1"`}},
		{"refused", `pm.sendRequest('http://h/no', function (e, r) { console.log(e, e.name, e.message, r === undefined, arguments.length) })`,
			[]string{`{"code":"ECONNREFUSED","syscall":"connect"}`, `"Error"`, `"connect ECONNREFUSED 127.0.0.1:1"`, `true`, `1`}},
		{"promise", `const r = await pm.sendRequest({ url: 'http://h/ok', method: 'POST' }); console.log(r.json())`, []string{`{"ok":1}`}},
		{"rejected", `try { await pm.sendRequest('http://h/no') } catch (e) { console.log(e instanceof Error, e.code) }`, []string{`true`, `"ECONNREFUSED"`}},
		{"wrong", `try { await pm.sendRequest('http://h/odd') } catch (e) { console.log(e instanceof TypeError, e.name) }`, []string{`true`, `"TypeError"`}},
		{"wrong, with a callback", `pm.sendRequest('http://h/odd', (e) => console.log(e.name, e.code))`, []string{`"TypeError"`, `"ERR_INVALID_CHAR"`}},
		{"nothing", `pm.sendRequest(undefined, (e) => console.log(e.message))`, []string{`"sendrequest: nothing to request"`}},
		{"pm.request", `pm.sendRequest(new pm.request.url.constructor('http://h/ok'), (e, r) => console.log(r.code))`, []string{`201`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, logged(t, script.Test, tt.source, answered("{}"))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// What is neither an address nor a description of a request has no host.
func TestSendRequestOfOddities(t *testing.T) {
	t.Parallel()
	for _, odd := range []string{`5`, `true`, `() => 1`, `{ url: 5 }`, `{ url: true }`} {
		host := &recorder{}
		playOnce(t, host, script.Test, `await pm.sendRequest(`+odd+`).catch(() => {})`, answered("{}"))
		if len(host.sent) != 1 || gjson.Get(host.sent[0], "url.host").Exists() {
			t.Errorf("%s sends %q", odd, host.sent)
		}
	}
}

func TestCookies(t *testing.T) {
	t.Parallel()
	c := answered("{}")
	c.Cookies = []script.Cookie{{Name: "a", Value: "x%20y", Path: "/", MaxAge: 60}, {Name: "e", Path: "/", HTTPOnly: true}}
	got := logged(t, script.Test, `
		console.log(JSON.parse(JSON.stringify(pm.cookies)).map((cookie) => cookie.maxAge));
		console.log(pm.cookies.toObject());
		console.log([pm.cookies.get('A'), pm.cookies.has('z'), String(pm.cookies.one('e'))]);
		const jar = pm.cookies.jar();
		try { jar.get('', 'x', () => {}) } catch (e) { console.log(e.name + e.message) }
		try { jar.get('http://h', 'x', 1) } catch (e) { console.log(e.message) }
		jar.set('http://h', { name: 'n', value: 'v', httpOnly: true }, (e, cookie) => {
			console.log([e, cookie.name, cookie.httpOnly]);
			jar.get('http://h', 'n', (e, value) => console.log(value));
			jar.getAll('http://h', { http: false }, (e, all) => console.log(all.count()));
			jar.clear('http://h', () => jar.get('http://h', 'n', (e, value) => console.log(value)));
		});`, c)
	want := []string{`[60,0]`, `{"a":"x y","e":""}`, `["x y",false,"e=; Path=/; HttpOnly"]`, `"TypeErrorCookieJar.get() requires a valid url"`,
		`"CookieJar.get() requires a callback function"`, `[null,"n",true]`, `"v"`, `0`, `null`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// secrets is a vault, kept in a map.
type secrets map[string]vars.Value

func (s secrets) Get(name string) (vars.Value, bool) { v, ok := s[name]; return v, ok }
func (s secrets) Set(name string, value vars.Value)  { s[name] = value }
func (s secrets) Unset(name string)                  { delete(s, name) }
func (secrets) Given() bool                          { return true }

// The members of pm are its own, and a script's alone.
func TestMembersOfPm(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	for range 2 {
		c.succeeds(`
			const seen = [];
			for (const key in pm) seen.push(key);
			pm.test("those that loops see", () => pm.expect(seen).to.eql(["test", "expect"]));
			pm.test("its keys", () => pm.expect(Object.keys(pm)).to.eql(["test"]));
			pm.test("its own", () => ["info", "environment", "response", "sendRequest", "test"].forEach((name) => {
				pm.expect(Object.prototype.hasOwnProperty.call(pm, name), name).to.equal(true);
			}));
			pm.test("its class", () => pm.expect(pm.constructor.name).to.equal("Postman"));
			pm.test("of one script", () => pm.expect(pm.mine).to.equal(undefined));
			pm.mine = 1;
			delete pm.environment;`)
	}
}
