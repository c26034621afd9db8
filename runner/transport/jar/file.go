package jar

import (
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// A file is tough-cookie's JSON.
type file struct {
	Version              string  `json:"version"`
	StoreType            string  `json:"storeType"`
	RejectPublicSuffixes bool    `json:"rejectPublicSuffixes"`
	EnableLooseMode      bool    `json:"enableLooseMode"`
	AllowSpecialUse      bool    `json:"allowSpecialUseDomain"`
	PrefixSecurity       string  `json:"prefixSecurity"`
	Cookies              []entry `json:"cookies"`
}

// An entry is a cookie in the file.
type entry struct {
	Key          string          `json:"key"`
	Value        string          `json:"value"`
	Expires      *string         `json:"expires,omitempty"`
	MaxAge       json.RawMessage `json:"maxAge,omitempty"` // seconds since Creation; a number or "Infinity"
	Domain       string          `json:"domain"`
	Path         string          `json:"path"`
	Secure       bool            `json:"secure,omitempty"`
	HTTPOnly     bool            `json:"httpOnly,omitempty"`
	HostOnly     bool            `json:"hostOnly"`
	PathDefault  bool            `json:"pathIsDefault,omitempty"`
	SameSite     string          `json:"sameSite,omitempty"`
	Creation     string          `json:"creation,omitempty"`
	LastAccessed string          `json:"lastAccessed,omitempty"`
}

const isoMillis = "2006-01-02T15:04:05.000Z"

// MarshalJSON writes the jar as tough-cookie does.
func (j *Jar) MarshalJSON() ([]byte, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	f := file{Version: "tough-cookie@4.1.3-postman.1", StoreType: "MemoryCookieStore", EnableLooseMode: true,
		AllowSpecialUse: true, PrefixSecurity: "silent", Cookies: []entry{}}
	for _, c := range j.cookies {
		out := entry{Key: c.Name, Value: c.Value, Domain: c.Domain, Path: c.Path, Secure: c.Secure, HTTPOnly: c.HTTPOnly,
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
	var f file
	if err := json.Unmarshal(src, &f); err != nil {
		return err
	}
	if f.Cookies == nil {
		return errNoCookies
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, e := range f.Cookies {
		j.store(e.cookie())
	}
	return nil
}

func (e *entry) cookie() Cookie {
	c := Cookie{Name: e.Key, Value: e.Value, Domain: e.Domain, Path: e.Path, Secure: e.Secure, HTTPOnly: e.HTTPOnly,
		HostOnly: e.HostOnly, PathDefault: e.PathDefault, SameSite: e.SameSite}
	c.Created, _ = time.Parse(time.RFC3339, e.Creation) // zero when it says nothing
	c.Accessed, _ = time.Parse(time.RFC3339, e.LastAccessed)
	if e.Expires != nil {
		if t, err := time.Parse(time.RFC3339, *e.Expires); err == nil {
			c.Expires = t
		}
	}
	if age := strings.Trim(string(e.MaxAge), `"`); wholeSeconds().MatchString(age) {
		c.Expires = expiryAfter(age, c.Created)
	} else if age == "-Infinity" {
		c.Expires = longAgo
	}
	if c.Path == "" {
		c.Path = "/"
	}
	return c
}
