package jar

import (
	"strings"
	"time"
)

// parseDate reads a cookie's date as RFC 6265, section 5.1.1 does: token by
// token, in whatever order, zone and weekday passed over.
func parseDate(s string) (time.Time, bool) {
	d := date{second: -1, day: -1, month: -1, year: -1}
	for token := range strings.FieldsFuncSeq(s, isDelimiter) {
		d.take(token)
	}
	if d.second < 0 || d.day < 1 || d.day > 31 || d.month < 1 || d.year < 1601 || d.hour > 23 || d.minute > 59 || d.second > 59 {
		return time.Time{}, false
	}
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.minute, d.second, 0, time.UTC)
	return t, t.Day() == d.day // there is no 30 February
}

// isDelimiter reports whether a character separates tokens. A colon does not.
func isDelimiter(r rune) bool {
	return r == '\t' || r >= 0x20 && r <= 0x2f || r >= 0x3b && r <= 0x40 || r >= 0x5b && r <= 0x60 || r >= 0x7b && r <= 0x7e
}

// A date is what has been found of one; -1 for what has not.
type date struct{ hour, minute, second, day, month, year int }

// take gives a token the first meaning that it fits and that is not found
// yet: time, day, month, year.
func (d *date) take(token string) {
	if d.second < 0 && d.takeTime(token) {
		return
	}
	if n, ok := number(token, 1, 2); ok && d.day < 0 {
		d.day = n
		return
	}
	if n := monthOf(token); n > 0 && d.month < 0 {
		d.month = n
		return
	}
	if n, ok := number(token, 2, 4); ok && d.year < 0 {
		switch {
		case n < 70:
			n += 2000
		case n < 100:
			n += 1900
		}
		d.year = n
	}
}

// takeTime reads hours, minutes and seconds, each of one or two digits.
func (d *date) takeTime(token string) bool {
	parts := strings.Split(token, ":")
	if len(parts) != 3 || !isDigits(parts[0]) || !isDigits(parts[1]) {
		return false
	}
	hour, ok1 := number(parts[0], 1, 2)
	minute, ok2 := number(parts[1], 1, 2)
	second, ok3 := number(parts[2], 1, 2)
	if ok1 && ok2 && ok3 {
		d.hour, d.minute, d.second = hour, minute, second
	}
	return ok1 && ok2 && ok3
}

// number reads the digits that a token starts with: at least and at most so
// many. What is no digit may follow.
func number(token string, least, most int) (n int, ok bool) {
	digits := 0
	for digits < len(token) && isDigit(token[digits]) {
		if digits == most {
			return 0, false
		}
		n = n*10 + int(token[digits]-'0')
		digits++
	}
	return n, digits >= least
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// monthOf is the month whose name a token starts with, 0 for none.
func monthOf(token string) int {
	if len(token) < 3 {
		return 0
	}
	const names = "janfebmaraprmayjunjulaugsepoctnovdec"
	i := strings.Index(names, strings.ToLower(token[:3]))
	if i < 0 || i%3 != 0 {
		return 0
	}
	return i/3 + 1
}
