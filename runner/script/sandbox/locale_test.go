package sandbox_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postie/runner/script"
)

// What Intl says of dates, numbers, lists and plurals in the common locales
// is what node says: testdata/intl/locales.js asks, locales.txt has its answers.
func TestLocales(t *testing.T) {
	t.Parallel()
	ask, err := os.ReadFile("testdata/intl/locales.js")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/intl/locales.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(want)), "\n")
	byTag := map[string][]string{}
	var tags []string
	for _, line := range lines {
		tag, _, _ := strings.Cut(line, " ")
		if byTag[tag] == nil {
			tags = append(tags, tag)
		}
		byTag[tag] = append(byTag[tag], line)
	}
	if slowness > 1 {
		tags = tags[:4] // the others differ in data alone
	}
	for _, tag := range tags {
		c := newCell(t, script.Options{})
		c.succeeds(fmt.Sprintf("globalThis.only = [%q];\n%s", tag, ask))
		if diff := cmp.Diff(byTag[tag], said(c)); diff != "" {
			t.Errorf("(-node +postie)\n%s", diff)
		}
	}
}

// Of the rest of Intl likewise: each file of testdata/intl asks, and has node's
// answers beside it.
func TestIntl(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"tags", "segments", "names", "ranges", "numberranges", "refusals"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ask, err := os.ReadFile("testdata/intl/" + name + ".js")
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile("testdata/intl/" + name + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			c := newCell(t, script.Options{})
			c.succeeds(string(ask))
			if diff := cmp.Diff(strings.Split(strings.TrimSpace(string(want)), "\n"), said(c)); diff != "" {
				t.Errorf("(-node +postie)\n%s", diff)
			}
		})
	}
}

// said are the lines that scripts have written to the console.
func said(c *cell) []string {
	var lines []string
	for _, line := range c.console {
		text := strings.TrimPrefix(line, "log ")
		lines = append(lines, text[1:len(text)-1]) // without its quotation marks
	}
	return lines
}

// What there is no data of is an error that names it: another language's text
// would pass for the answer.
func TestLocalesWithoutData(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	for _, tt := range []struct{ source, want string }{
		{`(1.5).toLocaleString("br")`, `the locale "br"`},
		{`[1.5].toLocaleString("br")`, `the locale "br"`},
		{`new Intl.ListFormat("br")`, `the locale "br"`},
		{`new Date(0).toLocaleString("th")`, `the calendar "buddhist"`},
		{`new Date(0).toLocaleDateString("de", { calendar: "japanese" })`, `the calendar "japanese"`},
		{`new Date(0).toLocaleDateString("en-u-ca-hebrew")`, `the calendar "hebrew"`},
		{`new Date(0).toLocaleDateString("de", { era: "short" })`, `era in "de"`},
		{`new Date(0).toLocaleString("en", { timeZone: "Europe/Paris", timeZoneName: "long" })`, `names of time zones`},
		{`new Date(0).toLocaleTimeString("de", { timeZone: "Europe/Paris", timeStyle: "full" })`, `names of time zones`},
		{`(1).toLocaleString("en", { numberingSystem: "thai" })`, `the numbering system "thai"`},
		{`(1).toLocaleString("ar-EG", { numberingSystem: "latn" })`, `the numbering system "latn"`},
		{`(1).toLocaleString("de", { style: "unit", unit: "liter" })`, `units in "de"`},
		{`(1).toLocaleString("en", { style: "currency", currency: "USD", currencyDisplay: "name" })`, `names of currencies`},
		{`(1).toLocaleString("en", { roundingIncrement: 5, minimumFractionDigits: 2, maximumFractionDigits: 2 })`, `roundingIncrement`},
		{`new Intl.Segmenter("ja", { granularity: "word" }).segment("東京都")`, "no dictionary of the words"},
		{`new Intl.Segmenter("en", { granularity: "word" }).segment("สวัสดี")`, "no dictionary of the words"},
		{`new Intl.Segmenter("br")`, `the locale "br"`},
		{`new Intl.DateTimeFormat("en", { timeZone: "Europe/Paris", hour: "numeric", timeZoneName: "short" }).formatRange(0, 1)`, "names of time zones"},
		{`new Intl.DateTimeFormat("en", { era: "short" }).formatRange(0, 1)`, "era"},
		{`new Intl.DisplayNames("sw", { type: "region" })`, `names of things in the locale "sw"`},
		{`new Intl.DisplayNames("de", { type: "language" }).of("de-1996")`, `variants of languages, as in "de-1996"`},
		{`new Intl.Locale("de").collations`, `the collations of the locale "de"`},
	} {
		c.failsWith(tt.source, tt.want)
	}
}

func TestLocaleArguments(t *testing.T) {
	t.Parallel()
	c := newCell(t, script.Options{})
	for source, want := range map[string]string{
		`"istanbul".toLocaleUpperCase("tr")`:                                                        "İSTANBUL",
		`"IİIı".toLocaleLowerCase("tr-TR")`:                                                         "ıiıı",
		`"ά".toLocaleUpperCase("el")`:                                                               "Α",
		`"i".toLocaleUpperCase(["az", "en"])`:                                                       "İ",
		`"straße".toLocaleUpperCase("de") + "i".toLocaleUpperCase()`:                                "STRASSEI",
		`[1234.5, null, [2000], "x"].toLocaleString("de")`:                                          "1.234,5,,2.000,x",
		`[0.5].toLocaleString("fr", { style: "percent" })`:                                          "50\u00a0%",
		`new Float64Array([1234.5, 2]).toLocaleString("de")`:                                        "1.234,5,2",
		`[1e6].toLocaleString("ar-EG")`:                                                             "١٬٠٠٠٬٠٠٠",
		`(() => { const a = [1]; a.push(a); return a.toLocaleString() })()`:                         "1,",
		`(1.5).toLocaleString("tlh")`:                                                               "1.5", // nobody's, as in V8
		`Intl.NumberFormat.supportedLocalesOf(["de", "br", "tlh", "sw-KE"])`:                        "de,sw-KE",
		`new Intl.ListFormat("es").format(["a", "i"])`:                                              "a e i",
		`new Intl.ListFormat("es").format(["a", "hielo"])`:                                          "a y hielo",
		`new Intl.ListFormat("es", { type: "disjunction" }).format([7, 8].map(String))`:             "7 u 8",
		`new Intl.ListFormat("he").format(["a", "b"])`:                                              "a ו-b",
		`new Intl.PluralRules("ar").resolvedOptions().pluralCategories`:                             "few,many,one,two,zero,other",
		`new Intl.PluralRules("pt-AO").select(0)`:                                                   "one",
		`new Intl.NumberFormat("fr", { notation: "compact", compactDisplay: "long" }).format(1000)`: "mille",
		`new Intl.NumberFormat("sw", { notation: "compact" }).format(-1234)`:                        "elfu\u00a0-1.2",
		`Intl.Collator.supportedLocalesOf("de")`:                                                    "de",
		`new Date(0).toLocaleDateString("th", { calendar: "gregory" }).length`:                      "8",
	} {
		c.succeeds(fmt.Sprintf(`if (String(%s) !== %q) throw new Error(String(%[1]s))`, source, want))
	}
}
