package main

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// tags returns the meaning of locale names, as tables from text to text:
// aliases of subtags, likely subtags, preferences of regions, and the values
// that Intl.supportedValuesOf lists.
func tags(dir string) ([]byte, error) {
	t := tables{dir: dir, all: map[string]map[string]string{}}
	t.aliases()
	t.likely()
	t.types()
	t.regions()
	t.weeks()
	t.values()
	t.directions()
	t.plurals()
	if t.err != nil {
		return nil, t.err
	}
	return encoded(t.all)
}

// tables collects the tables, and keeps the first error.
type tables struct {
	dir string
	all map[string]map[string]string
	err error
}

func (t *tables) open(pkg, file, path string) gjson.Result {
	at, err := open(t.dir, pkg, file, path)
	if t.err == nil {
		t.err = err
	}
	return at
}

func (t *tables) supplemental(file, path string) map[string]gjson.Result {
	return t.open("cldr-core", "supplemental/"+file+".json", "supplemental."+path).Map()
}

func (t *tables) put(table, key, value string) {
	if t.all[table] == nil {
		t.all[table] = map[string]string{}
	}
	t.all[table][key] = value
}

func (t *tables) aliases() {
	for _, kind := range []string{"language", "script", "territory", "variant", "subdivision"} {
		table := kind
		if kind == "territory" {
			table = "region"
		}
		for from, to := range t.supplemental("aliases", "metadata.alias."+kind+"Alias") {
			t.put(table, from, to.Get("_replacement").String())
		}
	}
}

func (t *tables) likely() {
	for from, to := range t.supplemental("likelySubtags", "likelySubtags") {
		t.put("likely", from, to.String())
	}
}

// types adds the aliases of keyword values.
func (t *tables) types() {
	for _, file := range []string{"calendar", "collation", "measure", "number", "timezone", "variant", "segmentation"} {
		t.keywords(t.open("cldr-bcp47", "bcp47/"+file+".json", "keyword.u"))
	}
	for _, file := range []string{"", "-destination", "_hybrid", "_ime", "_keyboard", "_mt"} {
		t.keywords(t.open("cldr-bcp47", "bcp47/transform"+file+".json", "keyword.t"))
	}
	for _, key := range []string{"kb", "kc", "kh", "kk", "kn"} {
		t.put("type "+key, "yes", "true")
	}
}

func (t *tables) keywords(all gjson.Result) {
	all.ForEach(func(key, types gjson.Result) bool {
		types.ForEach(func(name, of gjson.Result) bool {
			t.namesOf("type "+key.String(), name.String(), of)
			return true
		})
		return true
	})
}

func (t *tables) namesOf(table, name string, of gjson.Result) {
	preferred := of.Get("_preferred").String()
	if preferred != "" {
		t.put(table, name, preferred)
	} else {
		preferred = name
	}
	for alias := range strings.FieldsSeq(strings.ToLower(of.Get("_alias").String())) {
		if alias != preferred && !strings.Contains(alias, "/") {
			t.put(table, alias, preferred)
		}
	}
}

// calendarNames converts CLDR's names of calendars to Intl's.
var calendarNames = strings.NewReplacer("gregorian", "gregory", "ethiopic-amete-alem", "ethioaa")

// regions adds the calendars, hour cycles and time zones that are usual in a
// region.
func (t *tables) regions() {
	for region, list := range t.supplemental("calendarPreferenceData", "calendarPreferenceData") {
		t.put("calendars", region, calendarNames.Replace(words(list)))
	}
	for region, hours := range t.supplemental("timeData", "timeData") {
		cycle := map[string]string{"h": "h12", "H": "h23", "K": "h11", "k": "h24"}[hours.Get("_preferred").String()]
		t.put("hours", strings.ReplaceAll(region, "_", "-"), cycle)
	}
	zones := map[string][]string{}
	for name, zone := range t.zones() {
		region := zone.Get("_region").String()
		if region == "" {
			region = strings.ToUpper(name[:2])
		}
		first, _, _ := strings.Cut(zone.Get("_alias").String(), " ")
		zones[region] = append(zones[region], first)
	}
	for region, list := range zones {
		slices.Sort(list)
		t.put("zones", region, strings.Join(list, " "))
	}
}

// zones returns the zones of the time zone database that belong to a place.
func (t *tables) zones() map[string]gjson.Result {
	out := t.open("cldr-bcp47", "bcp47/timezone.json", "keyword.u.tz").Map()
	for name, zone := range out {
		alias := zone.Get("_alias").String()
		if name[0] == '_' || zone.Get("_deprecated").Bool() || alias == "" || strings.HasPrefix(alias, "Etc/") {
			delete(out, name)
		}
	}
	return out
}

