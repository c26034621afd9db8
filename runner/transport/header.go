package transport

import (
	"slices"
	"strings"
)

// A Field is one header line, spelled as written.
type Field struct{ Name, Value string }

// Header is a list of lines in wire order.
type Header []Field

// Get returns the last value of name, compared case-insensitively.
func (h Header) Get(name string) string {
	for i := len(h) - 1; i >= 0; i-- {
		if strings.EqualFold(h[i].Name, name) {
			return h[i].Value
		}
	}
	return ""
}

// Values returns all values of name in order.
func (h Header) Values(name string) []string {
	var out []string
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			out = append(out, f.Value)
		}
	}
	return out
}

// Has reports whether name is present.
func (h Header) Has(name string) bool {
	return slices.ContainsFunc(h, func(f Field) bool { return strings.EqualFold(f.Name, name) })
}

// Del returns h without name.
func (h Header) Del(name string) Header {
	out := make(Header, 0, len(h))
	for _, f := range h {
		if !strings.EqualFold(f.Name, name) {
			out = append(out, f)
		}
	}
	return out
}

// Set returns h with one line of name: the value takes the first one's place
// and spelling, or comes last.
func (h Header) Set(name, value string) Header {
	out := make(Header, 0, len(h)+1)
	done := false
	for _, f := range h {
		switch {
		case !strings.EqualFold(f.Name, name):
			out = append(out, f)
		case !done:
			out, done = append(out, Field{f.Name, value}), true
		}
	}
	if !done {
		out = append(out, Field{name, value})
	}
	return out
}

// framing is where the lines begin that only the body's length and type come
// to, at the end.
func (h Header) framing() int {
	n := len(h)
	if n > 1 && strings.EqualFold(h[n-1].Name, "Content-Type") {
		n--
	}
	if n > 0 && strings.EqualFold(h[n-1].Name, "Content-Length") {
		return n - 1
	}
	return len(h)
}

// last returns h with these names after all others.
func (h Header) last(names ...string) Header {
	named := func(f Field) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, f.Name) })
	}
	slices.SortStableFunc(h, func(a, b Field) int {
		switch {
		case named(a) == named(b):
			return 0
		case named(b):
			return -1
		}
		return 1
	})
	return h
}

// isToken reports whether HTTP allows s as a method or a header's name.
func isToken(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0 {
			continue
		}
		return false
	}
	return true
}

// wireValue is a header value as latin-1 bytes; ok is false when it holds a
// character HTTP forbids or latin-1 lacks.
func wireValue(s string) (string, bool) {
	plain := true
	for i := range len(s) {
		c := s[i]
		if c >= 0x80 {
			plain = false
		}
		if c < ' ' && c != '\t' || c == 0x7f {
			return "", false
		}
	}
	if plain {
		return s, true
	}
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return "", false
		}
		out = append(out, byte(r))
	}
	return string(out), true
}

// fromLatin1 reads a header value's bytes as node does.
func fromLatin1(b []byte) string {
	for _, c := range b {
		if c >= 0x80 {
			out := make([]rune, len(b))
			for i, c := range b {
				out[i] = rune(c)
			}
			return string(out)
		}
	}
	return string(b)
}
