// Cldr writes data of CLDR, compressed with Brotli. locales.json.br says how
// CLDR's complete locales write dates, numbers and lists. names.json.br has the
// names of things in some languages. tags.json.br has the meaning of locale
// names. Run it for a new version of CLDR (now 48.1.0), in a folder where npm
// has installed cldr-core, cldr-bcp47, cldr-dates-full, cldr-localenames-full,
// cldr-numbers-full and cldr-misc-full:
//
//	go run ./runner/script/sandbox/gen/cldr FOLDER runner/script/sandbox
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/tidwall/gjson"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: cldr FOLDER INTO")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "cldr:", err)
		os.Exit(1)
	}
}

func write(dir, into string) error {
	r, err := readRoot(dir)
	if err != nil {
		return err
	}
	files := map[string]func() ([]byte, error){
		"locales": func() ([]byte, error) { return locales(dir, r) },
		"names":   func() ([]byte, error) { return names(dir, r) },
		"tags":    func() ([]byte, error) { return tags(dir) },
	}
	for name, made := range files {
		text, err := made()
		if err != nil {
			return err
		}
		if err := pack(filepath.Join(into, name+".json.br"), text); err != nil {
			return err
		}
	}
	return nil
}

func pack(file string, text []byte) error {
	var b bytes.Buffer
	w := brotli.NewWriterOptions(&b, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: 22})
	if _, err := w.Write(text); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(file, b.Bytes(), 0o644)
}

// locales returns JSON, one locale a line. The member "-" lists the languages
// without data.
func locales(dir string, r *root) ([]byte, error) {
	text, err := lines(r, func(tag string) (map[string]any, error) { return read(dir, tag, r) })
	if err != nil {
		return nil, err
	}
	without, err := encoded(r.without)
	return fmt.Appendf(bytes.TrimSuffix(text, []byte("\n}\n")), ",\n\"-\": %s\n}\n", without), err
}

