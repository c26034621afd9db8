package sandbox

import (
	"slices"
	"strings"
	"testing"
)

// A realm has those of SugarJS's methods that a script names.
func TestSugarIn(t *testing.T) {
	all, cuts := sugared()[""], "Array#every Array#filter Array#map Array#some "
	for source, want := range map[string]string{
		`pm.test("ok", () => {})`:                                               "",
		`pm.expect([1].first()).to.equal(1)`:                                    "Array#first String#first Array#to String#to Object.equal ",
		`const { inGroupsOf } = Array.prototype`:                                "Array#inGroupsOf ",
		`"inGroupsOf" in []`:                                                    "Array#inGroupsOf ",
		`pm.response.json().items[0].inGroupsOfThree`:                           "",
		`[1, 2][method]()`:                                                      all + cuts,
		`[1, 2][method]?.(1)`:                                                   all + cuts,
		`handlers[0](1); [method]; handlers["x"]()`:                             "",
		`// inGroupsOf() and [][x]()`:                                           "",
		"`${[].inGroupsOf(2)} or`":                                              "Array#inGroupsOf ",
		`list.map(n => n).filter((n) => n).some(function () {}).every(Boolean)`: "Object.map ",
		`list.map('id').filter(/x/)`:                                            "Array#map Object.map Array#filter ",
		`list.some(key); list.every({ a: 1 })`:                                  "Array#some Array#every ",
		`Array.prototype.map.call(list, 'id')`:                                  "Array#map Object.map ",
		`_.map(list, 'id')`:                                                     "Object.map ",
		`Date["ran" + "ge"]`:                                                    "",
		`RegExp.$1 + RegExp.input + "$2"`:                                       "RegExp.lastMatch ",
		`const R = RegExp; R.$9; m.input`:                                       "RegExp.lastMatch ",
		`RegExp["$&"]`:                                                          "RegExp.lastMatch ",
		`a[b](); R.leftContext`:                                                 all + cuts + "RegExp.lastMatch ",
		`m.input; text.replace(/a/, "$1"); $1`:                                  "",
		`Date.range(1)`:                                                         "Date.range ",
	} {
		got := sugarIn(source)
		if sorted(got) != sorted(want) {
			t.Errorf("%s: %.60q, want %.60q", source, got, want)
		}
	}
	if n := len(strings.Fields(all)); n < 400 {
		t.Errorf("%d methods in all", n)
	}
}

func sorted(places string) string {
	list := strings.Fields(places)
	slices.Sort(list)
	return strings.Join(list, " ")
}
