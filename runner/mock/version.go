package mock

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// A version is a major and a minor number, as in resource=2.1.
type version struct{ major, minor int }

func (v version) String() string { return fmt.Sprintf("%d.%d", v.major, v.minor) }

func parseVersion(s string) (version, bool) {
	major, minor, _ := strings.Cut(s, ".")
	a, err := strconv.Atoi(major)
	if err != nil {
		return version{}, false
	}
	b := 0
	if minor != "" {
		if b, err = strconv.Atoi(minor); err != nil {
			return version{}, false
		}
	}
	return version{a, b}, a >= 0 && b >= 0
}

// parseAccept reads "protocol=1.0,resource=2.1", either part of which may be
// missing.
func parseAccept(header string) (parts map[string]version, ok bool) {
	parts = make(map[string]version)
	for part := range strings.SplitSeq(header, ",") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		key, value, found := strings.Cut(part, "=")
		v, valid := parseVersion(strings.TrimSpace(value))
		key = strings.ToLower(strings.TrimSpace(key))
		if !found || !valid || key != "resource" && key != "protocol" {
			return nil, false
		}
		parts[key] = v
	}
	return parts, true
}

// negotiate picks the version to serve and says so in the answer's header; it
// returns the answer that refuses the version. An older minor is served by the
// newest of its major.
func (c *call) negotiate(h http.Header, served []version) *answer {
	accept := strings.Join(c.Header.Values("Accept-API-Version"), ",")
	wanted, ok := parseAccept(accept)
	if !ok {
		return refuse(http.StatusBadRequest, "Accept-API-Version: cannot be parsed: "+accept)
	}
	if p, ok := wanted["protocol"]; ok && (p.major < 1 || p.major > 2) {
		return unsupported()
	}
	want, ok := wanted["resource"]
	if !ok {
		h.Add("Warning", `100 OpenAM REST "No Accept-API-Version specified"`)
		h.Add("Warning", `100 chf "Accept-API-Version should be included in the request."`)
		want = served[len(served)-1]
	}
	for _, v := range served {
		if v.major == want.major && want.minor <= v.minor {
			c.version = v
			h.Set("Content-API-Version", "resource="+v.String())
			return nil
		}
	}
	return unsupported()
}

// unsupported is the cloud's answer to an unknown version: 404 and no body.
func unsupported() *answer { return &answer{status: http.StatusNotFound} }
