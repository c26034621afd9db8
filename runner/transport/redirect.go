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
	location := firstLocation(resp.Header)
	if !r.FollowRedirects || resp.Code < 300 || resp.Code > 399 || location == "" {
		return nil, nil
	}
	if len(ex.Hops) > r.MaxRedirects {
		return nil, &Error{Kind: ErrRedirects, Detail: from.withoutUser()}
	}
	target, err := resolve(from, location)
	if err != nil {
		return nil, err
	}
	to, err := ParseURL(target, r.EncodeURL)
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

// firstLocation is where an answer leads; of several the first counts, as in
// node.
func firstLocation(h Header) string {
	if all := h.Values("Location"); len(all) > 0 {
		return all[0]
	}
	return ""
}

// resolve joins a Location to the URL it came from. It reads it as WHATWG's
// standard does (white space, backslashes, schemes), but for dot segments,
// which stay as in newman.
func resolve(from *URL, location string) (string, error) {
	location = strings.TrimFunc(location, func(r rune) bool { return r <= ' ' })
	location = noBreaks.Replace(location)
	scheme, rest := splitScheme(location)
	after := strings.TrimLeft(rest, `/\`)
	slashes := len(rest) - len(after)
	switch {
	case scheme == "":
	case scheme != "http" && scheme != "https":
		if strings.HasPrefix(rest, "//") {
			return location, nil // parsing it says what is wrong
		}
		return "", &Error{Kind: ErrProtocol, Detail: scheme}
	case slashes > 1 || scheme != from.Scheme:
		return scheme + "://" + after, nil
	}
	origin := from.Scheme + "://" + from.HostPort()
	path := from.Path()
	switch {
	case slashes > 1:
		return from.Scheme + "://" + after, nil
	case slashes == 1:
		return origin + "/" + after, nil
	case strings.HasPrefix(rest, "?"):
		return origin + path + rest, nil
	case rest == "", strings.HasPrefix(rest, "#"):
		return origin + from.Target + rest, nil
	}
	return origin + path[:strings.LastIndexByte(path, '/')+1] + rest, nil
}

// noBreaks removes what no URL holds, wherever it is.
var noBreaks = strings.NewReplacer("\t", "", "\r", "", "\n", "")

// splitScheme takes a scheme, in lower case, off a reference that has one.
func splitScheme(s string) (scheme, rest string) {
	for i := range len(s) {
		c := s[i] | 0x20
		switch {
		case c >= 'a' && c <= 'z', i > 0 && (s[i] >= '0' && s[i] <= '9' || strings.IndexByte("+-.", s[i]) >= 0):
		case i > 0 && s[i] == ':':
			return strings.ToLower(s[:i]), s[i+1:]
		default:
			return "", s
		}
	}
	return "", s
}

// isLinkLocal reports whether a host is an address such as 169.254.169.254,
// where cloud machines find their credentials.
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
