package plain

import (
	"math"
	"slices"
	"strings"

	"postie/runner/script"
)

// An assertion is the state of a chain of assertion words.
type assertion struct {
	subject  value
	not      bool
	deep     bool
	contains bool // the subject may have other members, too
	any      bool // one of the members is enough
	length   bool // the words compare the subject's length
}

// A word checks something. It reports whether the assertion holds. When it does
// not hold, the machine runs the script and reports the failure.
type word func(r *run, a *assertion, arguments []value) bool

// chains are the words without effect.
var chains = setOf("to been be is and has have with that which at of same but does still also")

// properties are the words that are not called.
var properties = map[string]word{
	"not":     func(_ *run, a *assertion, _ []value) bool { a.not = true; return true },
	"deep":    func(_ *run, a *assertion, _ []value) bool { a.deep = true; return true },
	"include": func(_ *run, a *assertion, _ []value) bool { a.contains = true; return true },
	"contain": func(_ *run, a *assertion, _ []value) bool { a.contains = true; return true },
	"all":     func(_ *run, a *assertion, _ []value) bool { a.any = false; return true },
	"any":     func(_ *run, a *assertion, _ []value) bool { a.any = true; return true },
	"length":  ofLength, "lengthOf": ofLength,
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

// methods are the words that are called. Their second argument is the message
// of a failure; that of property is a value.
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
	"string": hasText,
	"within": within, "closeTo": closeTo, "approximately": closeTo,
	"keys": hasKeys, "key": hasKeys,
	"members": hasMembers,
}

// ofLength makes the words after it compare the subject's length.
func ofLength(_ *run, a *assertion, _ []value) bool {
	a.length = true
	return a.subject.kind == text || a.subject.kind == array
}

// compared returns the number that the words compare.
func (a *assertion) compared() (float64, bool) {
	if a.length {
		return float64(a.subject.length()), a.subject.kind == text || a.subject.kind == array
	}
	return a.subject.number, a.subject.kind == number
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

func equalsDeeply(r *run, a *assertion, arguments []value) bool {
	return r.deepEqual(arguments[0], a.subject) != a.not
}

func compares(holds func(a, b float64) bool) word {
	return func(_ *run, a *assertion, arguments []value) bool {
		b := arguments[0]
		n, ok := a.compared()
		return ok && b.kind == number && holds(n, b.number) != a.not
	}
}

func includes(r *run, a *assertion, arguments []value) bool {
	part := arguments[0]
	a.contains = true
	switch {
	case a.subject.kind == text && part.kind == text:
		r.work(len(a.subject.text) / 16)
		return strings.Contains(a.subject.text, part.text) != a.not
	case a.subject.kind == array && a.deep:
		return slices.ContainsFunc(a.subject.list, func(v value) bool { return r.deepEqual(v, part) }) != a.not
	case a.subject.kind == array:
		return r.contains(a.subject, part) != a.not
	case a.subject.kind == object && part.kind == object && !a.not:
		return r.includesMembers(a, part)
	}
	return false
}

// includesMembers reports whether the subject has all members of part.
func (r *run) includesMembers(a *assertion, part value) bool {
	for i, key := range part.keys {
		got, ok := a.subject.own(key)
		if !ok || a.deep && !r.deepEqual(got, part.list[i]) || !a.deep && !r.identical(got, part.list[i]) {
			return false
		}
	}
	return len(part.keys) > 0
}

func (r *run) contains(list, part value) bool {
	return slices.ContainsFunc(list.list, func(v value) bool { return r.identical(v, part) })
}

func oneOf(r *run, a *assertion, arguments []value) bool {
	return arguments[0].kind == array && !a.deep && !a.contains && r.contains(arguments[0], a.subject) != a.not
}

// property changes the subject to the value of a property.
func property(r *run, a *assertion, arguments []value) bool {
	name := arguments[0]
	if a.subject.kind != object || name.kind != text || a.deep {
		return false
	}
	got, ok := a.subject.own(name.text)
	if a.not {
		missing := !ok && len(arguments) == 1 && !inherited[name.text]
		a.subject = value{}
		return missing
	}
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

func hasText(_ *run, a *assertion, arguments []value) bool {
	part := arguments[0]
	return a.subject.kind == text && part.kind == text && strings.Contains(a.subject.text, part.text) != a.not
}

func within(_ *run, a *assertion, arguments []value) bool {
	f, ok := a.compared()
	if len(arguments) < 2 || !ok || arguments[0].kind != number || arguments[1].kind != number {
		return false
	}
	return (f >= arguments[0].number && f <= arguments[1].number) != a.not
}

func closeTo(_ *run, a *assertion, arguments []value) bool {
	if len(arguments) < 2 || a.subject.kind != number || arguments[0].kind != number || arguments[1].kind != number {
		return false
	}
	return (math.Abs(a.subject.number-arguments[0].number) <= arguments[1].number) != a.not
}

// hasKeys takes keys as arguments, or one list of keys.
func hasKeys(_ *run, a *assertion, arguments []value) bool {
	if arguments[0].kind == array && len(arguments) == 1 {
		arguments = arguments[0].list
	}
	if a.subject.kind != object || len(arguments) == 0 || slices.ContainsFunc(arguments, func(v value) bool { return v.kind != text }) {
		return false
	}
	has := func(key value) bool { return slices.Contains(a.subject.keys, key.text) }
	if a.any {
		return slices.ContainsFunc(arguments, has) != a.not
	}
	all := !slices.ContainsFunc(arguments, func(key value) bool { return !has(key) })
	return (all && (a.contains || len(arguments) == len(a.subject.keys))) != a.not
}

// hasMembers matches each wanted member with a member of the subject.
func hasMembers(r *run, a *assertion, arguments []value) bool {
	wanted := arguments[0]
	if a.subject.kind != array || wanted.kind != array {
		return false
	}
	left, all := slices.Clone(a.subject.list), a.contains || len(wanted.list) == len(a.subject.list)
	for _, member := range wanted.list {
		at := slices.IndexFunc(left, func(v value) bool {
			if a.deep {
				return r.deepEqual(member, v)
			}
			return r.identical(member, v)
		})
		if all = all && at >= 0; !all {
			break
		}
		if !a.contains {
			left = slices.Delete(left, at, at+1)
		}
	}
	return all != a.not
}

// A responseWord checks the response. It reports whether its condition holds,
// whether or not the chain is negated.
type responseWord func(r *run, got *script.Response, arguments []value) bool

// responseProperties and responseMethods are the words after pm.response.to.
var (
	responseProperties = map[string]responseWord{
		"ok":          func(_ *run, got *script.Response, _ []value) bool { return got.Code == 200 },
		"info":        class(1),
		"success":     class(2),
		"redirection": class(3),
		"clientError": class(4),
		"serverError": class(5),
		"error":       func(_ *run, got *script.Response, _ []value) bool { return got.Code >= 400 && got.Code < 600 },
		"json":        func(r *run, _ *script.Response, _ []value) bool { r.bodyJSON(); return true },
		"withBody":    func(r *run, _ *script.Response, _ []value) bool { return r.bodyText() != "" },
	}
	responseMethods = map[string]responseWord{"status": status, "header": header, "body": body, "jsonBody": jsonBody}
)

// onResponse converts a responseWord to a word.
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
		return wanted.text == r.reason()
	}
	r.giveUp()
	return false
}

