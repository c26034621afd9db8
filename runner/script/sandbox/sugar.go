package sandbox

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"postie/collections/jslex"
)

// Postman's sandbox contains SugarJS 1.3.9, which defines hundreds of methods
// on JavaScript's own objects. An accessor for each method would take half the
// time of opening a sandbox. So a realm has accessors only for the methods that
// its scripts name. The first use of one loads the library, which defines all
// methods.

// sugarMethods are methods on prototypes.
var sugarMethods = map[string]string{
	"Array": `findAll count removeAt include exclude clone unique flatten union intersect subtract first last from
		to min max least most sum average inGroups inGroupsOf isEmpty sortBy randomize zip sample each add
		remove compact groupBy none all any insert`,
	"String": `escapeRegExp escapeURL unescapeURL escapeHTML unescapeHTML encodeBase64 decodeBase64 each shift
		codes chars words lines paragraphs isBlank has add remove reverse compact from to dasherize
		underscore camelize spacify stripTags removeTags truncate pad padLeft padRight first last toNumber
		capitalize assign insert pluralize singularize humanize titleize parameterize hankaku zenkaku
		hiragana katakana isArabic hasArabic isCyrillic hasCyrillic isDevanagari hasDevanagari isGreek
		hasGreek isHangul hasHangul isHan hasHan isKanji hasKanji isHebrew hasHebrew isHiragana hasHiragana
		isKana hasKana isKatakana hasKatakana isLatin hasLatin isThai hasThai`,
	"Number": `duration year years yearBefore yearsBefore yearAgo yearsAgo yearAfter yearsAfter yearFromNow
		yearsFromNow month months monthBefore monthsBefore monthAgo monthsAgo monthAfter monthsAfter
		monthFromNow monthsFromNow week weeks weekBefore weeksBefore weekAgo weeksAgo weekAfter weeksAfter
		weekFromNow weeksFromNow day days dayBefore daysBefore dayAgo daysAgo dayAfter daysAfter dayFromNow
		daysFromNow hour hours hourBefore hoursBefore hourAgo hoursAgo hourAfter hoursAfter hourFromNow
		hoursFromNow minute minutes minuteBefore minutesBefore minuteAgo minutesAgo minuteAfter minutesAfter
		minuteFromNow minutesFromNow second seconds secondBefore secondsBefore secondAgo secondsAgo
		secondAfter secondsAfter secondFromNow secondsFromNow millisecond milliseconds millisecondBefore
		millisecondsBefore millisecondAgo millisecondsAgo millisecondAfter millisecondsAfter
		millisecondFromNow millisecondsFromNow log abbr metric bytes isInteger isOdd isEven isMultipleOf
		format hex upto downto times chr pad ordinalize toNumber round floor ceil abs pow sin asin cos acos
		tan atan exp sqrt`,
	"Function": `lazy delay throttle debounce cancel after once fill`,
	"Date": `set setWeekday setISOWeek getISOWeek getUTCOffset utc isUTC advance rewind isValid isAfter isBefore
		isBetween isLeapYear daysInMonth format relative is reset clone iso getWeekday getUTCWeekday
		yearsAgo yearsUntil yearsSince yearsFromNow addYears isLastYear isThisYear isNextYear
		beginningOfYear endOfYear monthsAgo monthsUntil monthsSince monthsFromNow addMonths isLastMonth
		isThisMonth isNextMonth beginningOfMonth endOfMonth weeksAgo weeksUntil weeksSince weeksFromNow
		addWeeks isLastWeek isThisWeek isNextWeek beginningOfWeek endOfWeek daysAgo daysUntil daysSince
		daysFromNow addDays beginningOfDay endOfDay hoursAgo hoursUntil hoursSince hoursFromNow addHours
		minutesAgo minutesUntil minutesSince minutesFromNow addMinutes secondsAgo secondsUntil secondsSince
		secondsFromNow addSeconds millisecondsAgo millisecondsUntil millisecondsSince millisecondsFromNow
		addMilliseconds short long full isToday isYesterday isTomorrow isWeekday isWeekend isFuture isPast
		isSunday isMonday isTuesday isWednesday isThursday isFriday isSaturday isJanuary isFebruary isMarch
		isApril isMay isJune isJuly isAugust isSeptember isOctober isNovember isDecember`,
	"RegExp": `getFlags setFlags addFlag removeFlag`,
}

// sugarStatics are methods on constructors.
var sugarStatics = map[string]string{
	"Array":  `extend create AlphanumericSortOrder AlphanumericSortIgnoreCase AlphanumericSortEquivalents`,
	"Number": `extend random`,
	"Object": `extend map reduce each size any all none count find findAll isEmpty sum average min max least most
		watch isObject isNaN equal extended merge clone fromQueryString toQueryString tap has select reject
		isArray isBoolean isDate isFunction isNumber isString isRegExp`,
	"Date": `extend create past future addLocale setLocale getLocale addFormat utc RFC1123 RFC1036 ISO8601_DATE
		ISO8601_DATETIME range`,
	"RegExp":   `extend escape`,
	"Function": `extend`,
	"String":   `extend Inflector`,
}

