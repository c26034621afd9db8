package codegen

import (
	"slices"
	"strings"

	"postie/collections"
)

// redirects say how a run follows redirects: with GET and without the body,
// except after 307 and 308, which keep method and body. Credentials and body
// are not sent to another server.
type redirects struct {
	follow     bool
	most       int
	keepMethod bool // the method is kept after every code
	keepAuth   bool // credentials are sent to other servers
	limited    bool // the request has its own limit
}

func redirectsOf(p collections.Profile) redirects {
	r := redirects{follow: true, most: 10}
	if p.FollowRedirects != nil {
		r.follow = *p.FollowRedirects
	}
	if p.MaxRedirects != nil {
		r.most, r.limited = *p.MaxRedirects, true
	}
	r.keepMethod = p.FollowOriginalMethod != nil && *p.FollowOriginalMethod
	r.keepAuth = p.FollowAuthorization != nil && *p.FollowAuthorization
	return r
}

// A client describes how an HTTP client follows redirects by itself.
type client struct {
	methods []string // the methods with which it follows redirects as a run does; nil: all
	drops   []string // headers that it does not send to other servers, in lower case
}

// asRun reports whether a client follows the redirects of this call as a run
// does.
func (c *call) asRun(l client) bool {
	if c.redirects.limited || c.redirects.keepMethod || c.redirects.keepAuth || l.methods != nil && !slices.Contains(l.methods, c.method) {
		return false
	}
	return !slices.ContainsFunc(c.headers, func(f field) bool {
		return f.secret && !slices.Contains(l.drops, strings.ToLower(f.name.String()))
	})
}

// safeMethods are the methods with which most clients follow redirects as a run
// does.
var safeMethods = []string{"GET", "HEAD", "POST"}

// A grouped call has its headers grouped by the servers to which they are sent.
type grouped struct {
	plain, secret []field
	content       []field // sent only with the body
}

func (c *call) groups(list []field) (g grouped) {
	for _, f := range list {
		switch {
		case strings.EqualFold(f.name.String(), "Content-Type"):
			g.content = append(g.content, f)
		case f.secret && !c.redirects.keepAuth:
			g.secret = append(g.secret, f)
		default:
			g.plain = append(g.plain, f)
		}
	}
	return g
}

// notFollowed notes that a program does not follow redirects, because its
// client would follow them differently from a run.
func (c *call) notFollowed(name string, l client) bool {
	if !c.redirects.follow || c.asRun(l) {
		return false
	}
	c.note("redirects are not followed: %s would send other requests than a run", name)
	return true
}
