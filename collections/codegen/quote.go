package codegen

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
)

// jsonQuote is a double-quoted literal as JavaScript, Python and C# read it.
func jsonQuote(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(s) != nil {
		return `""`
	}
	return strings.ReplaceAll(strings.TrimSuffix(b.String(), "\n"), "\x7f", `\u007f`)
}

// doubleQuoted is a literal in double quotes: backslashes, quotes and line feeds
// are escaped as C does, what else needs it by other, which reports whether it
// wrote.
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

// javaQuote writes ASCII only; control characters as octal, since Java
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

// kotlinQuote also guards templates.
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

// singleQuote is a PHP literal: only backslash and quote are escaped.
func singleQuote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// phpText is a literal that survives a change of line ends: with a carriage
// return it is one in double quotes.
func phpText(s string) string {
	if !strings.Contains(s, "\r") {
		return singleQuote(s)
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`, "\r", `\r`, "\n", `\n`).Replace(s) + `"`
}

// hexEscaped are bytes, those beyond ASCII as \xfc, the others as escape has them.
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

// powerText is likewise PowerShell's.
func powerText(s string) string {
	if !strings.Contains(s, "\r") {
		return powerQuote(s)
	}
	return `"` + strings.NewReplacer("`", "``", `"`, "`\"", "\u201c", "`\u201c", "\u201d", "`\u201d", "\u201e", "`\u201e", `$`, "`$", "\r", "`r", "\n", "`n").Replace(s) + `"`
}

// powerQuote doubles what PowerShell takes for a quote, typographic ones too.
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

// rubyQuote also guards interpolation.
func rubyQuote(s string) string { return strings.ReplaceAll(jsonQuote(s), "#", `\#`) }

// rustQuote also escapes what turns the direction of text, which rustc refuses.
func rustQuote(s string) string {
	return doubleQuoted(s, func(b *strings.Builder, r rune) bool {
		if r >= ' ' && r != 0x7f && (r < 0x2028 || r > 0x202e) && (r < 0x2066 || r > 0x2069) {
			return false
		}
		fmt.Fprintf(b, `\u{%x}`, r)
		return true
	})
}
