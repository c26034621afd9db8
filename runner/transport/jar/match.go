package jar

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// bind checks a cookie against the URL that sets it, and fills in what the
// URL decides: RFC 6265, section 5.3.
func (c *Cookie) bind(u URL) *Refusal {
	switch {
	case c.Domain == "":
		c.Domain, c.HostOnly = u.Host, true
	case !domainMatch(u.Host, c.Domain):
		return c.refuse("Cookie not in this host's domain. Cookie:" + c.Domain + " Request:" + u.Host)
	case isPublicSuffix(c.Domain) && c.Domain != u.Host:
		return c.refuse("Cookie has domain set to a public suffix")
	case isPublicSuffix(c.Domain):
		c.HostOnly = true
	}
	if c.Path == "" {
		c.Path, c.PathDefault = defaultPath(u.Path), true
	}
	return c.prefixed()
}

// prefixed holds a cookie to what its name promises.
func (c *Cookie) prefixed() *Refusal {
	switch {
	case strings.HasPrefix(c.Name, "__Secure-") && !c.Secure:
		return c.refuse("Cookie has __Secure prefix but Secure attribute is not set")
	case strings.HasPrefix(c.Name, "__Host-") && !(c.Secure && c.HostOnly && c.Path == "/"):
		return c.refuse("Cookie has __Host prefix but either Secure or HostOnly attribute is not set or Path is not '/'")
	}
	return nil
}

// canonicalDomain is a Domain attribute as hosts are written.
func canonicalDomain(s string) string {
	s = strings.ToLower(strings.TrimPrefix(s, "."))
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		return s[1 : len(s)-1]
	}
	for i := range len(s) {
		if s[i] >= 0x80 {
			if a, err := idna.Lookup.ToASCII(s); err == nil {
				return a
			}
			return s
		}
	}
	return s
}

// isPublicSuffix reports whether anyone may register a name under the domain.
func isPublicSuffix(domain string) bool {
	if _, err := netip.ParseAddr(domain); err == nil {
		return false
	}
	suffix, icann := publicsuffix.PublicSuffix(domain)
	return suffix == domain && (icann || strings.Contains(domain, "."))
}

// domainMatch is RFC 6265, section 5.1.3.
func domainMatch(host, domain string) bool {
	if host == domain {
		return true
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	return strings.HasSuffix(host, "."+domain)
}

// defaultPath is RFC 6265, section 5.1.4: the folder of a request's path.
func defaultPath(path string) string {
	i := strings.LastIndexByte(path, '/')
	if i <= 0 || path[0] != '/' {
		return "/"
	}
	return path[:i]
}

// pathMatch is RFC 6265, section 5.1.4, as well.
func pathMatch(path, cookie string) bool {
	return path == cookie || strings.HasPrefix(path, cookie) && (strings.HasSuffix(cookie, "/") || path[len(cookie)] == '/')
}

// decodePath undoes the percent-encoding of a path, as JavaScript's decodeURI
// does: what delimits parts of a URL stays encoded.
func decodePath(path string) string {
	if !strings.Contains(path, "%") {
		return path
	}
	var out strings.Builder
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c == '%' {
			n, err := strconv.ParseUint(path[i+1:min(i+3, len(path))], 16, 8)
			if err != nil || len(path) < i+3 {
				return path
			}
			if strings.IndexByte(";/?:@&=+$,#", byte(n)) < 0 {
				c = byte(n)
				i += 2
			}
		}
		out.WriteByte(c)
	}
	if !utf8.ValidString(out.String()) {
		return path
	}
	return out.String()
}

// matches reports whether a cookie goes to u.
func (c *Cookie) matches(u URL) bool {
	if c.HostOnly && u.Host != c.Domain || !domainMatch(u.Host, c.Domain) {
		return false
	}
	if !pathMatch(u.Path, c.Path) && !pathMatch(decodePath(u.Path), c.Path) {
		return false
	}
	return !c.Secure || u.Secure || isLocal(u.Host)
}

// isLocal reports whether requests to the host never leave the machine.
func isLocal(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}
