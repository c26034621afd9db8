package runner

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"postie/collections"
	"postie/runner/auth"
	"postie/runner/event"
	"postie/runner/transport"
)

// A built request is ready for the wire, with what reports say of it.
type built struct {
	wire    *transport.Request
	request *collections.Request // as reports and test scripts show it
	display string               // resolved, unencoded
	body    *body
	mask    *redactor
}

// build turns a resolved request into the lines and bytes newman would send:
// the one place where Postman's request meets HTTP's.
func (x *execution) build(ctx context.Context, o *outgoing, signer auth.Signer) (*built, error) {
	b := &built{request: o.request, display: o.request.URL.String(), mask: x.mask}
	if b.display == "" {
		return b, errEmptyURL
	}
	// What cannot be sent is reported all the same, as far as it was built.
	url, err := transport.ParseURL(b.display, !is(o.profile.DisableURLEncoding))
	if err == nil {
		b.body, err = x.body(o)
	}
	x.mask.learnUser(url)
	b.wire = x.wire(o, url)
	b.wire.Header = userLines(o.request.Header)
	b.wire.Body = b.body.stream()
	b.wire.UTF8Header = b.body != nil && b.body.mode != "file" // as node does with a body of text
	if b.body != nil && b.body.json {
		b.typed(o.profile) // newman has looked at its type by now
	}
	if err == nil && !o.replay {
		x.sign(ctx, o, b.wire, signer)
	}
	user := len(b.wire.Header)
	b.typed(o.profile)
	x.system(b.wire, o.profile)
	if o.replay { // newman signs what it sent before, its own headers included
		x.sign(ctx, o, b.wire, signer)
	}
	b.request = reported(o.request, b.wire, user)
	b.request.Body = withoutContents(b.body.reported(o.request.Body))
	b.frame(o.profile)
	b.wire.Header = collapse(b.wire.Header)
	return b, err
}

// typed adds the Content-Type of a raw or graphql body that has none.
func (b *built) typed(p collections.Profile) {
	if t := b.body.defaultType(); t != "" && !b.wire.Header.Has("Content-Type") && !p.DisabledSystemHeaders["content-type"] {
		b.wire.Header = append(b.wire.Header, transport.Field{Name: "Content-Type", Value: t})
	}
}

func is(b *bool) bool { return b != nil && *b }

// wire carries the profile over to a request without header or body.
func (x *execution) wire(o *outgoing, url *transport.URL) *transport.Request {
	p := o.profile
	w := &transport.Request{
		Method:               o.request.Method,
		URL:                  url,
		FollowRedirects:      true,
		MaxRedirects:         10,
		FollowOriginalMethod: is(p.FollowOriginalMethod),
		FollowAuthorization:  is(p.FollowAuthorization),
		RemoveReferer:        is(p.RemoveReferer),
		EncodeURL:            !is(p.DisableURLEncoding),
		Cookies:              !is(p.DisableCookies),
		LenientParser:        is(p.InsecureHTTPParser),
		TLSVersions:          p.TLSDisabledProtocols,
		TLSCiphers:           p.TLSCipherSelection,
		Protocol:             p.ProtocolVersion,
		Secrets:              x.mask.headers(o.request.Header),
	}
	if x.opts.FollowRedirects != nil {
		w.FollowRedirects = *x.opts.FollowRedirects
	}
	if p.FollowRedirects != nil {
		w.FollowRedirects = *p.FollowRedirects
	}
	if p.MaxRedirects != nil {
		w.MaxRedirects = *p.MaxRedirects
	}
	if p.StrictSSL != nil {
		insecure := !*p.StrictSSL
		w.Insecure = &insecure
	}
	return w
}

// userLines are the enabled header lines that have a name.
func userLines(list []collections.Header) transport.Header {
	var out transport.Header
	for _, h := range list {
		if !h.Disabled && h.Key != "" {
			out = append(out, transport.Field{Name: h.Key, Value: h.Value})
		}
	}
	return out
}

// sign lets the auth scheme add its lines. A scheme that cannot sign leaves
// the request unsigned with a warning, as in Postman. What it wrote is secret.
func (x *execution) sign(ctx context.Context, o *outgoing, w *transport.Request, s auth.Signer) {
	if s == nil {
		return
	}
	if err := s.Sign(ctx, w); err != nil {
		x.authWarning("runtime~" + o.auth.Type + ".auth: could not sign the request: " + err.Error())
	}
	wr, ok := s.(interface{ Wrote() []string })
	if !ok {
		return
	}
	w.Secrets = append(w.Secrets, wr.Wrote()...)
	for _, name := range wr.Wrote() {
		for _, v := range w.Header.Values(name) {
			x.mask.learn(v)
		}
	}
}

// system adds the headers Postman adds by itself, each unless the user wrote
// one of that name or the profile disables it.
func (x *execution) system(w *transport.Request, p collections.Profile) {
	host := w.URL.HostPort()
	for i := range w.Header {
		if strings.EqualFold(w.Header[i].Name, "Host") && w.Header[i].Value == "" {
			w.Header[i].Value = host
		}
	}
	for _, f := range []transport.Field{
		{Name: "User-Agent", Value: x.opts.UserAgent},
		{Name: "Accept", Value: "*/*"},
		{Name: "Cache-Control", Value: "no-cache"},
		{Name: "Postman-Token", Value: x.uuid()},
		{Name: "Host", Value: host},
		{Name: "Accept-Encoding", Value: "gzip, deflate, br"},
		{Name: "Connection", Value: "keep-alive"},
	} {
		if !p.DisabledSystemHeaders[strings.ToLower(f.Name)] && !w.Header.Has(f.Name) {
			w.Header = append(w.Header, f)
		}
	}
}

