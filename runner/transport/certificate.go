package transport

import (
	"slices"
	"strings"
)

// matches reports whether a certificate is for u: <all_urls>, or a pattern
// scheme://host[:port]/path with * and ?.
func (cc *ClientCert) matches(u *URL) bool {
	return slices.ContainsFunc(cc.Matches, func(p string) bool { return p == "<all_urls>" || matchPattern(p, u) })
}

func matchPattern(pattern string, u *URL) bool {
	scheme, rest, ok := strings.Cut(pattern, "://")
	host, path, ok2 := strings.Cut(rest, "/")
	if !ok || !ok2 {
		return false
	}
	if !slices.Contains(strings.Split(scheme, "+"), u.Scheme) && scheme != "*" {
		return false
	}
	name, port, hasPort := strings.Cut(host, ":")
	if hasPort && port != "*" && port != u.port() || !hasPort && u.port() != defaultPort(u.Scheme) {
		return false
	}
	suffix, wild := strings.CutPrefix(name, "*.")
	switch {
	case name == "*" || name == u.Host:
	case wild && (u.Host == suffix || strings.HasSuffix(u.Host, "."+suffix)):
	default:
		return false
	}
	return glob("/"+path, u.Path())
}

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}

// glob matches the first * as anything and ? as any character.
func glob(pattern, s string) bool {
	before, after, ok := strings.Cut(pattern, "*")
	if !ok {
		return wild(pattern, s)
	}
	n := len(s) - len(after)
	return n >= len(before) && wild(before, s[:len(before)]) && wild(after, s[n:])
}

func wild(pattern, s string) bool {
	if len(pattern) != len(s) {
		return false
	}
	for i := range len(s) {
		if pattern[i] != '?' && pattern[i] != s[i] {
			return false
		}
	}
	return true
}