// weeks adds, by region, the first day of the week, the least number of days in
// the first week of a year, and the weekend. Monday is 1.
func (t *tables) weeks() {
	data := t.supplemental("weekData", "weekData")
	regions := map[string]bool{}
	for _, table := range []string{"firstDay", "minDays", "weekendStart", "weekendEnd"} {
		for region := range data[table].Map() {
			regions[region] = len(region) < 4
		}
	}
	days := []string{"", "mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	for region, is := range regions {
		if !is {
			continue
		}
		of := func(table string) string {
			if own := data[table].Get(region); own.Exists() {
				return own.String()
			}
			return data[table].Get("001").String()
		}
		number := func(table string) string { return string(rune('0' + slices.Index(days, of(table)))) }
		list := []string{number("firstDay"), of("minDays"), number("weekendStart")}
		if end := number("weekendEnd"); end != list[2] {
			list = append(list, end)
		}
		t.put("weeks", region, strings.Join(list, " "))
	}
}

// formerMoney are former currencies that ICU still lists among the current
// ones.
const formerMoney = "ANG BGN CUC HRK SLL SVC XDR XSU ZWL"

func (t *tables) values() {
	money := strings.Fields(formerMoney)
	for _, list := range t.supplemental("currencyData", "currencyData.region") {
		for _, entry := range list.Array() {
			for code, of := range entry.Map() {
				if !of.Get("_to").Exists() && of.Get("_tender").String() != "false" {
					money = append(money, code)
				}
			}
		}
	}
	t.list("currency", money)
	var systems, zones []string
	for system, of := range t.supplemental("numberingSystems", "numberingSystems") {
		if of.Get("_digits").Exists() {
			systems = append(systems, system)
		}
	}
	t.list("numberingSystem", systems)
	for _, zone := range t.zones() {
		first, _, _ := strings.Cut(zone.Get("_alias").String(), " ")
		zones = append(zones, first)
	}
	t.list("timeZone", zones)
	t.list("calendar", t.current("calendar", "ca"))
	t.list("collation", slices.DeleteFunc(t.current("collation", "co"), func(name string) bool {
		return name == "standard" || name == "search" || name == "ducet"
	}))
}

// current returns the values of a keyword that are not deprecated.
func (t *tables) current(file, key string) []string {
	var out []string
	for name, of := range t.open("cldr-bcp47", "bcp47/"+file+".json", "keyword.u."+key).Map() {
		if name[0] != '_' && !of.Get("_deprecated").Bool() {
			out = append(out, name)
		}
	}
	return out
}

// list stores the values sorted and without duplicates.
func (t *tables) list(kind string, values []string) {
	slices.Sort(values)
	t.put("values", kind, strings.Join(slices.Compact(values), " "))
}

// directions adds the languages, with their scripts, that are written from
// right to left.
func (t *tables) directions() {
	for _, tag := range t.open("cldr-core", "availableLocales.json", "availableLocales.full").Array() {
		name := tag.String()
		layout := t.open("cldr-misc-full", "main/"+name+"/layout.json", "main."+name+".layout.orientation.characterOrder")
		if layout.String() != "right-to-left" {
			continue
		}
		if full := t.all["likely"][name]; full != "" {
			name = full
		}
		language, rest, _ := strings.Cut(name, "-")
		if script, _, _ := strings.Cut(rest, "-"); len(script) == 4 {
			t.put("directions", language+"-"+script, "rtl")
		}
	}
}

// plurals adds the rules of plural categories: "one: i = 1 and v = 0; other".
func (t *tables) plurals() {
	for table, file := range map[string]string{"cardinal": "plurals", "ordinal": "ordinals"} {
		for locale, rules := range t.supplemental(file, "plurals-type-"+table) {
			var list []string
			rules.ForEach(func(key, rule gjson.Result) bool {
				condition, _, _ := strings.Cut(rule.String(), "@")
				category := strings.TrimPrefix(key.String(), "pluralRule-count-")
				if condition = strings.TrimSpace(condition); condition != "" {
					category += ": " + condition
				}
				list = append(list, category)
				return true
			})
			t.put(table, locale, strings.Join(list, "; "))
		}
	}
}

func words(list gjson.Result) string {
	var out []string
	for _, word := range list.Array() {
		out = append(out, word.String())
	}
	return strings.Join(out, " ")
}
