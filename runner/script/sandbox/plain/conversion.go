package plain

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// conversions are functions that convert a value to another type.
var conversions = map[string]call{
	"parseInt":   parseInt,
	"parseFloat": parseFloat,
	"isNaN": func(r *run, _ value, arguments []value) value {
		return truth(math.IsNaN(toNumber(r, value{}, arguments).number))
	},
	"Number":  toNumber,
	"String":  func(r *run, _ value, arguments []value) value { return r.newText(r.shown(arguments[0])) },
	"Boolean": func(_ *run, _ value, arguments []value) value { return truth(arguments[0].truthy()) },
}

// conversion parses the arguments of a conversion, after the opening
// parenthesis. parseInt accepts a base, but only ten.
func (p *parser) conversion(name string) expression {
	arguments := p.list(")")
	if len(arguments) != 1 && (len(arguments) != 2 || name != "parseInt") {
		p.fail()
	}
	return func(r *run) value {
		given := r.evaluate(arguments)
		if r.stuck {
			return value{}
		}
		return conversions[name](r, value{}, given)
	}
}

var (
	wholePrefix = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[ \t\n\v\f\r]*([+-]?\d+)`) })
	floatPrefix = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[ \t\n\v\f\r]*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)`)
	})
)

func parseInt(r *run, _ value, arguments []value) value {
	if len(arguments) == 2 && (arguments[1].kind != number || arguments[1].number != 10) {
		return r.giveUp()
	}
	return r.leading(wholePrefix(), arguments[0])
}

func parseFloat(r *run, _ value, arguments []value) value {
	return r.leading(floatPrefix(), arguments[0])
}

// longestNumber is the greatest length of a text that is parsed as a number
// here.
const longestNumber = 300

// leading returns the number at the beginning of a text.
func (r *run) leading(form *regexp.Regexp, v value) value {
	s := r.shown(v)
	if len(s) > longestNumber || !ascii(s) || strings.Contains(s, "0x") || strings.Contains(s, "0X") || strings.Contains(s, "Infinity") {
		return r.giveUp()
	}
	return r.numberIn(form.FindStringSubmatch(s))
}

// numberIn returns the number that a regular expression has found, or NaN.
func (r *run) numberIn(found []string) value {
	if found == nil {
		return value{kind: number, number: math.NaN()}
	}
	f, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		return r.giveUp()
	}
	return value{kind: number, number: f}
}

// toNumber is Number(value). From texts it reads only decimal numbers.
func toNumber(r *run, _ value, arguments []value) value {
	switch v := arguments[0]; v.kind {
	case number, boolean:
		return value{kind: number, number: v.number}
	case null:
		return value{kind: number}
	case undefined:
		return value{kind: number, number: math.NaN()}
	case text:
		s := strings.Trim(v.text, " \t\n\v\f\r")
		if s == "" {
			return value{kind: number}
		}
		found := []string(nil)
		if len(s) <= longestNumber && ascii(s) {
			found = floatPrefix().FindStringSubmatch(s)
		}
		if found == nil || found[0] != s {
			return r.giveUp()
		}
		return r.numberIn(found)
	}
	return r.giveUp()
}
