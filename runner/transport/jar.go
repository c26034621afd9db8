package transport

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"
)

// A Cookie is one jar entry.
type Cookie struct {
	Name, Value, Domain, Path  string
	Expires                    time.Time // zero: session
	Secure, HTTPOnly, HostOnly bool
	PathDefault                bool
	SameSite                   string
	Created, Accessed          time.Time
}

// Limits of a jar, as browsers have them.
const (
	maxCookies     = 3000
	maxPerDomain   = 180
	maxCookieBytes = 4096
)

// A Jar keeps cookies as Postman's (tough-cookie, loose mode) does: ports are
// ignored, localhost counts as secure. It is safe for concurrent use.
type Jar struct {
	mu      sync.Mutex
	cookies []Cookie // in order of creation
}

// NewJar returns an empty jar.
func NewJar() *Jar { return &Jar{} }

// Clone is a jar with the same cookies.
func (j *Jar) Clone() *Jar {
	j.mu.Lock()
	defer j.mu.Unlock()
	return &Jar{cookies: slices.Clone(j.cookies)}
}

// SetCookies takes in the Set-Cookie lines of a response; those that are not
// valid for u are passed over.
func (j *Jar) SetCookies(u *URL, lines []string) {
	for _, line := range lines {
		_, _ = j.Set(u, line) // an invalid cookie is ignored, as browsers do
	}
}

// Set takes in one Set-Cookie line.
func (j *Jar) Set(u *URL, line string) (*Cookie, error) {
	c, ok := parseCookie(line, time.Now())
	if !ok {
		return nil, &Error{Kind: ErrHeader, Detail: "Cookie failed to parse"}
	}
	if err := c.bind(u); err != nil {
		return nil, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.store(c)
	return &c, nil
}

func (j *Jar) store(c Cookie) {
	for i, old := range j.cookies {
		if old.Name == c.Name && old.Domain == c.Domain && old.Path == c.Path {
			c.Created = old.Created
			if c.expired(c.Accessed) {
				j.cookies = slices.Delete(j.cookies, i, i+1)
				return
			}
			j.cookies[i] = c
			return
		}
	}
	if c.expired(c.Accessed) {
		return
	}
	j.cookies = append(j.cookies, c)
	j.evict(c.Domain)
}

// evict drops the oldest cookies beyond the limits.
func (j *Jar) evict(domain string) {
	n := 0
	for _, c := range j.cookies {
		if c.Domain == domain {
			n++
		}
	}
	for i := 0; i < len(j.cookies) && (n > maxPerDomain || len(j.cookies) > maxCookies); {
		if n > maxPerDomain && j.cookies[i].Domain != domain {
			i++
			continue
		}
		if j.cookies[i].Domain == domain {
			n--
		}
		j.cookies = slices.Delete(j.cookies, i, i+1)
	}
}

func (c *Cookie) expired(now time.Time) bool { return !c.Expires.IsZero() && !c.Expires.After(now) }

// parseCookie reads a Set-Cookie line in tough-cookie's loose mode: a text
// without "=" is a value without a name.
func parseCookie(line string, now time.Time) (Cookie, bool) {
	c := Cookie{Created: now, Accessed: now}
	if len(line) > maxCookieBytes {
		return c, false
	}
	pair, rest, _ := strings.Cut(line, ";")
	name, value, ok := strings.Cut(strings.TrimSpace(pair), "=")
	if !ok {
		name, value = "", name
	}
	c.Name, c.Value = strings.TrimSpace(name), strings.TrimSpace(value)
	if c.Name == "" && c.Value == "" || strings.ContainsFunc(c.Name+c.Value, isControl) {
		return c, false
	}
	maxAge := false
	for attr := range strings.SplitSeq(rest, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(attr), "=")
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "expires":
			if t, ok := parseDate(value); ok && !maxAge {
				c.Expires = t
			}
		case "max-age":
			if n, err := time.ParseDuration(value + "s"); err == nil && value != "" {
				maxAge = true
				c.Expires = now.Add(n)
				if n <= 0 {
					c.Expires = time.Unix(1, 0)
				}
			}
		case "domain":
			c.Domain = strings.ToLower(strings.TrimPrefix(value, "."))
		case "path":
			if strings.HasPrefix(value, "/") {
				c.Path = value
			}
		case "secure":
			c.Secure = true
		case "httponly":
			c.HTTPOnly = true
		case "samesite":
			c.SameSite = strings.ToLower(value)
		}
	}
	return c, true
}

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

