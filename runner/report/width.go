package report

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// columns is the width of s on a terminal.
func columns(s string) int { return narrow.StringWidth(s) }

// narrow takes ambiguous characters for narrow, whatever the locale.
var narrow = &runewidth.Condition{StrictEmojiNeutral: true}

// fit is the longest start of s that is at most width columns, and at least
// one character.
func fit(s string, width int) string {
	if len(s) <= width {
		return s
	}
	used := 0
	for i, r := range s {
		used += narrow.RuneWidth(r)
		if used > width && i > 0 {
			return s[:i]
		}
	}
	return s
}

// pad fills s up with blanks on the right.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-columns(s)))
}

// padLeft fills s up with blanks on the left.
func padLeft(s string, width int) string {
	return strings.Repeat(" ", max(0, width-columns(s))) + s
}

// words wraps text at blanks to width columns; 0: as it is. Longer words are
// cut.
func words(text string, width int) []string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if width <= 0 {
			out = append(out, line)
			continue
		}
		out = append(out, wrap(line, width)...)
	}
	return out
}

func wrap(line string, width int) []string {
	var out []string
	for columns(line) > width {
		part := fit(line, width)
		if cut := strings.LastIndexByte(part, ' '); cut > width/3 {
			part = part[:cut]
		}
		out = append(out, part)
		line = strings.TrimPrefix(line[len(part):], " ")
	}
	return append(out, line)
}
