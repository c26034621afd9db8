package send

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"postie/runner/script"
	"postie/runner/transport"
	"postie/runner/transport/jar"
)

// A Jar gives scripts access to the client's cookies.
type Jar struct {
	Jar     *jar.Jar
	Domains []string // domains that scripts may access; nil: any
}

var errCookieURL = errors.New("CookieJar requires a valid url")

func (j Jar) url(text string) (jar.URL, error) {
	u, err := transport.ParseURL(text, true)
	if err != nil {
		return jar.URL{}, errCookieURL
	}
	if j.Domains != nil && !slices.ContainsFunc(j.Domains, func(d string) bool { return isSubdomain(u.Host, d) }) {
		return jar.URL{}, fmt.Errorf("CookieStore: programmatic access to %q is denied", u.Host)
	}
	return u.Site(), nil
}

// isSubdomain reports whether a host is the domain or one of its subdomains.
func isSubdomain(host, domain string) bool {
	host, domain = strings.ToLower(host), strings.ToLower(strings.TrimPrefix(domain, "."))
	return host == domain || strings.HasSuffix(host, "."+domain)
}

// Get implements script.Jar.
func (j Jar) Get(url, name string) (*script.Cookie, error) {
	all, err := j.GetAll(url)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Name == name {
			return &all[i], nil
		}
	}
	return nil, nil
}

// GetAll implements script.Jar.
func (j Jar) GetAll(url string) ([]script.Cookie, error) {
	u, err := j.url(url)
	if err != nil {
		return nil, err
	}
	return cookies(j.Jar, u), nil
}

// Set implements script.Jar.
func (j Jar) Set(url, line string) (*script.Cookie, error) {
	u, err := j.url(url)
	if err != nil {
		return nil, err
	}
	c, err := j.Jar.Set(u, line)
	if e := (*jar.Refusal)(nil); errors.As(err, &e) {
		return nil, errors.New(e.Why)
	}
	if err != nil || c == nil {
		return nil, err
	}
	out := scriptCookie(c)
	return &out, nil
}

// Unset implements script.Jar.
func (j Jar) Unset(url, name string) error {
	u, err := j.url(url)
	if err == nil {
		j.Jar.Remove(u, name)
	}
	return err
}

// Clear implements script.Jar.
func (j Jar) Clear(url string) error {
	u, err := j.url(url)
	if err == nil {
		j.Jar.Clear(u)
	}
	return err
}

// cookies returns the cookies that the jar would send to u.
func cookies(j *jar.Jar, u jar.URL) []script.Cookie {
	found := j.Cookies(u)
	out := make([]script.Cookie, 0, len(found))
	for i := range found {
		out = append(out, scriptCookie(&found[i]))
	}
	return out
}

func scriptCookie(c *jar.Cookie) script.Cookie {
	out := script.Cookie{Name: c.Name, Value: c.Value, MaxAge: c.MaxAge, Domain: c.Domain, Path: c.Path, Secure: c.Secure,
		HTTPOnly: c.HTTPOnly, HostOnly: c.HostOnly, Session: c.Expires.IsZero()}
	if !c.Expires.IsZero() {
		at := c.Expires.UTC().Format("2006-01-02T15:04:05.000Z")
		out.Expires = &at
	}
	return out
}
