// Package jar keeps cookies as RFC 6265 has it, and as Postman's jar
// (tough-cookie, loose mode) where the two part: ports do not count, localhost
// is as good as https, a text without "=" is a value without a name.
package jar

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// A URL is what of a request's URL decides over its cookies.
type URL struct {
	Host   string // lower case, IPv6 without brackets
	Path   string // without the query, starts with "/"
	Secure bool   // the scheme is https
}

// A Cookie is one jar entry.
type Cookie struct {
	Name, Value, Domain, Path  string
	Expires                    time.Time // zero: session
	MaxAge                     int       // seconds, as it was set; 0 when it was not
	Secure, HTTPOnly, HostOnly bool
	PathDefault                bool // Path is that of the URL that set it
	SameSite                   string
	Created, Accessed          time.Time
}

// Limits of a jar. Those of its size are such as browsers have them; a line
// holds whole sessions with some servers.
const (
	maxCookies   = 3000
	maxPerDomain = 180
	maxLine      = 64 << 10
)

// A Jar holds cookies. It is safe for concurrent use; New makes one.
type Jar struct {
	mu      sync.Mutex
	cookies []Cookie // in order of creation
}

// New returns an empty jar.
func New() *Jar { return &Jar{} }

// Clone is a jar with the same cookies.
func (j *Jar) Clone() *Jar {
	j.mu.Lock()
	defer j.mu.Unlock()
	return &Jar{cookies: slices.Clone(j.cookies)}
}

// A Refusal is a cookie that was not kept. It does not hold the value.
type Refusal struct {
	Name string
	Why  string // a clause: "its domain is a public suffix"
}

// Error implements error.
func (r *Refusal) Error() string { return fmt.Sprintf("cookie %q: %s", r.Name, r.Why) }

// SetAll takes in the Set-Cookie lines of an answer from u, and returns those
// that it does not keep.
func (j *Jar) SetAll(u URL, lines []string) []Refusal {
	var refused []Refusal
	for _, line := range lines {
		_, dropped, err := j.set(u, line)
		if err != nil {
			refused = append(refused, *err)
		}
		refused = append(refused, dropped...)
	}
	return refused
}

// Set takes in one Set-Cookie line. The error is a *Refusal.
func (j *Jar) Set(u URL, line string) (*Cookie, error) {
	c, _, err := j.set(u, line)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// set also returns the cookies that made room for the new one.
func (j *Jar) set(u URL, line string) (*Cookie, []Refusal, *Refusal) {
	c, err := parse(line, time.Now())
	if err == nil {
		err = c.bind(u)
	}
	if err != nil {
		return nil, nil, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return &c, j.store(c), nil
}

// store puts a cookie in the place of the one of its name, domain and path.
// One that has expired deletes that.
func (j *Jar) store(c Cookie) (dropped []Refusal) {
	i := slices.IndexFunc(j.cookies, func(old Cookie) bool {
		return old.Name == c.Name && old.Domain == c.Domain && old.Path == c.Path
	})
	switch gone := c.expired(c.Accessed); {
	case i >= 0 && gone:
		j.cookies = slices.Delete(j.cookies, i, i+1)
	case i >= 0:
		c.Created = j.cookies[i].Created
		j.cookies[i] = c
	case !gone:
		j.cookies = append(j.cookies, c)
		return j.evict(c.Domain)
	}
	return nil
}

// evict drops the oldest cookies beyond the limits, those of domain first.
func (j *Jar) evict(domain string) (dropped []Refusal) {
	ofDomain := 0
	for i := range j.cookies {
		if j.cookies[i].Domain == domain {
			ofDomain++
		}
	}
	drop := func(why string, which func(Cookie) bool) {
		i := slices.IndexFunc(j.cookies, which)
		dropped = append(dropped, Refusal{Name: j.cookies[i].Name, Why: why})
		j.cookies = slices.Delete(j.cookies, i, i+1)
	}
	if ofDomain > maxPerDomain {
		drop(fmt.Sprintf("the jar holds %d cookies of %s, and this one is the oldest", maxPerDomain, domain), func(c Cookie) bool { return c.Domain == domain })
	}
	if len(j.cookies) > maxCookies {
		drop(fmt.Sprintf("the jar holds %d cookies, and this one is the oldest", maxCookies), func(Cookie) bool { return true })
	}
	return dropped
}

func (c *Cookie) expired(now time.Time) bool { return !c.Expires.IsZero() && !c.Expires.After(now) }

// Cookies are those sent to u: longer paths first, then older ones.
func (j *Jar) Cookies(u URL) []Cookie {
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

// Header is the value of the Cookie line for u, "" for none.
func (j *Jar) Header(u URL) string {
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
func (j *Jar) Remove(u URL, name string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.cookies = slices.DeleteFunc(j.cookies, func(c Cookie) bool { return c.Name == name && c.matches(u) })
}

// Clear deletes the cookies that would go to u.
func (j *Jar) Clear(u URL) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.cookies = slices.DeleteFunc(j.cookies, func(c Cookie) bool { return c.matches(u) })
}
