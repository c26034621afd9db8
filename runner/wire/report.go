package wire

import (
	"encoding/json"
	"slices"
	"strings"

	"postie/collections"
	"postie/runner/event"
	"postie/runner/transport"
)

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
		line := collections.Header{Key: f.Name, Value: f.Value, System: true}
		if i < user && written >= 0 {
			line = r.Header[written]
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
		out.File = b.File.WithoutContent()
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

// RecordSent copies what the transport put on the wire: Cookie and
// Content-Length come only there, and the client certificate.
func (p *Plan) RecordSent(hop *transport.Hop) {
	p.Wire.Header = hop.Header
	if c := hop.Offered; c != nil {
		p.Request.Certificate = certificate(c)
	}
	for _, f := range hop.Header {
		if f.Value != "" && (strings.EqualFold(f.Name, "Content-Length") || strings.EqualFold(f.Name, "Cookie")) {
			p.Request.Header = overwrite(p.Request.Header, collections.Header{Key: f.Name, Value: f.Value, System: true})
		}
	}
}

// certificate is a client certificate as a document has it, without the
// passphrase.
func certificate(c *transport.ClientCert) json.RawMessage {
	type file struct {
		Src string `json:"src,omitempty"`
	}
	out, _ := json.Marshal(struct { // texts always encode
		Name    string   `json:"name"`
		Matches []string `json:"matches"`
		Key     file     `json:"key"`
		Cert    file     `json:"cert"`
		PFX     file     `json:"pfx"`
	}{c.Name, c.Matches, file{c.Key}, file{c.Cert}, file{c.PFX}})
	return out
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

// Report is the request as events carry it, but for its JSON form.
func (p *Plan) Report() event.Request {
	r := event.Request{Method: p.Request.Method, Display: p.Display, URL: p.Display}
	if p.Wire != nil {
		r.Method, r.URL, r.Header = p.Wire.Method, p.Wire.URL.String(), fields(p.Wire.Header)
		r.Body, r.Size = p.body.preview(), p.body.size()
	}
	return r
}
