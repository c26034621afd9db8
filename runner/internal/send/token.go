package send

import (
	"context"
	"errors"
	"io"

	"postie/collections"
	"postie/runner/mask"
	"postie/runner/transport"
)

// tokenRequest sends a request of an auth scheme to a token endpoint, with the
// item's TLS settings and without its cookies. It does not follow redirects,
// because they would send a client's secret elsewhere.
func (s *Sender) tokenRequest(ctx context.Context, o *Outgoing, r *transport.Request) (*transport.Response, error) {
	src, err := r.Body.Open()
	if err != nil {
		return nil, err
	}
	defer src.Close()
	text, err := io.ReadAll(src)
	if err != nil {
		return nil, err
	}
	body, no, yes := string(text), false, true
	req := &collections.Request{Method: r.Method, URL: collections.ParseURL(r.URL.String()),
		Body: &collections.Body{Mode: "raw", Raw: &body}}
	for _, f := range r.Header {
		req.Header = append(req.Header, collections.Header{Key: f.Name, Value: f.Value})
	}
	LearnRequest(s.Mask, req, mask.Recent)
	p := o.Profile
	got, f := s.Exchange(ctx, &Outgoing{Request: req, Source: "token", At: o.At, Profile: collections.Profile{
		StrictSSL: p.StrictSSL, TLSDisabledProtocols: p.TLSDisabledProtocols, TLSCipherSelection: p.TLSCipherSelection,
		ProtocolVersion: p.ProtocolVersion, FollowRedirects: &no, DisableCookies: &yes}})
	if f != nil {
		return nil, errors.New(f.Message)
	}
	return got.Wire, nil
}
