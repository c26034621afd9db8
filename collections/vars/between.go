package vars

import (
	"strings"

	"postie/collections/regex"
)

var anyTemplate = regex.Lazy(`\{\{[^{}]*\}\}`)

// MapBetween maps what is between the templates of a text, such as to
// encode it; templates stay as they are.
func MapBetween(s string, mapped func(string) string) string {
	var b strings.Builder
	last := 0
	for _, at := range anyTemplate().FindAllStringIndex(s, -1) {
		b.WriteString(mapped(s[last:at[0]]) + s[at[0]:at[1]])
		last = at[1]
	}
	b.WriteString(mapped(s[last:]))
	return b.String()
}
