package plain

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// A call is a method of a value, or a built-in function, for which the value is
// undefined.
type call func(r *run, of value, arguments []value) value

// valueMethods are methods by name. Calls with extra arguments, and text beyond
// ASCII where a method looks at letters, are left to the machine.
var valueMethods = map[string]call{
	"includes":       contains,
	"startsWith":     textMethod(func(r *run, s string, part string) value { return truth(strings.HasPrefix(s, part)) }),
	"endsWith":       textMethod(func(r *run, s string, part string) value { return truth(strings.HasSuffix(s, part)) }),
	"split":          textMethod(split),
	"toUpperCase":    asciiMethod(strings.ToUpper),
	"toLowerCase":    asciiMethod(strings.ToLower),
	"trim":           asciiMethod(func(s string) string { return strings.Trim(s, " \t\n\v\f\r") }),
	"toString":       toString,
	"replace":        replace(1),
	"replaceAll":     replace(-1),
	"substring":      substring,
	"slice":          slice,
	"charAt":         charAt,
	"indexOf":        indexOf,
	"join":           join,
	"concat":         concat,
	"toFixed":        toFixed,
	"padStart":       padStart,
	"repeat":         repeat,
	"hasOwnProperty": hasOwn,
}

func contains(r *run, of value, arguments []value) value {
	if of.kind == array && len(arguments) == 1 {
		return truth(r.contains(of, arguments[0]))
	}
	return textMethod(func(_ *run, s string, part string) value { return truth(strings.Contains(s, part)) })(r, of, arguments)
}

func textMethod(f func(r *run, s string, argument string) value) call {
	return func(r *run, of value, arguments []value) value {
		if of.kind != text || len(arguments) != 1 || arguments[0].kind != text {
			return r.giveUp()
		}
		r.work(len(of.text) / 16)
		return f(r, of.text, arguments[0].text)
	}
}

func split(r *run, s string, separator string) value {
	if separator == "" {
		return r.giveUp()
	}
	out := value{kind: array}
	r.work(len(s) + roundCost*strings.Count(s, separator))
	if r.stuck {
		return out
	}
	for part := range strings.SplitSeq(s, separator) {
		out.list = append(out.list, value{kind: text, text: part})
	}
	return out
}

func asciiMethod(f func(string) string) call {
	return func(r *run, of value, arguments []value) value {
		if of.kind != text || len(arguments) != 0 || !ascii(of.text) {
			return r.giveUp()
		}
		return r.newText(f(of.text))
	}
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c > '~' })
}

func toString(r *run, of value, arguments []value) value {
	if !exists(of) || len(arguments) != 0 {
		return r.giveUp()
	}
	return r.newText(r.shown(of))
}

// replace replaces a text at most the given number of times. The machine
// handles a replacement with a dollar sign, which has a special meaning, and an
// empty search text.
func replace(most int) call {
	return func(r *run, of value, arguments []value) value {
		if of.kind != text || len(arguments) != 2 || arguments[0].kind != text || arguments[1].kind != text ||
			arguments[0].text == "" || strings.Contains(arguments[1].text, "$") {
			return r.giveUp()
		}
		r.work(len(of.text) + strings.Count(of.text, arguments[0].text)*len(arguments[1].text))
		if r.stuck {
			return value{}
		}
		return r.newText(strings.Replace(of.text, arguments[0].text, arguments[1].text, most))
	}
}

// places converts index arguments to a range within length. Missing arguments
// stand for 0 and length; negative ones count from the end if that is allowed,
// and are 0 otherwise.
func places(r *run, arguments []value, length int, negative bool) (from, to int) {
	at := []int{0, length}
	if len(arguments) > 2 {
		r.giveUp()
		return 0, 0
	}
	for i, v := range arguments {
		if v.kind != number || math.IsNaN(v.number) {
			r.giveUp()
			return 0, 0
		}
		f := math.Trunc(v.number)
		if f < 0 && negative {
			f += float64(length)
		}
		at[i] = int(min(max(f, 0), float64(length)))
	}
	return at[0], at[1]
}

func substring(r *run, of value, arguments []value) value {
	if of.kind != text || !ascii(of.text) {
		return r.giveUp()
	}
	from, to := places(r, arguments, len(of.text), false)
	return r.newText(of.text[min(from, to):max(from, to)])
}

