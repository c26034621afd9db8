package plain

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// builtin has the built-in functions of JavaScript, by object and name.
var builtin = map[string]map[string]call{
	"JSON":   {"parse": parse, "stringify": stringify},
	"Object": {"keys": keysOf, "values": valuesOf, "entries": entriesOf},
	"Number": {"isInteger": isInteger},
	"Array":  {"isArray": func(_ *run, _ value, arguments []value) value { return truth(arguments[0].kind == array) }},
	"Math": {"floor": numberMethod(math.Floor), "ceil": numberMethod(math.Ceil), "abs": numberMethod(math.Abs),
		"round": numberMethod(halfUp), "trunc": numberMethod(math.Trunc), "sqrt": numberMethod(math.Sqrt), "max": extreme(math.Max), "min": extreme(math.Min)},
}

// plenty are the built-in functions that take more than one argument.
var plenty = setOf("max min stringify")

// halfUp rounds to the nearest integer, and a half up. It keeps the sign of
// zero.
func halfUp(f float64) float64 {
	down := math.Floor(f)
	if f-down >= 0.5 {
		down++
	}
	return math.Copysign(down, f)
}

// niladic has the built-in functions without arguments, by object and name.
var niladic = map[string]map[string]expression{
	"Math": {"random": func(*run) value { return value{kind: number, number: rand.Float64()} }},
	"Date": {"now": func(*run) value { return value{kind: number, number: float64(time.Now().UnixMilli())} }},
}

// dateMethods are the methods without arguments of new Date().
var dateMethods = map[string]expression{
	"getTime": niladic["Date"]["now"],
	"toISOString": func(*run) value {
		return value{kind: text, text: time.Now().UTC().Format("2006-01-02T15:04:05.000Z")}
	},
}

// builtin parses a call of a built-in function, after the name of its object.
func (p *parser) builtin(of string) expression {
	p.want(".")
	name := p.next().Text
	p.want("(")
	arguments := p.list(")")
	if now := niladic[of][name]; now != nil && len(arguments) == 0 {
		return now
	}
	call := builtin[of][name]
	if call == nil || len(arguments) == 0 || len(arguments) > 1 && !plenty[name] {
		p.fail()
	}
	return func(r *run) value {
		if given := r.evaluate(arguments); !r.stuck {
			return call(r, value{}, given)
		}
		return value{}
	}
}

// date parses new Date() and a method, after new.
func (p *parser) date() expression {
	p.want("Date", "(", ")", ".")
	method := dateMethods[p.next().Text]
	p.want("(", ")")
	if method == nil {
		p.fail()
	}
	return method
}

func numberMethod(f func(float64) float64) call {
	return func(r *run, _ value, arguments []value) value {
		return value{kind: number, number: f(r.mustNumber(arguments[0]).number)}
	}
}

func parse(r *run, _ value, arguments []value) value {
	if arguments[0].kind != text {
		return r.giveUp()
	}
	return r.parsed(arguments[0].text)
}

// stringify accepts null as the second argument, and an indentation as the
// third.
func stringify(r *run, _ value, arguments []value) value {
	if arguments[0].kind == undefined || len(arguments) > 3 || len(arguments) > 1 && arguments[1].kind != null {
		return r.giveUp()
	}
	out := r.json(nil, arguments[0])
	if len(arguments) < 3 || r.stuck {
		return r.newText(string(out))
	}
	indent := arguments[2]
	if indent.kind != number || indent.number != math.Trunc(indent.number) || indent.number < 1 || indent.number > 10 {
		return r.giveUp()
	}
	r.work(len(out) * deepest) // the most it may cost
	var b bytes.Buffer
	if json.Indent(&b, out, "", strings.Repeat(" ", int(indent.number))) != nil {
		return r.giveUp()
	}
	return r.newText(b.String())
}

// extreme returns the greatest or the least of its arguments.
func extreme(of func(a, b float64) float64) call {
	return func(r *run, _ value, arguments []value) value {
		most := r.mustNumber(arguments[0])
		for _, v := range arguments[1:] {
			if next := r.mustNumber(v); !math.IsNaN(most.number) && !math.IsNaN(next.number) {
				most.number = of(most.number, next.number)
			} else {
				most.number = math.NaN() // Go prefers infinity
			}
		}
		return most
	}
}

func isInteger(_ *run, _ value, arguments []value) value {
	v := arguments[0]
	return truth(v.kind == number && v.number == math.Trunc(v.number) && !math.IsInf(v.number, 0))
}

// keysOf lists an object's keys in their order. Objects with keys that look
// like numbers are left to the machine, because JavaScript lists those keys
// first.
func keysOf(r *run, _ value, arguments []value) value {
	of, out := arguments[0], value{kind: array}
	if of.kind != object {
		return r.giveUp()
	}
	for _, key := range of.keys {
		if numeric(key) {
			return r.giveUp()
		}
		out.list = append(out.list, value{kind: text, text: key})
	}
	return out
}

func valuesOf(r *run, _ value, arguments []value) value {
	keysOf(r, value{}, arguments)
	return value{kind: array, list: arguments[0].list}
}

func entriesOf(r *run, _ value, arguments []value) value {
	keys := keysOf(r, value{}, arguments)
	out := value{kind: array}
	for i, key := range keys.list {
		out.list = append(out.list, value{kind: array, list: []value{key, arguments[0].list[i]}})
	}
	return out
}

func numeric(key string) bool { return key != "" && key[0] >= '0' && key[0] <= '9' }
