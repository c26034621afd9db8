package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// root has the data that does not belong to one locale.
type root struct {
	tags    []string          // the locales; each follows the locale that it resembles
	parents map[string]string // of locales whose parent does not follow from their name
	digits  map[string]string // by numbering system
	without []string          // languages for which CLDR has too little data

	calendars map[string]string // calendars other than the Gregorian, by region
	likely    map[string]string // the most complete tag of a shorter one
}

// open reads one of CLDR's files, and returns the value at a path.
func open(dir, pkg, file, path string) (gjson.Result, error) {
	text, err := os.ReadFile(filepath.Join(dir, "node_modules", pkg, file))
	if err != nil {
		return gjson.Result{}, err
	}
	at := gjson.GetBytes(text, path)
	if !at.Exists() {
		return at, fmt.Errorf("%s/%s has no %s", pkg, file, path)
	}
	return at, nil
}

func readRoot(dir string) (*root, error) {
	levels, err := open(dir, "cldr-core", "coverageLevels.json", "effectiveCoverageLevels")
	if err != nil {
		return nil, err
	}
	full, err := open(dir, "cldr-core", "availableLocales.json", "availableLocales.full")
	if err != nil {
		return nil, err
	}
	parents, err := open(dir, "cldr-core", "supplemental/parentLocales.json", "supplemental.parentLocales.parentLocale")
	if err != nil {
		return nil, err
	}
	systems, err := open(dir, "cldr-core", "supplemental/numberingSystems.json", "supplemental.numberingSystems")
	if err != nil {
		return nil, err
	}
	r := &root{parents: map[string]string{}, digits: map[string]string{}}
	for tag, p := range parents.Map() {
		r.parents[tag] = p.String()
	}
	for system, of := range systems.Map() {
		r.digits[system] = of.Get("_digits").String()
	}
	for _, tag := range full.Array() {
		language, rest, _ := strings.Cut(tag.String(), "-")
		script, _, _ := strings.Cut(rest, "-")
		switch {
		case len(script) == 4 && !levels.Get(language+"-"+script).Exists():
			// its readers also read the common script of the language
		case levels.Get(language).String() == "modern" && language != "und":
			r.tags = append(r.tags, tag.String())
		case language != "und" && !slices.Contains(r.without, language):
			r.without = append(r.without, language)
		}
	}
	if err := r.readCalendars(dir); err != nil {
		return nil, err
	}
	depth := func(tag string) int {
		n := 0
		for ; tag != ""; tag = r.parent(tag) {
			n++
		}
		return n
	}
	slices.SortStableFunc(r.tags, func(a, b string) int { return depth(a) - depth(b) })
	return r, nil
}

func (r *root) readCalendars(dir string) error {
	preferred, err := open(dir, "cldr-core", "supplemental/calendarPreferenceData.json", "supplemental.calendarPreferenceData")
	if err != nil {
		return err
	}
	likely, err := open(dir, "cldr-core", "supplemental/likelySubtags.json", "supplemental.likelySubtags")
	if err != nil {
		return err
	}
	r.calendars, r.likely = map[string]string{}, map[string]string{}
	for region, list := range preferred.Map() {
		if first := list.Get("0").String(); first != "gregorian" {
			r.calendars[region] = first
		}
	}
	for tag, fullest := range likely.Map() {
		r.likely[tag] = fullest.String()
	}
	return nil
}

// calendar returns the calendar of a locale, or "" for the Gregorian.
func (r *root) calendar(tag string) string {
	last := tag[strings.LastIndex(tag, "-")+1:]
	if len(last) == 2 && strings.ToUpper(last) == last {
		return r.calendars[last]
	}
	fullest := r.likely[tag]
	return r.calendars[fullest[strings.LastIndex(fullest, "-")+1:]]
}

// ancestor returns the next wider locale that has data.
func (r *root) ancestor(all map[string]map[string]any, tag string) string {
	for tag = r.parent(tag); tag != ""; tag = r.parent(tag) {
		if all[tag] != nil {
			return tag
		}
	}
	return ""
}

// parent returns the next wider locale, or "".
func (r *root) parent(tag string) string {
	if p := r.parents[tag]; p != "" {
		return strings.TrimPrefix(p, "root")
	}
	return tag[:max(strings.LastIndex(tag, "-"), 0)]
}
