package sandbox

import (
	"strings"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"modernc.org/quickjs/intl"
)

// intl puts Intl and the toLocale… methods that go by it on the global
// object. It returns what went wrong.
func (r *realm) intl() string {
	if err := intl.Register(r.vm); err == nil {
		return ""
	}
	if err := intl.Register(r.vm, intl.TimeZone("UTC")); err != nil { // the host's zone has no name
		return err.Error()
	}
	return ""
}

// compare is compare(a, b, locale, options): how the locale orders two texts.
// The options are letters: n numeric, b ignores case and accents, a ignores
// case, c ignores accents.
func (x *execution) compare(a arguments) (any, error) {
	return x.realm.collator(a.text(2), a.text(3)).CompareString(a.text(0), a.text(1)), nil
}

// collator makes each collator once a realm: they are dear, and not safe for
// use by several goroutines.
func (r *realm) collator(locale, options string) *collate.Collator {
	key := locale + "/" + options
	if c := r.collators[key]; c != nil {
		return c
	}
	var list []collate.Option
	for letter, option := range map[string]collate.Option{"n": collate.Numeric, "b": collate.Loose,
		"a": collate.IgnoreCase, "c": collate.IgnoreDiacritics} {
		if strings.Contains(options, letter) {
			list = append(list, option)
		}
	}
	c := collate.New(language.Make(locale), list...)
	r.collators[key] = c
	return c
}

// zone is zone(milliseconds): the local time zone's long name then, as it
// stands behind a date.
func (x *execution) zone(a arguments) (any, error) {
	name, offset := time.UnixMilli(int64(a.number(0))).Zone()
	if long := zoneNames[name]; long != "" {
		return long, nil
	}
	if name == "UTC" || offset == 0 && (name == "" || name[0] == '+') {
		return "Coordinated Universal Time", nil
	}
	return name, nil
}

// zoneNames are the zones that tests and machines are set to most.
var zoneNames = map[string]string{
	"UTC": "Coordinated Universal Time", "GMT": "Greenwich Mean Time", "BST": "British Summer Time",
	"CET": "Central European Standard Time", "CEST": "Central European Summer Time",
	"EET": "Eastern European Standard Time", "EEST": "Eastern European Summer Time",
	"WET": "Western European Standard Time", "WEST": "Western European Summer Time",
	"EST": "Eastern Standard Time", "EDT": "Eastern Daylight Time",
	"CST": "Central Standard Time", "CDT": "Central Daylight Time",
	"MST": "Mountain Standard Time", "MDT": "Mountain Daylight Time",
	"PST": "Pacific Standard Time", "PDT": "Pacific Daylight Time",
	"JST": "Japan Standard Time", "KST": "Korean Standard Time", "IST": "India Standard Time",
	"AEST": "Australian Eastern Standard Time", "AEDT": "Australian Eastern Daylight Time",
	"NZST": "New Zealand Standard Time", "NZDT": "New Zealand Daylight Time", "MSK": "Moscow Standard Time",
}
