package plain

import (
	"slices"
	"strings"

	"postie/runner/script"
)

// An assertion is a chain of words at one of them.
type assertion struct {
	subject value
	not     bool
	deep    bool
}

// A word checks something. It reports whether the assertion holds: what does not
// is the machine's to fail.
type word func(r *run, a *assertion, arguments []value) bool

// chains are the words that change nothing.
var chains = setOf("to been be is and has have with that which at of same but does still also")

// properties are the words that are no methods.
var properties = map[string]word{
	"not":  func(_ *run, a *assertion, _ []value) bool { a.not = true; return true },
	"deep": func(_ *run, a *assertion, _ []value) bool { a.deep = true; return true },
	"ok":   looks(value.truthy),
	"true": looks(value.isTrue), "false": looks(func(v value) bool { return v.kind == boolean && !v.isTrue() }),
	"null": looks(func(v value) bool { return v.kind == null }), "undefined": looks(func(v value) bool { return v.kind == undefined }),
	"exist": looks(exists), "exists": looks(exists),
	"empty": empty,
}

func looks(check func(value) bool) word {
	return func(_ *run, a *assertion, _ []value) bool { return check(a.subject) != a.not }
}

func exists(v value) bool { return v.kind != null && v.kind != undefined }

func empty(_ *run, a *assertion, _ []value) bool {
	switch a.subject.kind {
	case text, array, object:
		return (len(a.subject.text)+len(a.subject.list) == 0) != a.not
	}
	return false
}

// methods are the words that are called. A second argument is what the failure
// would say, but for property's, which is a value.
var methods = map[string]word{
	"a": isA, "an": isA,
	"equal": equals, "equals": equals, "eq": equals,
	"eql": equalsDeeply, "eqls": equalsDeeply,
	"above": compares(above), "gt": compares(above), "greaterThan": compares(above),
	"least": compares(least), "gte": compares(least), "greaterThanOrEqual": compares(least),
	"below": compares(below), "lt": compares(below), "lessThan": compares(below),
	"most": compares(most), "lte": compares(most), "lessThanOrEqual": compares(most),
	"include": includes, "includes": includes, "contain": includes, "contains": includes,
	"oneOf":    oneOf,
	"property": property,
	"length":   hasLength, "lengthOf": hasLength,
}

func above(a, b float64) bool { return a > b }
func least(a, b float64) bool { return a >= b }
func below(a, b float64) bool { return a < b }
func most(a, b float64) bool  { return a <= b }

func isA(_ *run, a *assertion, arguments []value) bool {
	name := arguments[0]
	return name.kind == text && (strings.ToLower(name.text) == a.subject.typeName()) != a.not
}

func equals(r *run, a *assertion, arguments []value) bool {
	if a.deep {
		return equalsDeeply(r, a, arguments)
	}
	return r.identical(a.subject, arguments[0]) != a.not
}

func equalsDeeply(_ *run, a *assertion, arguments []value) bool {
	return deepEqual(arguments[0], a.subject) != a.not
}

func compares(holds func(a, b float64) bool) word {
	return func(_ *run, a *assertion, arguments []value) bool {
		b := arguments[0]
		return a.subject.kind == number && b.kind == number && holds(a.subject.number, b.number) != a.not
	}
}

func includes(r *run, a *assertion, arguments []value) bool {
	part := arguments[0]
	switch {
	case a.subject.kind == text && part.kind == text:
		return strings.Contains(a.subject.text, part.text) != a.not
	case a.subject.kind == array && a.deep:
		return slices.ContainsFunc(a.subject.list, func(v value) bool { return deepEqual(v, part) }) != a.not
	case a.subject.kind == array:
		return r.contains(a.subject, part) != a.not
	}
	return false
}

func (r *run) contains(list, part value) bool {
	return slices.ContainsFunc(list.list, func(v value) bool { return r.identical(v, part) })
}

func oneOf(r *run, a *assertion, arguments []value) bool {
	return arguments[0].kind == array && !a.deep && r.contains(arguments[0], a.subject) != a.not
}

// property goes on with the property's value.
func property(r *run, a *assertion, arguments []value) bool {
	name := arguments[0]
	if a.subject.kind != object || name.kind != text || a.not || a.deep {
		return false
	}
	got, ok := a.subject.own(name.text)
	if !ok || len(arguments) > 1 && !r.identical(got, arguments[1]) {
		return false
	}
	a.subject = got
	return true
}

func hasLength(_ *run, a *assertion, arguments []value) bool {
	if a.subject.kind != text && a.subject.kind != array || arguments[0].kind != number {
		return false
	}
	return (float64(a.subject.length()) == arguments[0].number) != a.not
}

// A responseWord checks the response. It reports what the word says of it, whether
// that is wanted or not.
type responseWord func(r *run, got *script.Response, arguments []value) bool

// responseProperties and responseMethods are the words of pm.response.to.
var (
	responseProperties = map[string]responseWord{
		"ok":          func(_ *run, got *script.Response, _ []value) bool { return got.Code == 200 },
		"info":        class(1),
		"success":     class(2),
		"redirection": class(3),
		"clientError": class(4),
		"serverError": class(5),
		"error":       func(_ *run, got *script.Response, _ []value) bool { return got.Code >= 400 && got.Code < 600 },
		"json":        func(r *run, _ *script.Response, _ []value) bool { r.json(); return true },
		"withBody":    func(r *run, _ *script.Response, _ []value) bool { return r.facts.Text() != "" },
	}
	responseMethods = map[string]responseWord{"status": status, "header": header}
)

// onResponse is the word of a chain that begins with pm.response.to.
func onResponse(check responseWord) word {
	return func(r *run, a *assertion, arguments []value) bool { return check(r, r.response(), arguments) != a.not }
}

func class(first int) responseWord {
	return func(_ *run, got *script.Response, _ []value) bool { return got.Code/100 == first }
}

func status(r *run, got *script.Response, arguments []value) bool {
	switch wanted := arguments[0]; wanted.kind {
	case number:
		return wanted.number == float64(got.Code)
	case text:
		return wanted.text == got.Status
	}
	r.giveUp()
	return false
}

// header finds a field. Its value is looked at only where there is one: to want
// another value is no reason for the field to be missing.
func header(r *run, got *script.Response, arguments []value) bool {
	field, ok := fieldOf(got, arguments[0])
	if !ok || arguments[0].kind != text || len(arguments) > 1 && !r.identical(value{kind: text, text: field}, arguments[1]) {
		r.giveUp()
	}
	return true
}

// fieldOf is the value of the last header of a name.
func fieldOf(got *script.Response, name value) (string, bool) {
	for _, f := range slices.Backward(got.Header) {
		if name.kind == text && strings.EqualFold(f.Name, name.text) {
			return f.Value, true
		}
	}
	return "", false
}

// json is the response's body.
func (r *run) json() value {
	if r.body == nil {
		v := r.parsed(r.facts.Text())
		r.body = &v
	}
	return *r.body
}
