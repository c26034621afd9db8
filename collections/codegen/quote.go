package codegen

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
)

// jsonQuote returns a literal in double quotes for JavaScript, Python and C#.
func jsonQuote(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(s) != nil {
		return `""`
	}
	return strings.ReplaceAll(strings.TrimSuffix(b.String(), "\n"), "\x7f", `\u007f`)
}

// doubleQuoted returns a literal in double quotes. Backslashes, quotes and line
// feeds are escaped as in C. other escapes further characters, and reports
// whether it did.
func doubleQuoted(s string, other func(b *strings.Builder, r rune) bool) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case !other(&b, r):
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// javaQuote writes ASCII only. Control characters are octal, because Java
// replaces \u000a before it reads the literal.
func javaQuote(s string) string {
	return doubleQuoted(s, func(b *strings.Builder, r rune) bool {
		switch {
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(b, `\%03o`, r)
		case r > 0x7f:
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(b, `\u%04x`, u)
			}
		default:
			return false
		}
		return true
	})
}

// kotlinQuote also escapes the $ of templates.
func kotlinQuote(s string) string {
	return doubleQuoted(s, func(b *strings.Builder, r rune) bool {
		switch {
		case r == '$':
			b.WriteString(`\$`)
		case r < ' ' || r == 0x7f || r == 0x2028 || r == 0x2029:
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			return false
		}
		return true
	})
}

// singleQuote returns a PHP literal, in which only backslash and quote are
// escaped.
func singleQuote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// phpText returns a literal that does not change when the file's line ends are
// converted: a text with a carriage return is in double quotes.
func phpText(s string) string {
	if !strings.Contains(s, "\r") {
		return singleQuote(s)
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`, "\r", `\r`, "\n", `\n`).Replace(s) + `"`
}

// hexEscaped returns bytes in quotes: bytes beyond ASCII as \xfc, the others by
// escape.
func hexEscaped(bytes string, escape func(string) string) string {
	var b strings.Builder
	for i := range len(bytes) {
		if c := bytes[i]; c >= 0x80 {
			fmt.Fprintf(&b, `\x%02x`, c)
		} else {
			b.WriteString(escape(bytes[i : i+1]))
		}
	}
	return b.String()
}

// powerText does for PowerShell what phpText does.
func powerText(s string) string {
	if !strings.Contains(s, "\r") {
		return powerQuote(s)
	}
	return `"` + strings.NewReplacer("`", "``", `"`, "`\"", "\u201c", "`\u201c", "\u201d", "`\u201d", "\u201e", "`\u201e", `$`, "`$", "\r", "`r", "\n", "`n").Replace(s) + `"`
}

// powerQuote doubles the quotes of PowerShell, which include typographic ones.
func powerQuote(s string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range s {
		if strings.ContainsRune("'\u2018\u2019\u201a\u201b", r) {
			b.WriteRune(r)
		}
		b.WriteRune(r)
	}
	b.WriteByte('\'')
	return b.String()
}

// rubyQuote also escapes the # of interpolation.
func rubyQuote(s string) string { return strings.ReplaceAll(jsonQuote(s), "#", `\#`) }

// rustQuote also escapes characters that change the direction of text, which
// rustc refuses.
func rustQuote(s string) string {
	return doubleQuoted(s, func(b *strings.Builder, r rune) bool {
		if r >= ' ' && r != 0x7f && (r < 0x2028 || r > 0x202e) && (r < 0x2066 || r > 0x2069) {
			return false
		}
		fmt.Fprintf(b, `\u{%x}`, r)
		return true
	})
}
