package sandbox

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"modernc.org/quickjs"

	"postie/collections/vars"
	"postie/runner/script"
	"postie/runner/script/sandbox/engine"
)

// A call is a function that js/*.js can call on host. Arguments and result are
// strings, numbers and booleans; an error becomes a JavaScript exception.
type call func(x *execution, a arguments) (any, error)

// calls are all functions of host, by name.
var calls = map[string]call{
	"info":     (*execution).info,
	"get":      (*execution).variable,
	"keep":     (*execution).keep,
	"drop":     (*execution).drop,
	"all":      (*execution).variables,
	"expand":   (*execution).expand,
	"over":     (*execution).end,
	"request":  (*execution).request,
	"response": (*execution).response,
	"header":   (*execution).header,
	"field":    (*execution).field,
	"body":     (*execution).body,
	"json":     (*execution).json,
	"bytes":    (*execution).bytes,
	"cookies":  (*execution).cookies,
	"test":     (*execution).test,
	"console":  (*execution).console,
	"room":     (*execution).room,
	"timer":    (*execution).timer,
	"compress": (*execution).compress,
	"encoding": (*execution).encoding,
	"decode":   (*execution).decode,
	"clear":    (*execution).clear,
	"send":     (*execution).send,
	"run":      (*execution).runRequest,
	"jar":      (*execution).jar,
	"vault":    (*execution).vault,
	"random":   (*execution).random,
	"clock":    (*execution).clock,
	"url":      (*execution).url,
	"hash":     (*execution).hash,
	"mac":      (*execution).mac,
	"derive":   (*execution).derive,
	"stack":    (*execution).stack,
	"subtle":   (*execution).subtle,
	"zone":     (*execution).zone,
	"locale":   (*execution).localeData,
	"subtag":   (*execution).subtag,
	"names":    (*execution).names,
	"segments": (*execution).segments,
	"inCase":   (*execution).inCase,
}

// register defines the host functions on the global object and returns their
// names. js/boot.js removes them from it again.
func (r *realm) register() (names string, err error) {
	var list []string
	add := func(name string, err error) error {
		list = append(list, name)
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(calls)) {
		if err := add(name, r.vm.Define("postie:"+name, r.bound(calls[name], effects[name], quick[name]))); err != nil {
			return "", err
		}
	}
	functions := map[string]engine.Function{"words": r.setWords, "word": r.newWord, "chain": r.chain, "assertion": r.begin, "compare": r.compare}
	maps.Copy(functions, natives)
	for _, name := range slices.Sorted(maps.Keys(functions)) {
		if err := add(name, r.vm.Define("postie:"+name, functions[name])); err != nil {
			return "", err
		}
	}
	if err := add("module", r.vm.RegisterFunc("postie:module", r.module, false)); err != nil {
		return "", err
	}
	if err := add("library", r.vm.RegisterFunc("postie:library", r.library, false)); err != nil {
		return "", err
	}
	if err := add("sort", r.vm.RegisterFunc("postie:sort", r.vm.Sort, false)); err != nil {
		return "", err
	}
	if err := add("intl", r.vm.RegisterFunc("postie:intl", r.intl, false)); err != nil {
		return "", err
	}
	return strings.Join(list, " "), nil
}

// natives are host functions that need only the machine, and no running script.
var natives = map[string]engine.Function{
	"begin":     begin,
	"copy":      copyObject,
	"chainable": chainable,
	"hide":      hide,
	"parse":     parse,

	"native": native,

	"calledByScript": calledByScript,
}

// copyObject implements host.copy(object, values…). It returns a copy of the
// object whose first properties have the given values.
func copyObject(c *engine.Call) engine.Value {
	c.Quick()
	var room [4]engine.Value
	values := room[:0]
	for i := 1; i < c.Len(); i++ {
		values = append(values, c.Share(c.At(i)))
	}
	return c.Copy(c.At(0), values...)
}

// begin implements host.begin(name, object, name, object). It puts copies of
// the objects on the global object and returns the `this` of a script.
func begin(c *engine.Call) engine.Value {
	c.Quick()
	global := c.Global()
	defer c.Free(global)
	for i := 0; i < 4; i += 2 {
		copied := c.Copy(c.At(i + 1))
		c.Hide(global, c.At(i), copied)
		c.Free(copied)
	}
	return c.Create(global)
}

// hide implements host.hide(object, name, value). It defines a property that is
// not enumerable.
func hide(c *engine.Call) engine.Value {
	c.Quick()
	c.Hide(c.At(0), c.At(1), c.At(2))
	return engine.Undefined
}

// calledByScript implements host.calledByScript(). It reports whether the
// function that asks was called by a script, and not by our own code.
func calledByScript(c *engine.Call) engine.Value {
	c.Quick()
	return engine.Bool(!strings.HasPrefix(c.CallerFile(), internal))
}

// parse implements host.parse(text). It returns the value of a JSON text, or
// undefined when JSON.parse itself must read the text.
func parse(c *engine.Call) engine.Value {
	v, _ := c.ParseJSONText(c.At(0))
	return v
}

