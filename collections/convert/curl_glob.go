package convert

import (
	"fmt"
	"strconv"
	"strings"
)

// maxGlob is the largest number of requests of one pattern.
const maxGlob = 200

// globs returns the addresses of curl's {a,b} and [1-3], or says why there are
// none.
func (c *curlCall) globs(pattern string) (list []string, wrong string) {
	if c.on["globoff"] {
		return []string{pattern}, ""
	}
	list = []string{""}
	for s := pattern; s != ""; {
		choices, rest, why := globPiece(s)
		if why != "" {
			return nil, fmt.Sprintf("the address %q: %s", pattern, why)
		}
		if len(list)*len(choices) > maxGlob {
			return nil, fmt.Sprintf("the address %q stands for more than %d requests", pattern, maxGlob)
		}
		var next []string
		for _, before := range list {
			for _, choice := range choices {
				next = append(next, before+choice)
			}
		}
		list, s = next, rest
	}
	return list, ""
}

// globPiece reads the next text, set or range of a pattern.
func globPiece(s string) (choices []string, rest, wrong string) {
	switch {
	case strings.HasPrefix(s, "{{"):
		if at := anyTemplate().FindStringIndex(s); at != nil && at[0] == 0 {
			return []string{s[:at[1]]}, s[at[1]:], ""
		}
		return globSet(s[1:])
	case s[0] == '{':
		return globSet(s[1:])
	case s[0] == '[' && !literalBracket(s):
		return globRange(s[1:])
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch ch := s[i]; {
		case i > 0 && (ch == '{' || ch == '[' && !literalBracket(s[i:])):
			return []string{b.String()}, s[i:], ""
		case ch == '[':
			end := i + strings.IndexByte(s[i:], ']')
			b.WriteString(s[i : end+1])
			i = end
		case ch == '}' || ch == ']':
			return nil, "", "a closing " + string(ch) + " without its opening"
		case ch == '\\' && i+1 < len(s) && strings.IndexByte("{}[]", s[i+1]) >= 0:
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(ch)
		}
	}
	return []string{b.String()}, "", ""
}

// literalBracket matches "[]" and an IPv6 address, which are not ranges.
func literalBracket(s string) bool {
	inside, _, ok := strings.Cut(s[1:], "]")
	return ok && (inside == "" || strings.Count(inside, ":") > 1 && strings.Trim(inside, "0123456789abcdefABCDEF:.%") == "")
}

// globSet reads "a,b}".
func globSet(s string) (choices []string, rest, wrong string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch ch := s[i]; {
		case ch == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case ch == '{' || ch == '[':
			return nil, "", "brackets within braces"
		case ch == ']':
			return nil, "", "a closing ] without its opening"
		case ch == ',' || ch == '}':
			choices = append(choices, b.String())
			b.Reset()
			if ch == '}' {
				if len(choices) == 1 && choices[0] == "" {
					return nil, "", "nothing within braces"
				}
				return choices, s[i+1:], ""
			}
		default:
			b.WriteByte(ch)
		}
	}
	return nil, "", "braces without an end"
}

// globRange reads "1-10:2]", "01-10]" and "a-z]".
func globRange(s string) (choices []string, rest, wrong string) {
	inside, rest, ok := strings.Cut(s, "]")
	bounds, stepText, hasStep := strings.Cut(inside, ":")
	from, to, dash := strings.Cut(bounds, "-")
	step := 1
	if hasStep {
		step, _ = strconv.Atoi(stepText)
	}
	if !ok || !dash || step < 1 {
		return nil, "", "[" + inside + "] is no range"
	}
	if len(from) == 1 && len(to) == 1 && isLetter(from[0]) && isLetter(to[0]) && from[0] <= to[0] {
		for ch := int(from[0]); ch <= int(to[0]); ch += step {
			choices = append(choices, string(rune(ch)))
		}
		return choices, rest, ""
	}
	low, err1 := strconv.Atoi(from)
	high, err2 := strconv.Atoi(to)
	if err1 != nil || err2 != nil || low < 0 || low > high {
		return nil, "", "[" + inside + "] is no range"
	}
	width := 0
	if from[0] == '0' && len(from) > 1 {
		width = len(from)
	}
	for n := low; n <= high && len(choices) <= maxGlob && n >= low; n += step {
		choices = append(choices, fmt.Sprintf("%0*d", width, n))
	}
	return choices, rest, ""
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
