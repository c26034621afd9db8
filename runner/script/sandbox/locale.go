package sandbox

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"io"
	"sync"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/tidwall/gjson"
	textcases "golang.org/x/text/cases"
	"golang.org/x/text/language"
	"modernc.org/quickjs/intl"
)

// The files that gen/cldr writes.
var (
	//go:embed locales.json.br
	packedLocales []byte
	//go:embed names.json.br
	packedNames []byte
	//go:embed tags.json.br
	packedTags []byte
)

func unpacked(packed []byte) ([]byte, error) {
	return io.ReadAll(brotli.NewReader(bytes.NewReader(packed)))
}

// byLocale returns a function that unpacks the data at its first call: a JSON
// object with one member for each locale.
func byLocale(packed []byte) func() (gjson.Result, error) {
	return sync.OnceValues(func() (gjson.Result, error) {
		text, err := unpacked(packed)
		return gjson.ParseBytes(text), err
	})
}

var (
	locales     = byLocale(packedLocales)
	localeNames = byLocale(packedNames)
)

// localeData implements host.locale(tag). It returns CLDR's data of a locale as
// JSON, or "" when CLDR has none.
func (x *execution) localeData(a arguments) (any, error) {
	all, err := locales()
	return all.Get(gjson.Escape(a.text(0))).Raw, err
}

// names implements host.names(tag). It returns the names of things in the
// language of a locale as JSON, or "" when there are none.
func (x *execution) names(a arguments) (any, error) {
	all, err := localeNames()
	return all.Get(gjson.Escape(a.text(0))).Raw, err
}

// tags returns the tables with the meaning of the subtags of locale names.
var tags = sync.OnceValues(func() (map[string]map[string]string, error) {
	text, err := unpacked(packedTags)
	if err != nil {
		return nil, err
	}
	var tables map[string]map[string]string
	err = json.Unmarshal(text, &tables)
	return tables, err
})

// subtag implements host.subtag(table, key). It returns the entry of a table,
// or "".
func (x *execution) subtag(a arguments) (any, error) {
	all, err := tags()
	return all[a.text(0)][a.text(1)], err
}

// intl defines Intl and the toLocale… methods that use it on the global object.
// It returns the text of an error, or "".
func (r *realm) intl() string {
	if err := intl.Register(r.vm.VM); err == nil {
		return ""
	}
	if err := intl.Register(r.vm.VM, intl.TimeZone("UTC")); err != nil { // the time zone of the host has no name
		return err.Error()
	}
	return ""
}

// inCase implements host.inCase(text, locale, upper). It returns the text in
// upper or lower case by the rules of the locale's language.
func (x *execution) inCase(a arguments) (any, error) {
	tag := language.Make(a.text(1))
	if a.flag(2) {
		return textcases.Upper(tag).String(a.text(0)), nil
	}
	return textcases.Lower(tag, textcases.HandleFinalSigma(true)).String(a.text(0)), nil
}

// zone implements host.zone(milliseconds). It returns the long name that the
// local time zone has at that time, as it follows a date.
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

// zoneNames has the time zones that are most frequent on test machines.
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
