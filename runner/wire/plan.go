// Package wire turns a resolved request into the lines and bytes that Postman
// would send: it is the one place where Postman's request meets HTTP's. It is
// pure: it knows no run, no scopes and no connection, so what it builds can be
// read off a table.
package wire

import (
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"postie/collections"
	"postie/runner/transport"
)

// Defaults are what a request gets that it does not say itself.
type Defaults struct {
	UserAgent       string
	FollowRedirects *bool         // nil: yes; the profile wins
	Secrets         []string      // names of headers that no other origin may see
	Files           fs.FS         // of bodies; nil: every file is refused
	Token           func() string // a new Postman-Token
	Boundary        func() string // a new boundary for form-data

	// Sign lets the request's auth scheme add its lines; nil for none. Again
	// says that it answers a challenge: newman signs what it sent before, the
	// default headers included.
	Sign  func(*transport.Request)
	Again bool
}

// A Plan is a request ready to be sent, with what reports say of it.
type Plan struct {
	Wire     *transport.Request
	Request  *collections.Request // as reports and test scripts show it
	Display  string               // the URL resolved, unencoded
	Warnings []string             // about files of the body
	body     *body
}

// Build lays out a resolved request, phase by phase. A request that cannot be
// sent has a Plan all the same, as far as it was built, for reports.
func Build(r *collections.Request, p collections.Profile, d Defaults) (*Plan, error) {
	b := &builder{Plan: Plan{Request: r, Display: r.URL.String()}, request: r, profile: p, defaults: d}
	if b.Display == "" {
		return &b.Plan, ErrEmptyURL
	}
	url, err := transport.ParseURL(b.Display, !is(p.DisableURLEncoding))
	if err == nil {
		b.body, err = b.makeBody()
	}
	b.Wire = b.settings(url)
	b.addUserLines()
	early := b.body != nil && b.body.json
	if early { // newman types raw JSON bodies before auth signs, all others after
		b.addBodyType()
	}
	if err == nil && !d.Again {
		b.sign()
	}
	user := len(b.Wire.Header)
	if !early {
		b.addBodyType()
	}
	b.addDefaultHeaders()
	if d.Again {
		b.sign()
	}
	b.Request = reported(r, b.Wire, user)
	b.Wire.Header = slices.DeleteFunc(b.Wire.Header, func(f transport.Field) bool { return f.Name == "" })
	b.Request.Body = withoutContents(b.body.reported(r.Body))
	b.addFraming()
	b.Wire.Header = collapse(b.Wire.Header)
	return &b.Plan, err
}

// A builder is the state of one Build.
type builder struct {
	Plan
	request  *collections.Request
	profile  collections.Profile
	defaults Defaults
}

func (b *builder) warn(text string) { b.Warnings = append(b.Warnings, text) }

func is(b *bool) bool { return b != nil && *b }

// settings carries the profile over to a request without header lines.
func (b *builder) settings(url *transport.URL) *transport.Request {
	p := b.profile
	w := &transport.Request{
		Method:               b.request.Method,
		URL:                  url,
		Body:                 b.body.stream(),
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
		Secrets:              b.defaults.Secrets,
		UTF8Header:           b.body != nil && b.body.mode != "file", // as node does with a body of text
	}
	if f := b.defaults.FollowRedirects; f != nil {
		w.FollowRedirects = *f
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

// addUserLines adds the enabled header lines that have a name.
func (b *builder) addUserLines() {
	for _, h := range b.request.Header {
		if !h.Disabled && h.Key != "" {
			b.add(h.Key, h.Value)
		}
	}
}

func (b *builder) add(name, value string) {
	b.Wire.Header = append(b.Wire.Header, transport.Field{Name: name, Value: value})
}

// addBodyType adds the Content-Type of a raw or graphql body that has none.
func (b *builder) addBodyType() {
	if t := b.body.defaultType(); t != "" && !b.Wire.Header.Has("Content-Type") && !b.disabled("content-type") {
		b.add("Content-Type", t)
	}
}

// disabled reports whether the profile turns a default header off.
func (b *builder) disabled(name string) bool { return b.profile.DisabledSystemHeaders[name] }

// sign lets the auth scheme see the request as it will be sent: forms overwrite
// the user's Content-Type, which reports go on to show.
func (b *builder) sign() {
	if b.defaults.Sign == nil {
		return
	}
	users := b.Wire.Header.Values("Content-Type")
	if len(users) == 1 {
		b.addLateType()
	}
	before := b.Wire.Body
	b.defaults.Sign(b.Wire)
	if len(users) == 1 && b.Wire.Header.Has("Content-Type") {
		b.Wire.Header = b.Wire.Header.Set("Content-Type", users[0])
	}
	if b.Wire.Body != before {
		b.takeForm()
	}
}

// addDefaultHeaders adds the headers Postman adds by itself, each unless the
// user wrote one of that name or the profile disables it.
func (b *builder) addDefaultHeaders() {
	host := b.Wire.URL.HostPort()
	for i := range b.Wire.Header {
		if strings.EqualFold(b.Wire.Header[i].Name, "Host") && b.Wire.Header[i].Value == "" {
			b.Wire.Header[i].Value = host
		}
	}
	for _, f := range []transport.Field{
		{Name: "User-Agent", Value: b.defaults.UserAgent},
		{Name: "Accept", Value: "*/*"},
		{Name: "Cache-Control", Value: "no-cache"},
		{Name: "Postman-Token", Value: b.defaults.Token()},
		{Name: "Host", Value: host},
		{Name: "Accept-Encoding", Value: "gzip, deflate, br"},
		{Name: "Connection", Value: "keep-alive"},
	} {
		if !b.disabled(strings.ToLower(f.Name)) && !b.Wire.Header.Has(f.Name) {
			b.Wire.Header = append(b.Wire.Header, f)
		}
	}
}

// addFraming adds Content-Type and Content-Length: forms type first, files
// length first.
func (b *builder) addFraming() {
	if b.body != nil && b.body.mode == "file" {
		b.addLength()
		b.addLateType()
		return
	}
	b.addLateType()
	b.addLength()
}

func (b *builder) addLateType() {
	if t := b.body.lateType(b.Wire.Header); t != "" && !b.disabled("content-type") {
		b.Wire.Header = b.Wire.Header.Set("Content-Type", t)
	}
}

func (b *builder) addLength() {
	if b.Wire.Header.Has("Content-Length") || b.Wire.Header.Has("Transfer-Encoding") {
		return
	}
	if b.disabled("content-length") {
		b.Wire.Body = nil
		return
	}
	n := int64(0)
	if b.Wire.Body != nil {
		n = b.Wire.Body.Len // auth may have added to it
	}
	if b.Wire.Body != nil || needsLength(b.Wire.Method) {
		b.add("Content-Length", strconv.FormatInt(n, 10))
	}
}

// needsLength reports whether node sends "Content-Length: 0" with a method.
func needsLength(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodTrace, http.MethodDelete, http.MethodConnect, http.MethodOptions:
		return false
	}
	return true
}
