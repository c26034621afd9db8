package transport

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
)

// redirect prepares the next hop: it changes r in place and returns where it
// goes, or nil when the response is the last. Any 3xx with a Location is
// followed, as newman does.
func (c *Client) redirect(ex *Exchange, r *Request, from *URL, resp *Response) (*URL, error) {
	location := resp.Header.Get("Location")
	if !r.FollowRedirects || resp.Code < 300 || resp.Code > 399 || location == "" {
		return nil, nil
	}
	if len(ex.Hops) > r.MaxRedirects {
		return nil, &Error{Kind: ErrRedirects, Detail: from.withoutUser()}
	}
	to, err := ParseURL(resolve(from, location), r.EncodeURL)
	var bad *Error
	if errors.As(err, &bad) && bad.Kind == ErrURL && bad.Host == "" {
		bad.Redirected = true
	}
	if err != nil {
		return nil, err
	}
	if isLinkLocal(to.Host) && from.Host != to.Host {
		return nil, &Error{Kind: ErrRefused, Detail: "redirect to the link-local address " + to.Host + " refused"}
	}
	r.method(resp.Code)
	if !from.sameOrigin(to) {
		ex.Dropped = append(ex.Dropped, r.stripForOrigin(from, to)...)
	}
	host := Field{"Host", to.HostPort()}
	if i := slices.IndexFunc(r.Header, func(f Field) bool { return strings.EqualFold(f.Name, host.Name) }); i >= 0 {
		host.Name = r.Header[i].Name // servers may want it as the caller spells it
	}
	r.Header = r.Header.Del("Host")
	if !r.RemoveReferer {
		r.Header = r.referer(from, to)
	}
	r.Header = append(r.Header, host) // last, as node adds it
	if r.Body != nil && strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		r.Header = r.Header.last("Content-Type", "Content-Length") // newman makes a form anew
	}
	return to, nil
}

// resolve joins a Location to the URL it came from, by text: dot segments
// stay.
func resolve(from *URL, location string) string {
	location = strings.TrimSpace(location)
	origin := from.Scheme + "://" + from.HostPort()
	path := from.Path()
	switch {
	case strings.Contains(location, "://") && !strings.ContainsAny(location[:strings.Index(location, "://")], "/?#"):
		return location
	case strings.HasPrefix(location, "//"):
		return from.Scheme + ":" + location
	case strings.HasPrefix(location, "/"):
		return origin + location
	case strings.HasPrefix(location, "?"):
		return origin + path + location
	case strings.HasPrefix(location, "#"):
		return origin + from.Target + location
	}
	return origin + path[:strings.LastIndexByte(path, '/')+1] + location
}

// isLinkLocal tells addresses such as 169.254.169.254, where cloud machines
// find their credentials.
func isLinkLocal(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLinkLocalUnicast()
}

// method applies a redirect's code: 307 and 308 keep method and body, others
// become GET without one (HEAD stays).
func (r *Request) method(code int) {
	if code == 307 || code == 308 || r.FollowOriginalMethod {
		return
	}
	if r.Method != "HEAD" {
		r.Method = "GET"
	}
	r.dropBody()
}

func (r *Request) dropBody() {
	r.Body = nil
	for _, name := range []string{"Content-Type", "Content-Length", "Transfer-Encoding"} {
		r.Header = r.Header.Del(name)
	}
}

// stripForOrigin drops what must not go to another origin: credentials, and a
// body. It returns what it dropped of the caller's, in words.
func (r *Request) stripForOrigin(from, to *URL) (dropped []string) {
	if r.FollowAuthorization {
		return nil
	}
	drop := append([]string{"Authorization", "Cookie", "Proxy-Authorization"}, r.Secrets...)
	var kept Header
	for _, f := range r.Header {
		if slices.ContainsFunc(drop, func(n string) bool { return strings.EqualFold(n, f.Name) }) {
			if r.callerHeader.Has(f.Name) {
				dropped = append(dropped, "header "+f.Name+" is not sent to "+to.HostPort())
			}
			continue
		}
		kept = append(kept, f)
	}
	r.Header = kept
	for _, name := range drop {
		r.callerHeader = r.callerHeader.Del(name)
	}
	if r.Body != nil {
		r.dropBody()
		if r.Method != "GET" && r.Method != "HEAD" {
			r.Header = append(r.Header, Field{"Content-Length", "0"})
		}
		dropped = append(dropped, "the body is not sent to "+to.HostPort())
	}
	return dropped
}

// referer names the page that redirected: without credentials or fragment,
// and to another origin without path and query.
func (r *Request) referer(from, to *URL) Header {
	text := from.Scheme + "://" + from.HostPort() + from.Target
	if !from.sameOrigin(to) {
		text = from.Scheme + "://" + from.HostPort() + "/"
	}
	return r.Header.Set("Referer", text)
}
