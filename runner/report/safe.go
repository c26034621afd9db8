package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"postie/collections/regex"
)

// Safe makes text safe for a terminal or the log of a build: control
// characters, escape sequences and marks that change the direction of text are
// shown as escapes, and commands of a build server are broken. Line feeds and
// tabs stay.
func Safe(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\r' && strings.HasPrefix(s[i+n:], "\n"):
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case hostile(r):
			escape(&b, r)
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return defuse(b.String())
}

// SafeLine is like Safe for text that must stay on one line.
func SafeLine(s string) string {
	if strings.ContainsAny(s, "\n\t") {
		s = strings.NewReplacer("\r\n", `\n`, "\n", `\n`, "\t", " ").Replace(s)
	}
	return Safe(s)
}

// plain reports whether s is printable ASCII that contains no command.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < ' ' && c != '\n' && c != '\t') || c >= 0x7f || c == '#' || c == ':' {
			return false
		}
	}
	return true
}

// hostile reports whether a terminal would interpret r, or whether r would
// change how text reads.
func hostile(r rune) bool {
	switch {
	case unicode.IsControl(r): // C0, DEL, C1
		return true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0x061c: // BiDi
		return true
	case r == 0x2028, r == 0x2029, r == 0xfeff, r >= 0xe0000 && r <= 0xe007f: // separators, tags
		return true
	}
	return false
}

func escape(b *strings.Builder, r rune) {
	if r < 0x80 {
		fmt.Fprintf(b, `\x%02x`, r)
		return
	}
	fmt.Fprintf(b, `\u%04x`, r)
}

var (
	lineCommand = regex.Lazy(`(?m)^(\s*):(:[A-Za-z])`)
	anyCommand  = regex.Lazy(`##(vso\[|teamcity\[|\[)`)
)

// defuse breaks the commands of GitHub Actions, Azure Pipelines and TeamCity.
func defuse(s string) string {
	if strings.Contains(s, "::") {
		s = lineCommand().ReplaceAllString(s, "$1: $2")
	}
	if strings.Contains(s, "##") {
		s = anyCommand().ReplaceAllString(s, "# #$1")
	}
	return s
}