// lines returns JSON, one locale a line: the differences from the wider locale
// that it resembles ("like").
func lines(r *root, read func(tag string) (map[string]any, error)) ([]byte, error) {
	all := map[string]map[string]any{}
	var b bytes.Buffer
	for _, tag := range r.tags {
		own, err := read(tag)
		if err != nil {
			return nil, err
		}
		if own == nil {
			continue
		}
		all[tag] = own
		if parent := r.ancestor(all, tag); parent != "" {
			own = differing(own, all[parent])
			own["like"] = parent
		}
		line, err := encoded(own)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%s%q: %s", map[bool]string{true: "{\n", false: ",\n"}[len(all) == 1], tag, line)
	}
	return append(b.Bytes(), "\n}\n"...), nil
}

func encoded(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// differing returns what differs between a locale and its ancestor; tables of
// names are compared entry by entry.
func differing(l, like map[string]any) map[string]any {
	out := map[string]any{}
	for key, value := range l {
		before, _ := encoded(like[key])
		after, _ := encoded(value)
		if bytes.Equal(before, after) {
			continue
		}
		if table, ok := value.(map[string]any); ok {
			was, _ := like[key].(map[string]any)
			some := differing(table, was)
			for name := range was {
				if _, ok := table[name]; !ok {
					some[name] = nil
				}
			}
			value = some
		}
		out[key] = value
	}
	return out
}

func read(dir, tag string, r *root) (map[string]any, error) {
	var calendar, fields, zones, numbers, signs, lists gjson.Result
	for _, p := range []struct {
		into            *gjson.Result
		pkg, file, path string
	}{
		{&calendar, "cldr-dates-full", "ca-gregorian.json", "dates.calendars.gregorian"},
		{&fields, "cldr-dates-full", "dateFields.json", "dates.fields"},
		{&zones, "cldr-dates-full", "timeZoneNames.json", "dates.timeZoneNames"},
		{&numbers, "cldr-numbers-full", "numbers.json", "numbers"},
		{&signs, "cldr-numbers-full", "currencies.json", "numbers.currencies"},
		{&lists, "cldr-misc-full", "listPatterns.json", "listPatterns"},
	} {
		text, err := os.ReadFile(filepath.Join(dir, "node_modules", p.pkg, "main", tag, p.file))
		if err != nil {
			return nil, err
		}
		*p.into = gjson.GetBytes(text, "main."+tag+"."+p.path)
	}
	out := dates(calendar)
	out["zones"] = strings.Join([]string{zones.Get("gmtFormat").String(), zones.Get("hourFormat").String(), zones.Get("zone.Etc.UTC.long.standard").String()}, "|")
	number(out, numbers, r.digits)
	if calendar := r.calendar(tag); calendar != "" {
		out["calendar"] = calendar
	}
	out["currencies"] = currencySigns(signs)
	out["lists"] = listPatterns(lists)
	out["relative"] = relative(fields)
	append := out["append"].(map[string]any)
	for _, field := range []string{"month", "day"} {
		append[field] = strings.ReplaceAll(append[field].(string), "{2}", "'"+fields.Get(field+".displayName").String()+"'")
	}
	return out, nil
}

// dates has the names and patterns of a calendar, and the patterns that combine
// date and time. Names of one kind are one text, separated by "|".
func dates(calendar gjson.Result) map[string]any {
	out := map[string]any{}
	for kind, keys := range map[string]string{"months": "1 2 3 4 5 6 7 8 9 10 11 12", "days": "sun mon tue wed thu fri sat"} {
		names := map[string]any{}
		for _, width := range []string{"wide", "abbreviated", "narrow"} {
			format := joined(calendar.Get(kind+".format."+width), strings.Fields(keys))
			alone := joined(calendar.Get(kind+".stand-alone."+width), strings.Fields(keys))
			names[width] = format
			if alone != format {
				names[width+" alone"] = alone
			}
		}
		out[kind] = names
	}
	out["periods"] = joined(calendar.Get("dayPeriods.format.abbreviated"), []string{"am", "pm"})
	styles := []string{"full", "long", "medium", "short"}
	out["dates"] = joined(calendar.Get("dateFormats"), styles)
	out["times"] = joined(calendar.Get("timeFormats"), styles)
	at := calendar.Get("dateTimeFormats-atTime.standard")
	if !at.Exists() {
		at = calendar.Get("dateTimeFormats")
	}
	out["joins"] = joined(at, styles)
	formats := map[string]any{}
	unused := regexp.MustCompile(`[BGWwQUr]|-`)
	calendar.Get("dateTimeFormats.availableFormats").ForEach(func(key, value gjson.Result) bool {
		if !unused.MatchString(key.String()) {
			formats[key.String()] = value.String()
		}
		return true
	})
	out["formats"] = formats
	ranges := map[string]any{
		"-": calendar.Get("dateTimeFormats.intervalFormats.intervalFormatFallback").String(),
		"+": calendar.Get("dateTimeFormats.medium").String(), // a date and two times
	}
	calendar.Get("dateTimeFormats.intervalFormats").ForEach(func(key, patterns gjson.Result) bool {
		if unused.MatchString(key.String()) {
			return true
		}
		for difference, pattern := range patterns.Map() {
			if !unused.MatchString(difference) {
				ranges[key.String()+" "+difference] = pattern.String()
			}
		}
		return true
	})
	out["ranges"] = ranges
	append := map[string]any{}
	for field, name := range map[string]string{"weekday": "Day-Of-Week", "zone": "Timezone", "year": "Year", "month": "Month", "day": "Day"} {
		append[field] = calendar.Get("dateTimeFormats.appendItems." + name).String()
	}
	out["append"] = append
	return out
}

func joined(table gjson.Result, keys []string) string {
	var all []string
	for _, key := range keys {
		v := table.Get(key)
		if v.IsObject() {
			v = v.Get("_value")
		}
		all = append(all, v.String())
	}
	return strings.Join(all, "|")
}

// number adds the symbols and patterns of numbers.
func number(out map[string]any, numbers gjson.Result, digits map[string]string) {
	system := numbers.Get("defaultNumberingSystem").String()
	if system != "latn" {
		out["digits"] = digits[system]
		out["system"] = system
	}
	symbols := numbers.Get("symbols-numberSystem-" + system)
	signs := map[string]any{}
	for _, name := range []string{"decimal", "group", "minusSign", "plusSign", "percentSign", "exponential", "nan", "currencyDecimal", "currencyGroup"} {
		if v := symbols.Get(name); v.Exists() {
			signs[name] = v.String()
		}
	}
	signs["about"] = symbols.Get("approximatelySign").String()
	out["signs"] = signs
	out["least"] = numbers.Get("minimumGroupingDigits").Int()
	patterns := map[string]any{
		"decimal":    numbers.Get("decimalFormats-numberSystem-" + system + ".standard").String(),
		"percent":    numbers.Get("percentFormats-numberSystem-" + system + ".standard").String(),
		"currency":   numbers.Get("currencyFormats-numberSystem-" + system + ".standard").String(),
		"accounting": numbers.Get("currencyFormats-numberSystem-" + system + ".accounting").String(),
		"range":      numbers.Get("miscPatterns-numberSystem-" + system + ".range").String(),
	}
	out["patterns"] = patterns
	for _, width := range []string{"short", "long"} {
		out[width] = compact(numbers.Get("decimalFormats-numberSystem-" + system + "." + width + ".decimalFormat"))
	}
}

// compact has the patterns of compact notation, by plural category and then
// power of ten, from 1,000 on. "1" has the patterns that only the number one
// has, such as "mille".
func compact(table gjson.Result) map[string]any {
	out := map[string]any{}
	for _, count := range []string{"other", "zero", "one", "two", "few", "many"} {
		var list []string
		for zeros := 3; zeros < 15; zeros++ {
			key := "1" + strings.Repeat("0", zeros) + "-count-"
			list = append(list, cmp.Or(table.Get(key+count).String(), table.Get(key+"other").String()))
		}
		if all := strings.Join(list, "|"); all != out["other"] {
			out[count] = all
		}
	}
	var ones []string
	for zeros := 3; zeros < 15; zeros++ {
		ones = append(ones, table.Get("1"+strings.Repeat("0", zeros)+"-count-1").String())
	}
	if all := strings.Join(ones, "|"); len(all) > len(ones) {
		out["1"] = all
	}
	return out
}

// currencySigns has the symbol of each currency, followed by "|" and the narrow
// symbol.
func currencySigns(table gjson.Result) map[string]any {
	out := map[string]any{}
	table.ForEach(func(key, names gjson.Result) bool {
		code, sign, narrow := key.String(), names.Get("symbol").String(), names.Get("symbol-alt-narrow").String()
		switch {
		case narrow != "" && narrow != sign:
			out[code] = sign + "|" + narrow
		case sign != "" && sign != code:
			out[code] = sign
		}
		return true
	})
	return out
}

// listPatterns has, by type and width, the patterns of a list of two items, and
// of the start, the middle and the end of a longer list.
func listPatterns(table gjson.Result) map[string]any {
	out := map[string]any{}
	for _, kind := range []string{"standard", "or", "unit"} {
		long := ""
		for _, width := range []string{"", "-short", "-narrow"} {
			p := joined(table.Get("listPattern-type-"+kind+width), []string{"2", "start", "middle", "end"})
			if width == "" {
				long = p
			} else if p == long {
				continue
			}
			out[kind+width] = p
		}
	}
	return out
}

// relative has, by unit and width, the words for the past, for the future, and
// for days with a name, such as "yesterday".
func relative(fields gjson.Result) map[string]any {
	out := map[string]any{}
	for _, unit := range []string{"second", "minute", "hour", "day", "week", "month", "quarter", "year"} {
		for _, width := range []string{"", "-short"} {
			field := fields.Get(unit + width)
			words := map[string]any{}
			field.ForEach(func(key, value gjson.Result) bool {
				if n, ok := strings.CutPrefix(key.String(), "relative-type-"); ok {
					words[n] = value.String()
				}
				return true
			})
			for _, when := range []string{"past", "future"} {
				field.Get("relativeTime-type-" + when).ForEach(func(key, value gjson.Result) bool {
					words[when+" "+strings.TrimPrefix(key.String(), "relativeTimePattern-count-")] = value.String()
					return true
				})
			}
			out[unit+width] = words
		}
	}
	for key, value := range out { // the texts of several widths are often the same
		unit, width, _ := strings.Cut(key, "-")
		if width == "" {
			continue
		}
		if some := differing(value.(map[string]any), out[unit].(map[string]any)); len(some) == 0 {
			delete(out, key)
		}
	}
	return out
}