// header checks that a header field exists and has the wanted value. When
// either fails, the machine runs the script, also for a negated chain: "not"
// applies to the field, and not to its value.
func header(r *run, got *script.Response, arguments []value) bool {
	field, ok := fieldOf(got, arguments[0])
	if !ok || arguments[0].kind != text || len(arguments) > 1 && !r.identical(value{kind: text, text: field}, arguments[1]) {
		r.giveUp()
	}
	return true
}

func body(r *run, _ *script.Response, arguments []value) bool {
	if arguments[0].compound() {
		r.giveUp()
	}
	return r.identical(value{kind: text, text: r.bodyText()}, arguments[0])
}

// jsonBody checks the value at a path of plain names with dots. A missing path
// or another value is left to the machine, as in header.
func jsonBody(r *run, _ *script.Response, arguments []value) bool {
	at := r.bodyJSON()
	if len(arguments) == 0 {
		return true
	}
	path := arguments[0]
	if path.kind != text || strings.ContainsAny(path.text, `[]"'\`) || at.kind != object {
		r.giveUp()
	}
	if whole, ok := at.own(path.text); ok {
		at = whole
	} else {
		for name := range strings.SplitSeq(path.text, ".") {
			if at, ok = at.own(name); !ok {
				r.giveUp()
			}
		}
	}
	if len(arguments) > 1 && !r.deepEqual(at, arguments[1]) {
		r.giveUp()
	}
	return true
}

// timeOf changes the subject to the response time.
func timeOf(r *run, a *assertion, _ []value) bool {
	a.subject = facts["responseTime"](r.response())
	return true
}

// fieldOf returns the value of the last header with a name.
func fieldOf(got *script.Response, name value) (string, bool) {
	for _, f := range slices.Backward(got.Header) {
		if name.kind == text && strings.EqualFold(f.Name, name.text) {
			return f.Value, true
		}
	}
	return "", false
}
