package runner

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"postie/collections/vars"
	"postie/runner/event"
	"postie/runner/script"
)

// An Assert is a check of every response that needs no script: a path, an
// operator and a value, such as `status == 200` or `body.items.#.id has 3`.
type Assert struct {
	text, path, op string
	want           gjson.Result
	match          *regexp.Regexp
}

// operators, the longer of two that start alike first.
var operators = []string{"==", "!=", "<=", ">=", "<", ">", "has", "contains", "matches", "exists", "missing"}

// ParseAssert reads `path operator value`. The path starts with status,
// reason, time (ms), size (bytes), header.NAME, text or body, and goes on
// inside the body as gjson has it. The value is JSON, or a text without quotes.
func ParseAssert(s string) (Assert, error) {
	a := Assert{text: strings.TrimSpace(s)}
	path, rest, _ := strings.Cut(a.text, " ")
	rest = strings.TrimSpace(rest)
	for _, op := range operators {
		if tail, ok := strings.CutPrefix(rest, op); ok && (tail == "" || tail[0] == ' ' || !isWord(op)) {
			a.path, a.op = path, op
			return a.value(strings.TrimSpace(tail))
		}
	}
	return a, fmt.Errorf("%q: want a path, one of %s, and a value", s, strings.Join(operators, " "))
}

func isWord(op string) bool { return op[0] >= 'a' && op[0] <= 'z' }

func (a Assert) value(text string) (Assert, error) {
	if err := checkPath(a.path); err != nil {
		return a, fmt.Errorf("%q: %w", a.text, err)
	}
	switch {
	case a.op == "exists" || a.op == "missing":
		if text != "" {
			return a, fmt.Errorf("%q: %s takes no value", a.text, a.op)
		}
		return a, nil
	case text == "":
		return a, fmt.Errorf("%q: no value after %s", a.text, a.op)
	case a.op == "matches":
		var err error
		a.match, err = regexp.Compile(unquote(text))
		return a, err
	}
	if !gjson.Valid(text) {
		quoted, err := json.Marshal(unquote(text))
		if err != nil {
			return a, err
		}
		text = string(quoted)
	}
	a.want = gjson.Parse(text)
	return a, nil
}

// unquote takes 'single' and "double" quotes off a text.
func unquote(s string) string {
	if n := len(s); n >= 2 && (s[0] == '\'' || s[0] == '"') && s[n-1] == s[0] {
		return s[1 : n-1]
	}
	return s
}

func checkPath(path string) error {
	root, _, _ := strings.Cut(path, ".")
	switch root {
	case "status", "reason", "time", "size", "header", "text", "body":
		return nil
	}
	return fmt.Errorf("unknown path %q: it starts with status, reason, time, size, header, text or body", path)
}

// An Extract stores what a path of a response leads to in a variable of the
// environment.
type Extract struct{ Name, path string }

// ParseExtract reads name=path; see ParseAssert for paths.
func ParseExtract(s string) (Extract, error) {
	name, path, ok := strings.Cut(s, "=")
	if !ok || name == "" {
		return Extract{}, fmt.Errorf("%q: want name=path", s)
	}
	return Extract{Name: name, path: path}, checkPath(path)
}

// at reads a path of a response.
func at(r *script.Response, path string) gjson.Result {
	root, rest, more := strings.Cut(path, ".")
	switch root {
	case "status":
		return number(float64(r.Code))
	case "reason":
		return str(r.Status)
	case "time":
		return number(event.Milliseconds(r.Time))
	case "size":
		return number(float64(len(r.Body)))
	case "text":
		return str(string(r.Body))
	case "header":
		return headerAt(r, rest)
	}
	if !gjson.ValidBytes(r.Body) {
		return gjson.Result{}
	}
	if !more {
		return gjson.ParseBytes(r.Body)
	}
	return gjson.GetBytes(r.Body, rest)
}

func headerAt(r *script.Response, name string) gjson.Result {
	for i := len(r.Header) - 1; i >= 0; i-- {
		if strings.EqualFold(r.Header[i].Name, name) {
			return str(r.Header[i].Value)
		}
	}
	return gjson.Result{}
}

func number(f float64) gjson.Result {
	return gjson.Result{Type: gjson.Number, Num: f, Raw: strconv.FormatFloat(f, 'g', -1, 64)}
}

