package criteria

import (
	"cmp"
	"math/big"
	"strings"

	"github.com/tidwall/gjson"
)

// ordered reports whether a number compares to the wanted one as the operator
// says.
func (a *Assert) ordered(got gjson.Result) bool {
	if got.Type != gjson.Number || a.want.Type != gjson.Number {
		return false
	}
	c := compare(got, a.want)
	switch a.op {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

// compare orders numbers: integers by all their digits, of which a float would
// lose some.
func compare(a, b gjson.Result) int {
	if x, ok := integer(a.Raw); ok {
		if y, ok := integer(b.Raw); ok {
			return x.Cmp(y)
		}
	}
	return cmp.Compare(a.Num, b.Num)
}

func integer(digits string) (*big.Int, bool) {
	if strings.ContainsAny(digits, ".eE") {
		return nil, false
	}
	return new(big.Int).SetString(digits, 10)
}

// same compares values.
func same(a, b gjson.Result) bool {
	if !a.Exists() || a.Type != b.Type {
		return false
	}
	switch a.Type {
	case gjson.Number:
		return compare(a, b) == 0
	case gjson.JSON:
		return sameJSON(a, b)
	}
	return a.String() == b.String()
}

func sameJSON(a, b gjson.Result) bool {
	if a.IsArray() != b.IsArray() {
		return false
	}
	if a.IsArray() {
		return sameArray(a.Array(), b.Array())
	}
	x, y := a.Map(), b.Map()
	if len(x) != len(y) {
		return false
	}
	for k, v := range x {
		if w, ok := y[k]; !ok || !same(v, w) {
			return false
		}
	}
	return true
}

func sameArray(a, b []gjson.Result) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !same(a[i], b[i]) {
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
