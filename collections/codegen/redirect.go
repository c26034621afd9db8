package codegen

import (
	"slices"
	"strings"

	"postie/collections"
)

// redirects say how a run follows them: by GET without the body, but after 307
// and 308 by the method and with the body as before. Credentials and body stay
// with their server.
type redirects struct {
	follow     bool
	most       int
	keepMethod bool // after every code
	keepAuth   bool // credentials go along
	limited    bool // most is the request's own
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

// A client says what one does with redirects by itself.
type client struct {
	methods []string // those it follows as a run does; nil: all
	drops   []string // headers it keeps from other servers, in lower case
}

// asRun reports whether a client follows this call's redirects as a run does.
func (c *call) asRun(l client) bool {
	if c.redirects.limited || c.redirects.keepMethod || c.redirects.keepAuth || l.methods != nil && !slices.Contains(l.methods, c.method) {
		return false
	}
	return !slices.ContainsFunc(c.headers, func(f field) bool {
		return f.secret && !slices.Contains(l.drops, strings.ToLower(f.name.String()))
	})
}

// safeMethods are those that most clients follow redirects with as a run does.
var safeMethods = []string{"GET", "HEAD", "POST"}

// A grouped call has its headers by where they go.
type grouped struct {
	plain, secret []field
	content       []field // go with the body
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

// notFollowed notes that a program does not follow redirects, where its client
// would do it in another way than a run.
func (c *call) notFollowed(name string, l client) bool {
	if !c.redirects.follow || c.asRun(l) {
		return false
	}
	c.note("redirects are not followed: %s would send other requests than a run", name)
	return true
}
