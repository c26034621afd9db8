package vars

import (
	"strings"

	"postie/collections/regex"
)

var placeholder = regex.Lazy(`(?i)^(<[^<>]+>|\[?your[-_ ]?[a-z -_]*(key|token|secret|password|id|user\w*|name|value)\]?|change[-_ ]?me|replace[-_ ]?(me|this)\w*|todo|fixme|x{4,}|insert[-_ ].*|enter[-_ ].*here)$`)

// IsPlaceholder reports whether a value is one that an author left to be filled
// in, such as <token>, YOUR_API_KEY or changeme.
func IsPlaceholder(value string) bool { return placeholder().MatchString(value) }

// partPlaceholder is a placeholder inside a longer text, such as the host in
// https://<tenant-name>.example.com. Markup has end tags, or attributes.
var partPlaceholder = regex.Lazy(`<[A-Za-z][A-Za-z0-9 _.-]*>`)

// PlaceholderIn is the placeholder that a text is or holds; "" for none.
func PlaceholderIn(s string) string {
	if IsPlaceholder(s) {
		return s
	}
	if strings.Contains(s, "</") || strings.Contains(s, "/>") || strings.Contains(s, "<<") {
		return ""
	}
	return partPlaceholder().FindString(s)
}