func str(s string) gjson.Result {
	return gjson.Result{Type: gjson.String, Str: s, Raw: string(jsonString(s))}
}

// holds reports whether the response meets a, and what it has in place.
func (a *Assert) holds(r *script.Response) (ok bool, got gjson.Result) {
	got = at(r, a.path)
	switch a.op {
	case "exists":
		return got.Exists(), got
	case "missing":
		return !got.Exists(), got
	case "==":
		return same(got, a.want), got
	case "!=":
		return !same(got, a.want), got
	case "matches":
		return got.Exists() && a.match.MatchString(got.String()), got
	case "contains":
		return got.Exists() && strings.Contains(got.String(), a.want.String()), got
	case "has":
		return member(got, a.want), got
	}
	return a.ordered(got), got
}

func (a *Assert) ordered(got gjson.Result) bool {
	if got.Type != gjson.Number || a.want.Type != gjson.Number {
		return false
	}
	switch a.op {
	case "<":
		return got.Num < a.want.Num
	case "<=":
		return got.Num <= a.want.Num
	case ">":
		return got.Num > a.want.Num
	}
	return got.Num >= a.want.Num
}

// same compares values; numbers by their digits where a float would lose some.
func same(a, b gjson.Result) bool {
	if !a.Exists() || a.Type != b.Type {
		return false
	}
	switch a.Type {
	case gjson.Number:
		return a.Raw == b.Raw || a.Num == b.Num && !(long(a.Raw) && long(b.Raw))
	case gjson.JSON:
		return sameJSON(a.Raw, b.Raw)
	}
	return a.String() == b.String()
}

func long(digits string) bool { return len(digits) > 15 && !strings.ContainsAny(digits, ".eE") }

func sameJSON(a, b string) bool {
	x, y := gjson.Parse(a), gjson.Parse(b)
	if x.IsArray() != y.IsArray() {
		return false
	}
	mx, my := x.Map(), y.Map()
	if x.IsArray() {
		ax, ay := x.Array(), y.Array()
		if len(ax) != len(ay) {
			return false
		}
		for i := range ax {
			if !same(ax[i], ay[i]) {
				return false
			}
		}
		return true
	}
	if len(mx) != len(my) {
		return false
	}
	for k, v := range mx {
		if w, ok := my[k]; !ok || !same(v, w) {
			return false
		}
	}
	return true
}

// member reports whether an array holds a value, an object a member of that
// name, or a text a part.
func member(got, want gjson.Result) bool {
	switch {
	case got.IsArray():
		for _, v := range got.Array() {
			if same(v, want) {
				return true
			}
		}
		return false
	case got.IsObject():
		_, ok := got.Map()[want.String()]
		return ok
	}
	return got.Type == gjson.String && strings.Contains(got.Str, want.String())
}

// asserts checks the item's response against Options.Asserts, and stores what
// Options.Extracts name. It reports whether any failed.
func (x *execution) asserts(got *answer) (failed bool) {
	r := got.response
	for i := range x.opts.Extracts {
		e := &x.opts.Extracts[i]
		v := at(r, e.path)
		if !v.Exists() {
			continue
		}
		value, err := vars.FromJSON(json.RawMessage(v.Raw))
		if err == nil {
			x.stack.Environment.Set(e.Name, value)
		}
	}
	for i := range x.opts.Asserts {
		a := &x.opts.Asserts[i]
		e := &event.TestFinished{Item: x.item.ref, Listen: script.Test, Name: a.text, Index: i}
		if ok, value := a.holds(r); !ok {
			failed = true
			e.Err = a.failure(value)
			if a.want.Exists() {
				e.Expected = &a.want.Raw
				raw := shown(value)
				e.Actual = &raw
			}
		}
		x.emit(e, x.cur)
	}
	x.mask.learnScopes()
	return failed
}

func (a *Assert) failure(got gjson.Result) *script.Error {
	message := fmt.Sprintf("expected %s but got %s", a.text, shown(got))
	return &script.Error{Type: "Error", Name: "AssertionError", Message: message}
}

// shown is a value for a message, cut off when long.
func shown(v gjson.Result) string {
	if !v.Exists() {
		return "nothing"
	}
	if len(v.Raw) > 200 {
		return v.Raw[:200] + "…"
	}
	return v.Raw
}