func parseDate(s string) (time.Time, bool) {
	if t, err := http.ParseTime(s); err == nil {
		return t, true
	}
	for _, layout := range []string{"Mon, 02-Jan-2006 15:04:05 MST", "Mon, 2 Jan 2006 15:04:05 MST", "Mon, 02-Jan-06 15:04:05 MST",
		"02 Jan 2006 15:04:05 MST", "Mon Jan 2 2006 15:04:05 GMT-0700 (MST)", time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// bind checks a cookie's domain against the host that sets it and fills in
// its defaults.
func (c *Cookie) bind(u *URL) error {
	switch {
	case c.Domain == "":
		c.Domain, c.HostOnly = u.Host, true
	case !domainMatch(u.Host, c.Domain):
		return &Error{Kind: ErrHeader, Detail: "Cookie not in this host's domain. Cookie:" + c.Domain + " Request:" + u.Host}
	case c.Domain != u.Host && isPublicSuffix(c.Domain):
		return &Error{Kind: ErrHeader, Detail: "Cookie has domain set to a public suffix"}
	}
	if c.Path == "" {
		c.Path, c.PathDefault = defaultPath(u.Path()), true
	}
	return nil
}

// isPublicSuffix tells domains that anyone may register under.
func isPublicSuffix(domain string) bool {
	suffix, icann := publicsuffix.PublicSuffix(domain)
	return suffix == domain && (icann || strings.Contains(domain, "."))
}

func domainMatch(host, domain string) bool {
	if host == domain {
		return true
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	return strings.HasSuffix(host, "."+domain)
}

func defaultPath(path string) string {
	i := strings.LastIndexByte(path, '/')
	if i <= 0 {
		return "/"
	}
	return path[:i]
}

func pathMatch(path, cookie string) bool {
	return path == cookie || strings.HasPrefix(path, cookie) && (strings.HasSuffix(cookie, "/") || path[len(cookie)] == '/')
}

func (c *Cookie) matches(u *URL) bool {
	if c.HostOnly && u.Host != c.Domain || !domainMatch(u.Host, c.Domain) || !pathMatch(u.Path(), c.Path) {
		return false
	}
	return !c.Secure || u.Scheme == "https" || isLocal(u.Host)
}

// Cookies are those sent to u: longer paths first, then older ones.
func (j *Jar) Cookies(u *URL) []Cookie {
	j.mu.Lock()
	defer j.mu.Unlock()
	now := time.Now()
	j.cookies = slices.DeleteFunc(j.cookies, func(c Cookie) bool { return c.expired(now) })
	var out []Cookie
	for i := range j.cookies {
		if j.cookies[i].matches(u) {
			j.cookies[i].Accessed = now
			out = append(out, j.cookies[i])
		}
	}
	slices.SortStableFunc(out, func(a, b Cookie) int { return len(b.Path) - len(a.Path) })
	return out
}

// header is the Cookie line for u, "" for none.
func (j *Jar) header(u *URL) string {
	var b strings.Builder
	for _, c := range j.Cookies(u) {
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		if c.Name != "" {
			b.WriteString(c.Name + "=")
		}
		b.WriteString(c.Value)
	}
	return b.String()
}

// Remove deletes the cookies of a name that would go to u.
func (j *Jar) Remove(u *URL, name string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.cookies = slices.DeleteFunc(j.cookies, func(c Cookie) bool { return c.Name == name && c.matches(u) })
}

// Clear deletes the cookies that would go to u.
func (j *Jar) Clear(u *URL) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.cookies = slices.DeleteFunc(j.cookies, func(c Cookie) bool { return c.matches(u) })
}

// jarFile is tough-cookie's JSON.
type jarFile struct {
	Version              string       `json:"version"`
	StoreType            string       `json:"storeType"`
	RejectPublicSuffixes bool         `json:"rejectPublicSuffixes"`
	EnableLooseMode      bool         `json:"enableLooseMode"`
	AllowSpecialUse      bool         `json:"allowSpecialUseDomain"`
	PrefixSecurity       string       `json:"prefixSecurity"`
	Cookies              []cookieFile `json:"cookies"`
}

type cookieFile struct {
	Key          string  `json:"key"`
	Value        string  `json:"value"`
	Expires      *string `json:"expires,omitempty"`
	Domain       string  `json:"domain"`
	Path         string  `json:"path"`
	Secure       bool    `json:"secure,omitempty"`
	HTTPOnly     bool    `json:"httpOnly,omitempty"`
	HostOnly     bool    `json:"hostOnly"`
	PathDefault  bool    `json:"pathIsDefault,omitempty"`
	SameSite     string  `json:"sameSite,omitempty"`
	Creation     string  `json:"creation,omitempty"`
	LastAccessed string  `json:"lastAccessed,omitempty"`
}

const isoMillis = "2006-01-02T15:04:05.000Z"

// MarshalJSON writes the jar as tough-cookie does.
func (j *Jar) MarshalJSON() ([]byte, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	f := jarFile{Version: "tough-cookie@4.1.3-postman.1", StoreType: "MemoryCookieStore", EnableLooseMode: true,
		AllowSpecialUse: true, PrefixSecurity: "silent", Cookies: []cookieFile{}}
	for _, c := range j.cookies {
		out := cookieFile{Key: c.Name, Value: c.Value, Domain: c.Domain, Path: c.Path, Secure: c.Secure, HTTPOnly: c.HTTPOnly,
			HostOnly: c.HostOnly, PathDefault: c.PathDefault, SameSite: c.SameSite,
			Creation: c.Created.UTC().Format(isoMillis), LastAccessed: c.Accessed.UTC().Format(isoMillis)}
		if !c.Expires.IsZero() {
			at := c.Expires.UTC().Format(isoMillis)
			out.Expires = &at
		}
		f.Cookies = append(f.Cookies, out)
	}
	return json.MarshalIndent(f, "", "  ")
}

var errNoCookies = errors.New("serialized jar has no cookies array")

// UnmarshalJSON reads what MarshalJSON, or tough-cookie, wrote.
func (j *Jar) UnmarshalJSON(src []byte) error {
	var f jarFile
	if err := json.Unmarshal(src, &f); err != nil {
		return err
	}
	if f.Cookies == nil {
		return errNoCookies
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, c := range f.Cookies {
		in := Cookie{Name: c.Key, Value: c.Value, Domain: c.Domain, Path: c.Path, Secure: c.Secure, HTTPOnly: c.HTTPOnly,
			HostOnly: c.HostOnly, PathDefault: c.PathDefault, SameSite: c.SameSite}
		in.Created, _ = time.Parse(time.RFC3339, c.Creation) // zero when it says nothing
		in.Accessed, _ = time.Parse(time.RFC3339, c.LastAccessed)
		if c.Expires != nil {
			if t, err := time.Parse(time.RFC3339, *c.Expires); err == nil {
				in.Expires = t
			}
		}
		if in.Path == "" {
			in.Path = "/"
		}
		j.store(in)
	}
	return nil
}