var errIdle = errors.New("no script is running")

// quick are the calls that take about a microsecond.
var quick = map[string]bool{"get": true, "keep": true, "drop": true, "test": true, "response": true, "field": true, "over": true}

// effects are the calls with effects outside the script. They do nothing after
// the script has ended.
var effects = map[string]bool{"test": true, "console": true, "timer": true, "send": true, "run": true, "jar": true, "vault": true}

func (r *realm) bound(f call, effect, quick bool) engine.Function {
	return func(c *engine.Call) engine.Value {
		if quick {
			c.Quick()
		}
		switch {
		case r.x == nil:
			return c.Throw(errIdle.Error())
		case effect && r.x.over:
			return engine.Undefined
		}
		got, err := f(r.x, arguments{c})
		if err != nil {
			return c.Throw(err.Error())
		}
		return returned(c, got)
	}
}

// returned converts the result of a call to a value of the engine.
func returned(c *engine.Call, got any) engine.Value {
	switch got := got.(type) {
	case string:
		return c.String(got)
	case bool:
		return engine.Bool(got)
	case int:
		return engine.Number(float64(got))
	case float64:
		return engine.Number(got)
	case engine.Value:
		return got
	}
	return engine.Undefined
}

// module evaluates one of our own files.
func (r *realm) module(name string) quickjs.Value {
	r.shared.loads(name)
	fn, err := r.function(name)
	if err != nil {
		return r.text(err.Error())
	}
	return fn
}

// text returns a JavaScript string, or undefined when there is no memory for
// it.
func (r *realm) text(s string) quickjs.Value {
	v, err := r.vm.NewString(s)
	if err != nil {
		return quickjs.UndefinedValue
	}
	return v
}

// arguments are the arguments of a call.
type arguments struct{ *engine.Call }

func (a arguments) text(i int) string { return a.Text(i) }

// optional returns nil when the argument is not a string.
func (a arguments) optional(i int) *string {
	if !a.IsText(i) {
		return nil
	}
	s := a.Text(i)
	return &s
}

func (a arguments) number(i int) float64 { return a.Number(i) }

func (a arguments) flag(i int) bool { return a.Bool(i) }

// missing is JavaScript's undefined.
var missing any

