package criteria

import (
	"fmt"
	"strconv"
	"strings"
)

// A Status is a response code or a class of them.
type Status struct{ text string }

// String is the status as ParseStatus reads it.
func (s Status) String() string { return s.text }

// ParseStatus reads 503 or 5xx.
func ParseStatus(s string) (Status, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if len(s) != 3 || s[0] < '1' || s[0] > '5' || strings.Trim(s[1:], "0123456789x") != "" {
		return Status{}, fmt.Errorf("%q: want a status such as 503 or 5xx", s)
	}
	return Status{s}, nil
}

// Matches reports whether a code is the status, or of its class.
func (s Status) Matches(code int) bool {
	digits := strconv.Itoa(code)
	if len(digits) != len(s.text) {
		return false
	}
	for i := range digits {
		if s.text[i] != 'x' && s.text[i] != digits[i] {
			return false
		}
	}
	return true
}