func slice(r *run, of value, arguments []value) value {
	switch {
	case of.kind == array:
		from, to := places(r, arguments, len(of.list), true)
		r.work(to - from)
		return value{kind: array, list: of.list[from:max(from, to):max(from, to)]}
	case of.kind == text && ascii(of.text):
		from, to := places(r, arguments, len(of.text), true)
		return r.newText(of.text[from:max(from, to)])
	}
	return r.giveUp()
}

func charAt(r *run, of value, arguments []value) value {
	if of.kind != text || !ascii(of.text) || len(arguments) != 1 || arguments[0].kind != number || math.IsNaN(arguments[0].number) {
		return r.giveUp()
	}
	at := math.Trunc(arguments[0].number)
	if at < 0 || at >= float64(len(of.text)) {
		return value{kind: text}
	}
	return value{kind: text, text: of.text[int(at):][:1]}
}

func indexOf(r *run, of value, arguments []value) value {
	at := -1
	switch {
	case len(arguments) != 1:
		r.giveUp()
	case of.kind == array:
		at = slices.IndexFunc(of.list, func(v value) bool { return r.identical(v, arguments[0]) })
	case of.kind == text && arguments[0].kind == text && ascii(of.text):
		r.work(len(of.text) / 16)
		at = strings.Index(of.text, arguments[0].text)
	default:
		r.giveUp()
	}
	return value{kind: number, number: float64(at)}
}

// join writes null and undefined as empty text.
func join(r *run, of value, arguments []value) value {
	separator := ","
	if len(arguments) > 0 {
		separator = arguments[0].text
	}
	if of.kind != array || len(arguments) > 1 || len(arguments) == 1 && arguments[0].kind != text {
		return r.giveUp()
	}
	parts := make([]string, len(of.list))
	for i, v := range of.list {
		if exists(v) {
			parts[i] = r.shown(v)
		}
		if r.work(len(parts[i]) + len(separator)); r.stuck {
			return value{}
		}
	}
	return value{kind: text, text: strings.Join(parts, separator)}
}

func concat(r *run, of value, arguments []value) value {
	if of.kind != array {
		return r.giveUp()
	}
	out := value{kind: array, list: slices.Clone(of.list)}
	for _, v := range arguments {
		if v.kind == array {
			out.list = append(out.list, v.list...)
		} else {
			out.list = append(out.list, v)
		}
	}
	r.work(roundCost / 4 * len(out.list))
	return out
}

// toFixed rounds a half up; Go rounds it to the even digit.
func toFixed(r *run, of value, arguments []value) value {
	if of.kind != number || len(arguments) != 1 || arguments[0].kind != number || arguments[0].number != math.Trunc(arguments[0].number) ||
		arguments[0].number < 0 || arguments[0].number > 20 || !(math.Abs(of.number) < 1e15) {
		return r.giveUp()
	}
	digits := int(arguments[0].number)
	_, fraction, _ := strings.Cut(strconv.FormatFloat(of.number, 'f', -1, 64), ".")
	if len(fraction) == digits+1 && strings.HasSuffix(fraction, "5") {
		return r.giveUp()
	}
	return value{kind: text, text: strconv.FormatFloat(of.number+0, 'f', digits, 64)}
}

func padStart(r *run, of value, arguments []value) value {
	if of.kind != text || len(arguments) != 2 || arguments[0].kind != number || arguments[1].kind != text || len(arguments[1].text) != 1 ||
		!ascii(of.text) || !(arguments[0].number < 1000) {
		return r.giveUp()
	}
	return r.newText(strings.Repeat(arguments[1].text, max(int(arguments[0].number)-len(of.text), 0)) + of.text)
}

func repeat(r *run, of value, arguments []value) value {
	if of.kind != text || len(arguments) != 1 || arguments[0].kind != number || !(arguments[0].number >= 0 && arguments[0].number < mostWork) {
		return r.giveUp()
	}
	times := int(arguments[0].number)
	if r.work(len(of.text) * times); r.stuck {
		return value{}
	}
	return value{kind: text, text: strings.Repeat(of.text, times)}
}

func hasOwn(r *run, of value, arguments []value) value {
	if of.kind != object || len(arguments) != 1 || arguments[0].kind != text {
		return r.giveUp()
	}
	if _, own := of.own("hasOwnProperty"); own {
		return r.giveUp()
	}
	_, own := of.own(arguments[0].text)
	return truth(own)
}