func encode(v any) (any, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

func (x *execution) info(arguments) (any, error) {
	c := x.context
	return encode(map[string]any{
		"eventName": x.script.Listen, "iteration": c.Iteration, "iterationCount": c.Iterations,
		"requestName": c.ItemName, "requestId": c.ItemID, "location": c.Location, "current": c.Current,
	})
}

// The layers of the variable scopes, as js/scope.js numbers them.
const (
	localLayer = iota
	dataLayer
	environmentLayer
	collectionLayer
	globalsLayer
	layers
)

func (x *execution) layer(n float64) *vars.Scope {
	s := x.context.Scopes
	if s == nil {
		return nil
	}
	switch int(n) {
	case localLayer:
		return s.Local
	case dataLayer:
		return s.Data
	case environmentLayer:
		return s.Environment
	case collectionLayer:
		return s.Collection
	case globalsLayer:
		return s.Globals
	}
	return nil
}

// variable implements host.get(layer, key, none). It returns undefined when the
// variable does not exist, and none when its value is undefined.
func (x *execution) variable(a arguments) (any, error) {
	scope := x.layer(a.number(0))
	if scope == nil {
		return missing, nil
	}
	v, ok := scope.Get(a.text(1))
	if !ok {
		return missing, nil
	}
	switch v := v.(type) {
	case nil:
		return engine.Null, nil
	case bool, float64, string:
		return v, nil
	case vars.Undefined:
		return a.Share(a.At(2)), nil
	}
	return a.ParsedJSON(string(vars.JSON(v))), nil
}

// A listed variable is a variable in the form that js/scope.js reads.
type listed struct {
	Key      string          `json:"key"`
	Value    json.RawMessage `json:"value,omitempty"`
	Type     string          `json:"type"`
	Disabled bool            `json:"disabled,omitempty"`
}

// variables implements host.all(layer). It returns the scope with all its
// variables.
func (x *execution) variables(a arguments) (any, error) {
	out := struct {
		ID     string   `json:"id,omitempty"`
		Name   string   `json:"name,omitempty"`
		Values []listed `json:"values"`
	}{Values: []listed{}}
	if scope := x.layer(a.number(0)); scope != nil {
		if n := int(a.number(0)); n == environmentLayer || n == globalsLayer { // the other scopes have names that we chose
			out.ID, out.Name = scope.ID, scope.Name
		}
		for v := range scope.All() {
			l := listed{Key: v.Key, Type: v.Type, Disabled: v.Disabled}
			if _, undefined := v.Value.(vars.Undefined); !undefined {
				l.Value = vars.JSON(v.Value)
			}
			out.Values = append(out.Values, l)
		}
	}
	return encode(out)
}

// expand implements host.expand(text, known). It returns "=" and the text with
// its templates filled in. known is a JSON object of texts by name; null is a
// name that has no value. When the text contains names that known lacks, the
// result is "?" and a list of those names.
func (x *execution) expand(a arguments) (any, error) {
	var known map[string]*string
	if err := json.Unmarshal([]byte(a.text(1)), &known); err != nil {
		return nil, err
	}
	var more []string
	text := vars.Fill(a.text(0), func(name string) (string, bool) {
		value, ok := known[name]
		if ok && value != nil {
			return *value, true
		}
		if !ok && !slices.Contains(more, name) {
			more = append(more, name)
		}
		return x.dynamic(name, ok)
	})
	if len(more) == 0 {
		return "=" + text, nil
	}
	list, err := json.Marshal(more)
	return "?" + string(list), err
}

// dynamic returns the value of a dynamic variable such as $guid, unless a
// variable has that name.
func (x *execution) dynamic(name string, noVariable bool) (string, bool) {
	s := x.context.Scopes
	if !noVariable || s == nil || s.Dynamic == nil {
		return "", false
	}
	v, ok := s.Dynamic.Value(name)
	if !ok {
		return "", false
	}
	return vars.Text(v), true
}

// end implements host.over(): the script has ended, and its callbacks must have
// no further effects.
func (x *execution) end(arguments) (any, error) {
	x.over = true
	return missing, nil
}

func (x *execution) request(arguments) (any, error) {
	if len(x.context.Request) == 0 {
		return missing, nil
	}
	return string(x.context.Request), nil
}

// answer returns the response with a number: 0 is pm.response, other numbers
// are responses of pm.sendRequest.
func (x *execution) answer(n float64) *script.Response {
	if n == 0 {
		return x.context.Response
	}
	return x.answers[int(n)]
}

// response implements host.response(number, facts). It returns an object with
// the properties of facts, as js/response.js names them.
func (x *execution) response(a arguments) (any, error) {
	r := x.answer(a.number(0))
	if r == nil || r.Code == 0 {
		return missing, nil
	}
	ms := float64(r.Time) / float64(time.Millisecond)
	return a.Copy(a.At(1), a.At(0), engine.Number(float64(r.Code)), a.String(r.Status), engine.Number(ms),
		engine.Number(float64(r.BodySize)), engine.Number(float64(r.HeadSize)), engine.Number(float64(len(r.Body)))), nil
}

// field implements host.field(number, name). It returns the value of the last
// header with that name.
func (x *execution) field(a arguments) (any, error) {
	r := x.answer(a.number(0))
	if r == nil {
		return missing, nil
	}
	name := a.text(1)
	for _, h := range slices.Backward(r.Header) {
		if strings.EqualFold(h.Name, name) {
			return h.Value, nil
		}
	}
	return missing, nil
}

// header returns the response's header fields as a JSON list of {key, value}.
func (x *execution) header(a arguments) (any, error) {
	if r := x.answer(a.number(0)); r != nil {
		return encode(fields(r.Header))
	}
	return "[]", nil
}

func fields(list []script.Field) []script.Field {
	if list == nil {
		return []script.Field{}
	}
	return list
}

func (x *execution) body(a arguments) (any, error) {
	if r := x.answer(a.number(0)); r != nil {
		return decoded(r), nil
	}
	return missing, nil
}

// json implements host.json(number). It returns the body's JSON value, or
// undefined when JSON.parse itself must read the body. The value of the last
// body is cached.
func (x *execution) json(a arguments) (any, error) {
	r := x.answer(a.number(0))
	if r == nil {
		return missing, nil
	}
	known := &x.realm.parsed
	if known.of == r {
		return known.document.Make(), nil
	}
	v, document, ok := a.ParseJSON(decoded(r), len(r.Body) <= maxParsed)
	if !ok {
		return missing, nil
	}
	if document != nil {
		known.forget()
		*known = parsed{r, document}
	}
	return v, nil
}

// A parsed holds the last response whose body was read as JSON.
type parsed struct {
	of       *script.Response
	document *engine.Document
}

// maxParsed is the size in bytes above which the value of a body is not cached.
const maxParsed = 1 << 20

func (p *parsed) forget() {
	if p.document != nil {
		p.document.Free()
	}
	*p = parsed{}
}

// bytes returns the raw body in base64.
func (x *execution) bytes(a arguments) (any, error) {
	if r := x.answer(a.number(0)); r != nil {
		return base64.StdEncoding.EncodeToString(r.Body), nil
	}
	return missing, nil
}

func (x *execution) cookies(arguments) (any, error) {
	if x.context.Cookies == nil {
		return "[]", nil
	}
	return encode(x.context.Cookies)
}

// random returns n random bytes in base64.
func (x *execution) random(a arguments) (any, error) {
	n := int(a.number(0))
	if n < 0 || n > 65536 {
		return nil, errors.New("the requested length exceeds 65536 bytes")
	}
	b := make([]byte, n)
	_, err := rand.Read(b)
	return base64.StdEncoding.EncodeToString(b), err
}

// clock returns the milliseconds since the script began.
func (x *execution) clock(arguments) (any, error) {
	return float64(time.Since(x.began)) / float64(time.Millisecond), nil
}
