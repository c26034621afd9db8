// Package mock stands in for servers that a collection talks to.
//
// ForgeRock is a simulated ForgeRock / PingOne Advanced Identity Cloud tenant:
// the access management endpoints a Session Management collection needs
// (authenticate, sessions, serverinfo), held in memory. Serve puts it, or any
// handler, on a loopback port that speaks HTTP and HTTPS alike.
package mock

import (
	"cmp"
	crand "crypto/rand"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// The user that a ForgeRock without Users knows.
const (
	DemoUser     = "postmanDemoUser"
	DemoPassword = "Simulated-Tenant-1"
)

// ForgeRockOptions is a tenant's configuration; the zero value of every field
// is the product's default.
type ForgeRockOptions struct {
	Now        func() time.Time  // nil is time.Now
	Rand       *rand.Rand        // makes tokens; nil is seeded
	CookieName string            // names the session header and cookie; "" is iPlanetDirectoryPro
	Users      map[string]string // name to password; nil is DemoUser alone
	Realms     []string          // nil is / and /alpha
	Properties []string          // session properties users may read and set; nil is LoginLocation
	IdleTime   time.Duration     // 0 is 30 minutes
	MaxTime    time.Duration     // 0 is 120 minutes
	UpdateTime time.Duration     // least time between two updates of the latest access; 0 is 60 seconds
}

func (o ForgeRockOptions) withDefaults() ForgeRockOptions {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		var seed [32]byte
		_, _ = crand.Read(seed[:]) // never fails
		o.Rand = rand.New(rand.NewChaCha8(seed))
	}
	if o.CookieName == "" {
		o.CookieName = "iPlanetDirectoryPro"
	}
	if o.Users == nil {
		o.Users = map[string]string{DemoUser: DemoPassword}
	}
	if o.Realms == nil {
		o.Realms = []string{"/", "/alpha"}
	}
	if o.Properties == nil {
		o.Properties = []string{"LoginLocation"}
	}
	o.IdleTime = cmp.Or(o.IdleTime, 30*time.Minute)
	o.MaxTime = cmp.Or(o.MaxTime, 120*time.Minute)
	o.UpdateTime = cmp.Or(o.UpdateTime, 60*time.Second)
	return o
}

// A ForgeRock is a simulated tenant, an http.Handler for /am/json on any host.
// It is safe for concurrent use.
type ForgeRock struct {
	opts ForgeRockOptions
	key  []byte // signs authId

	mu       sync.Mutex
	sessions map[string]*session // by token
}

// NewForgeRock returns a tenant without sessions.
func NewForgeRock(o ForgeRockOptions) *ForgeRock {
	o = o.withDefaults()
	o.Users = maps.Clone(o.Users)
	o.Realms = slices.Clone(o.Realms)
	o.Properties = slices.Clone(o.Properties)
	t := &ForgeRock{opts: o, sessions: make(map[string]*session)}
	t.key = []byte(t.randomText(32))
	return t
}

// An endpoint is one resource of /am/json.
type endpoint struct {
	versions []version // the newest minor of each major, ascending
	serve    func(*ForgeRock, *call) answer
}

func endpointOf(resource string) (endpoint, bool) {
	switch resource {
	case "authenticate":
		return endpoint{[]version{{2, 1}}, (*ForgeRock).authenticate}, true
	case "sessions":
		return endpoint{[]version{{1, 2}, {2, 1}, {3, 1}, {4, 0}, {5, 1}}, (*ForgeRock).sessionAction}, true
	case "serverinfo/*", "serverinfo/cookieDomains":
		return endpoint{[]version{{1, 1}}, (*ForgeRock).serverInfo}, true
	}
	return endpoint{}, false
}

// A call is one request, taken apart.
type call struct {
	*http.Request
	realm    string // "/", "/alpha"
	resource string // "sessions"
	version  version
	body     []byte
}

// ServeHTTP answers one request of any host.
func (t *ForgeRock) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t.handle(w, r).write(w, r)
}

func (t *ForgeRock) handle(w http.ResponseWriter, r *http.Request) answer {
	path, ok := strings.CutPrefix(r.URL.Path, "/am/json/")
	if !ok {
		return failure(http.StatusNotFound, "Resource '"+strings.TrimPrefix(r.URL.Path, "/")+"' not found")
	}
	if forged(r) {
		return failure(http.StatusForbidden,
			"a call that may change something needs the header Accept-API-Version or X-Requested-With")
	}
	c := &call{Request: r}
	c.realm, c.resource = splitRealm(path)
	if !slices.Contains(t.opts.Realms, c.realm) {
		return failure(http.StatusBadRequest, "Invalid realm, "+c.realm)
	}
	e, ok := endpointOf(c.resource)
	if !ok {
		return failure(http.StatusNotFound, "Resource '"+c.resource+"' not found")
	}
	if refused := c.negotiate(w.Header(), e.versions); refused != nil {
		return *refused
	}
	if refused := c.read(w); refused != nil {
		return *refused
	}
	return e.serve(t, c)
}

// forged applies the rule against cross-site requests: a browser's plain form
// cannot set either header.
func forged(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	}
	return r.Header.Get("Accept-API-Version") == "" && r.Header.Get("X-Requested-With") == ""
}

// splitRealm splits "realms/root/realms/alpha/sessions" into "/alpha" and
// "sessions"; a path without a realm is the root's.
func splitRealm(path string) (realm, resource string) {
	path = strings.Trim(path, "/")
	rest, ok := strings.CutPrefix(path, "realms/root")
	if !ok || rest != "" && rest[0] != '/' {
		return "/", path
	}
	rest = strings.TrimPrefix(rest, "/")
	for {
		after, ok := strings.CutPrefix(rest, "realms/")
		if !ok {
			break
		}
		var name string
		name, rest, _ = strings.Cut(after, "/")
		realm += "/" + name
	}
	if realm == "" {
		realm = "/"
	}
	return realm, rest
}

// randomText is n letters and digits. The caller needs no lock.
func (t *ForgeRock) randomText(n int) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	t.mu.Lock()
	defer t.mu.Unlock()
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[t.opts.Rand.IntN(len(alphabet))]
	}
	return string(b)
}
