package main

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// named are the languages for which names of languages, regions, scripts and
// currencies are included: the complete languages of CLDR with most speakers.
// All languages would make the file three times as large.
var named = strings.Fields(`ar bg bn ca cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv
	nb nl no pl pt ro ru sk sl sr sv ta th tr uk vi zh`)

// names returns JSON, one locale a line: the names of things in that locale.
func names(dir string, r *root) ([]byte, error) {
	return lines(r, func(tag string) (map[string]any, error) {
		language, _, _ := strings.Cut(tag, "-")
		if !slices.Contains(named, language) {
			return nil, nil
		}
		return namesIn(dir, tag)
	})
}

// namesIn returns tables of names by code. A key with " short" at its end has a
// shorter name.
func namesIn(dir, tag string) (map[string]any, error) {
	t := tables{dir: dir}
	display := "main." + tag + ".localeDisplayNames."
	patterns := t.open("cldr-localenames-full", "main/"+tag+"/localeDisplayNames.json", display+"localeDisplayPattern")
	calendars := t.open("cldr-localenames-full", "main/"+tag+"/localeDisplayNames.json", display+"types.calendar")
	money := t.open("cldr-numbers-full", "main/"+tag+"/currencies.json", "main."+tag+".numbers.currencies")
	currencies := map[string]any{}
	for code, of := range money.Map() {
		if name := of.Get("displayName").String(); name != "" && name != code {
			currencies[code] = name
		}
	}
	return map[string]any{
		"language": shortened(t.open("cldr-localenames-full", "main/"+tag+"/languages.json", display+"languages")),
		"region":   shortened(t.open("cldr-localenames-full", "main/"+tag+"/territories.json", display+"territories")),
		"script":   shortened(t.open("cldr-localenames-full", "main/"+tag+"/scripts.json", display+"scripts")),
		"calendar": shortened(calendars),
		"currency": currencies,
		"field":    fieldNames(t.open("cldr-dates-full", "main/"+tag+"/dateFields.json", "main."+tag+".dates.fields")),
		"pattern":  patterns.Get("localePattern").String(),
		"comma":    patterns.Get("localeSeparator").String(),
	}, t.err
}

// shortened returns the names of a table that differ from their codes.
func shortened(table gjson.Result) map[string]any {
	out := map[string]any{}
	for key, name := range table.Map() {
		code, variant, has := strings.Cut(key, "-alt-")
		switch {
		case has && variant == "short":
			out[code+" short"] = name.String()
		case !has && name.String() != code && !strings.Contains(key, "-menu-"):
			out[calendarNames.Replace(code)] = name.String()
		}
	}
	return out
}

// fieldNames returns the names of date fields, by Intl's names of the fields.
func fieldNames(fields gjson.Result) map[string]any {
	out := map[string]any{}
	for name, key := range map[string]string{
		"era": "era", "year": "year", "quarter": "quarter", "month": "month", "weekOfYear": "week", "weekday": "weekday",
		"day": "day", "dayPeriod": "dayperiod", "hour": "hour", "minute": "minute", "second": "second", "timeZoneName": "zone",
	} {
		out[name] = fields.Get(key + ".displayName").String()
		for _, width := range []string{"short", "narrow"} {
			out[name+" "+width] = fields.Get(key + "-" + width + ".displayName").String()
		}
	}
	return out
}