// reported is the request as newman reports it: system headers in, the URL as
// encoded, what form modes and the length add left out.
func reported(r *collections.Request, w *transport.Request, user int) *collections.Request {
	out := *r
	out.Method = w.Method
	out.URL = collections.ParseURL(w.URL.String())
	out.Header = make([]collections.Header, 0, len(w.Header))
	rest := r.Header // those disabled keep their places
	idle := func() {
		for len(rest) > 0 && (rest[0].Disabled || rest[0].Key == "") {
			out.Header = append(out.Header, rest[0])
			rest = rest[1:]
		}
	}
	for i, f := range w.Header {
		idle()
		if i < user && len(rest) > 0 {
			rest = rest[1:]
		}
		written := slices.IndexFunc(r.Header, func(h collections.Header) bool { return !h.Disabled && h.Key == f.Name && h.Value == f.Value })
		line := collections.Header{Key: f.Name, Value: f.Value, System: i >= user || written < 0}
		if !line.System {
			line.Notes = r.Header[written].Notes
		}
		out.Header = append(out.Header, line)
	}
	for _, h := range rest {
		if h.Disabled || h.Key == "" {
			out.Header = append(out.Header, h)
		}
	}
	return &out
}

// withoutContents is a body without what files given in the document hold.
func withoutContents(b *collections.Body) *collections.Body {
	if b == nil || b.File == nil && !slices.ContainsFunc(b.FormData, isFile) {
		return b
	}
	out := *b
	if b.File != nil {
		out.File = &collections.File{Src: b.File.Src}
	}
	out.FormData = slices.Clone(b.FormData)
	for i := range out.FormData {
		if isFile(out.FormData[i]) {
			out.FormData[i].Value = nil
		}
	}
	return &out
}

func isFile(p collections.FormParam) bool { return p.Type == "file" }

// frame adds what tells the body's type and length: of a form the type comes
// first, of a file the length.
func (b *built) frame(p collections.Profile) {
	if b.body != nil && b.body.mode == "file" {
		b.length(p)
		b.contentType(p)
		return
	}
	b.contentType(p)
	b.length(p)
}

func (b *built) contentType(p collections.Profile) {
	if t := b.body.lateType(b.wire.Header); t != "" && !p.DisabledSystemHeaders["content-type"] {
		b.wire.Header = b.wire.Header.Set("Content-Type", t)
	}
}

func (b *built) length(p collections.Profile) {
	if b.wire.Header.Has("Content-Length") || b.wire.Header.Has("Transfer-Encoding") {
		return
	}
	if p.DisabledSystemHeaders["content-length"] {
		b.wire.Body = nil
		return
	}
	n := int64(0)
	if b.wire.Body != nil {
		n = b.wire.Body.Len // auth may have added to it
	}
	if b.wire.Body != nil || needsLength(b.wire.Method) {
		b.wire.Header = append(b.wire.Header, transport.Field{Name: "Content-Length", Value: strconv.FormatInt(n, 10)})
	}
}

// needsLength tells whether node sends "Content-Length: 0" with a method.
func needsLength(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodTrace, http.MethodDelete, http.MethodConnect, http.MethodOptions:
		return false
	}
	return true
}

// collapse groups lines of one spelling at the first's place; of spellings
// that differ in case only the one that came up last is sent, as node's header
// table does.
func collapse(h transport.Header) transport.Header {
	if distinct(h) {
		return h
	}
	last, met := map[string]string{}, map[string]bool{}
	for _, f := range h {
		if !met[f.Name] {
			last[strings.ToLower(f.Name)] = f.Name
		}
		met[f.Name] = true
	}
	done := map[string]bool{}
	out := make(transport.Header, 0, len(h))
	for _, f := range h {
		low := strings.ToLower(f.Name)
		if done[low] {
			continue
		}
		done[low] = true
		for _, g := range h {
			if g.Name == last[low] {
				out = append(out, g)
			}
		}
	}
	return out
}

// distinct tells a header in which no two lines share a name.
func distinct(h transport.Header) bool {
	for i := range h {
		for j := range i {
			if strings.EqualFold(h[i].Name, h[j].Name) {
				return false
			}
		}
	}
	return true
}

// sent takes over what the transport put on the wire.
func (b *built) sent(h transport.Header) {
	b.wire.Header = h
	for _, f := range h {
		if f.Value != "" && (strings.EqualFold(f.Name, "Content-Length") || strings.EqualFold(f.Name, "Cookie")) {
			b.request.Header = overwrite(b.request.Header, collections.Header{Key: f.Name, Value: f.Value, System: true})
		}
	}
}

// overwrite puts a line in the place of the one of that name, or last when
// there is none, or more than one.
func overwrite(list []collections.Header, h collections.Header) []collections.Header {
	same := func(x collections.Header) bool { return !x.Disabled && strings.EqualFold(x.Key, h.Key) }
	i := slices.IndexFunc(list, same)
	if i >= 0 && !slices.ContainsFunc(list[i+1:], same) {
		h.Notes = list[i].Notes
		list[i] = h
		return list
	}
	return append(slices.DeleteFunc(list, same), h)
}

// report is the request as events carry it.
func (b *built) report() event.Request {
	r := event.Request{Method: b.request.Method, Display: b.display, URL: b.display}
	if b.wire != nil {
		r.Method, r.URL, r.Header = b.wire.Method, b.wire.URL.String(), fields(b.wire.Header)
		r.Body, r.Size = b.body.preview(), b.body.size()
	}
	r.JSON = b.mask.request(b.request).JSON()
	return r
}

// json is the request as scripts see it, given its report.
func (b *built) json(reported event.Request) []byte {
	if b.mask.request(b.request) == b.request {
		return reported.JSON // nothing was hidden
	}
	return b.request.JSON()
}
