package jar

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"postie/collections/regex"
)

// parse reads a Set-Cookie line: RFC 6265, section 5.2, in loose mode.
func parse(line string, now time.Time) (Cookie, *Refusal) {
	c := Cookie{Created: now, Accessed: now}
	pair, attributes, _ := strings.Cut(line, ";")
	c.Name, c.Value = splitPair(pair)
	switch {
	case len(line) > maxLine:
		return c, c.refuse(fmt.Sprintf("Cookie failed to parse: its line has %d bytes, and %d are the limit", len(line), maxLine))
	case c.Name == "" && c.Value == "":
		return c, c.refuse("Cookie failed to parse: it has neither name nor value")
	case strings.ContainsFunc(c.Name+c.Value, isControl):
		return c, c.refuse("Cookie failed to parse: it holds a control character")
	}
	maxAge := false
	for attribute := range strings.SplitSeq(attributes, ";") {
		key, value, _ := strings.Cut(attribute, "=")
		c.set(strings.ToLower(trim(key)), trim(value), now, &maxAge)
	}
	return c, nil
}

// splitPair takes name and value apart. Without a name, or without "=", all
// of it is the value; what comes after a leading "=" is a pair of its own.
func splitPair(pair string) (name, value string) {
	pair = strings.TrimPrefix(trim(pair), "=")
	name, value, ok := strings.Cut(pair, "=")
	if !ok || name == "" {
		return "", trim(pair)
	}
	return trim(name), trim(value)
}

func trim(s string) string { return strings.Trim(s, " \t") }

func (c *Cookie) refuse(why string) *Refusal { return &Refusal{Name: c.Name, Why: why} }

// wholeSeconds is the only form of a Max-Age.
var wholeSeconds = regex.Lazy(`^-?[0-9]+$`)

// set takes in an attribute. Of several of one name the last counts; what
// cannot be read is passed over. A Max-Age beats Expires.
func (c *Cookie) set(name, value string, now time.Time, maxAge *bool) {
	switch name {
	case "expires":
		if t, ok := parseDate(value); ok && !*maxAge {
			c.Expires = t
		}
	case "max-age":
		if wholeSeconds().MatchString(value) {
			c.Expires, *maxAge = expiryAfter(value, now), true
			c.MaxAge, _ = strconv.Atoi(value) // at its limit when it is beyond
		}
	case "domain":
		if d := canonicalDomain(value); d != "" {
			c.Domain = d
		}
	case "path":
		c.Path = ""
		if strings.HasPrefix(value, "/") {
			c.Path = value
		}
	case "secure":
		c.Secure = true
	case "httponly":
		c.HTTPOnly = true
	case "samesite":
		c.SameSite = ""
		if low := strings.ToLower(value); low == "strict" || low == "lax" || low == "none" {
			c.SameSite = low
		}
	}
}

// The ends of what an expiry time may be.
var (
	longAgo = time.Unix(1, 0)
	farAway = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
)

// expiryAfter is the time when a number of seconds, in digits, is over.
func expiryAfter(seconds string, now time.Time) time.Time {
	if strings.HasPrefix(seconds, "-") {
		return longAgo
	}
	n, err := strconv.ParseInt(seconds, 10, 64)
	switch {
	case err != nil || n > math.MaxInt32*100:
		return farAway
	case n == 0:
		return longAgo
	}
	return time.Unix(now.Unix()+n, int64(now.Nanosecond()))
}

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