// sugared maps each name to its places, in the form that js/sugar.js reads:
// Array#first, Date.range. The key "" has all places.
var sugared = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	var all strings.Builder
	add := func(table map[string]string, mark string) {
		for holder, names := range table {
			for name := range strings.FieldsSeq(names) {
				place := holder + mark + name + " "
				out[name] += place
				all.WriteString(place)
			}
		}
	}
	add(sugarMethods, "#")
	add(sugarStatics, ".")
	out[""] = all.String()
	return out
})

// shortcuts are the array methods that, with SugarJS, accept a key, a pattern
// or a value in place of a function: list.map('id').
var shortcuts = map[string]bool{"map": true, "every": true, "some": true, "filter": true}

// lastMatch is the place of RegExp.$1 and the like.
const lastMatch = "RegExp.lastMatch "

// sugarIn lists the places of SugarJS that a text may use: those it names
// anywhere but in comments, or all places when it calls methods by computed
// names. RegExp.$1 and the like, which the engine also lacks, are one more
// place.
func sugarIn(source string) string {
	var out strings.Builder
	all := false
	seen := map[string]bool{}
	add := func(word, places string) {
		if places != "" && !seen[word] {
			seen[word] = true
			out.WriteString(places)
		}
	}
	places, c := sugared(), code(jslex.Code(source))
	for i, t := range c {
		switch {
		case t.Is("]") && c.computes(i):
			all = true
		case c.namesLastMatch(i):
			add(lastMatch, lastMatch)
		case t.Kind == jslex.Word:
			if shortcuts[t.Text] && c.takesNoFunction(i) {
				add("Array#"+t.Text, "Array#"+t.Text+" ")
			}
			add(t.Text, places[t.Text])
		case t.Kind == jslex.String || t.Kind == jslex.Template:
			for word := range strings.FieldsFuncSeq(t.Text, notInName) {
				add(word, places[word])
			}
		}
	}
	switch {
	case !all:
		return out.String()
	case seen[lastMatch]:
		return sugarAll() + lastMatch
	}
	return sugarAll()
}

func sugarAll() string {
	return sugared()[""] + "Array#" + strings.Join(slices.Sorted(maps.Keys(shortcuts)), " Array#") + " "
}

// lastMatches are the properties of RegExp for the last match whose names no
// other object has.
var lastMatches = map[string]bool{"$1": true, "$2": true, "$3": true, "$4": true, "$5": true, "$6": true, "$7": true, "$8": true, "$9": true,
	"lastMatch": true, "lastParen": true, "leftContext": true, "rightContext": true}

// namesLastMatch reports whether the token at i is in lastMatches, or may be
// another property of RegExp for the last match.
func (c code) namesLastMatch(i int) bool {
	switch {
	case c.is(i-1, "."):
		return lastMatches[c[i].Text] || c.is(i-2, "RegExp") && c.is(i, "input", "$_")
	case c.is(i-1, "["):
		return c.is(i-2, "RegExp")
	}
	return false
}

// computes reports whether the bracket that closes at i ends a computed method
// name of a call, as in list[name]().
func (c code) computes(i int) bool {
	if !c.is(i+1, "(") && !(c.is(i+1, "?.") && c.is(i+2, "(")) {
		return false
	}
	open := c.open(i)
	literal := i == open+2 && (c.kind(open+1) == jslex.Number || c.kind(open+1) == jslex.String)
	return c.indexes(open) && !literal
}

// takesNoFunction reports whether the method named at i may be called with an
// argument that is not a function.
func (c code) takesNoFunction(i int) bool {
	switch {
	case !c.is(i-1, ".", "?.") || c.is(i-2, "_"): // lodash has these methods, too
		return false
	case !c.is(i+1, "("):
		return true // the method is used as a value
	case c.is(i+2, "function", "async", ")", "Boolean", "Number", "String", "parseInt", "parseFloat"), c.is(i+3, "=>"):
		return false
	case c.is(i+2, "("):
		close := c.close(i + 2)
		return !c.is(close+1, "=>")
	}
	return true
}

func notInName(c rune) bool {
	return c != '_' && c != '$' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
}

// notInstalled returns the places if the realm has not installed their
// accessors yet, and "" otherwise.
func (r *realm) notInstalled(places string) string {
	if r.installed[places] {
		return ""
	}
	r.installed[places] = true
	return places
}

// install defines accessors for the places that a text may use which a script
// is about to evaluate. When the script has broken JavaScript's own methods,
// nothing is installed.
func (r *realm) install(text string) {
	if places := r.notInstalled(sugarIn(text)); places != "" {
		r.vm.CallWithString(&r.driver.installSugar, places)
	}
}
