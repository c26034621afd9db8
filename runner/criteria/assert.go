package criteria

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/tidwall/gjson"

	"postie/runner/script"
)

// An Assert is a check of every response that needs no script: a path, an
// operator and a value, such as `status == 200` or `body.items.#.id has 3`.
type Assert struct {
	text, path, op string
	want           gjson.Result
	match          *regexp.Regexp
	status         *Status // a class of them, as in status == 2xx
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

// String is the assert as written.
func (a Assert) String() string { return a.text }

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
		match, err := regexp.Compile(unquote(text))
		if err != nil {
			return a, fmt.Errorf("%q: %w", a.text, err)
		}
		a.match = match
		return a, nil
	case a.path == "status" && (a.op == "==" || a.op == "!=") && strings.ContainsAny(text, "xX"):
		status, err := ParseStatus(text)
		if err != nil {
			return a, fmt.Errorf("%q: want a status such as 503 or 5xx", a.text)
		}
		a.status = &status
		return a, nil
	}
	if !json.Valid([]byte(text)) {
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

// holds reports whether the response meets a, and what it has in place.
func (a *Assert) holds(r *script.Response) (ok bool, got gjson.Result) {
	got = at(r, a.path)
	if a.status != nil {
		return a.status.Matches(r.Code) == (a.op == "=="), got
	}
	switch a.op {
	case "exists":
		return a.found(got), got
	case "missing":
		return a.mayMiss(r) && !a.found(got), got
	case "==":
		return same(got, a.want), got
	case "!=": // of nothing, only missing holds
		return got.Exists() && !same(got, a.want), got
	case "matches":
		return got.Exists() && a.match.MatchString(got.String()), got
	case "contains":
		return got.Exists() && strings.Contains(got.String(), a.want.String()), got
	case "has":
		return member(got, a.want), got
	}
	return a.ordered(got), got
}

// found reports whether there is something at the path: a list that was gathered
// from nothing is nothing.
func (a *Assert) found(got gjson.Result) bool {
	return got.Exists() && (!collects(a.path) || got.Raw != "[]")
}

// mayMiss reports whether it says something that nothing is at the path: in a
// body that is no JSON there is no member, whatever was answered.
func (a *Assert) mayMiss(r *script.Response) bool {
	if !strings.HasPrefix(a.path, "body.") {
		return true
	}
	_, ok := jsonBody(r)
	return ok
}

// longestQuote is how much of a value a message quotes, in bytes.
const longestQuote = 200

// quoted is a value for a message: its secrets hidden, then cut off when long.
func quoted(v gjson.Result, hide func(string) string) string {
	if !v.Exists() {
		return "nothing"
	}
	s := v.Raw
	if hide != nil {
		s = hide(s)
	}
	if len(s) <= longestQuote {
		return s
	}
	return strings.ToValidUTF8(s[:longestQuote], "") + "…"
}
