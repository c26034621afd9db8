// Package auth signs requests, one file per scheme.
package auth

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strconv"
	"time"

	"postie/runner/transport"
)

// ErrUnknownScheme is New's error for a scheme that has no signer.
var ErrUnknownScheme = errors.New("unknown auth scheme")

// A Signer adds to a request what its scheme needs.
type Signer interface {
	Sign(ctx context.Context, r *transport.Request) error
}

// A Challenger is a Signer that needs a response first. The request is sent
// again when Answer says so.
type Challenger interface {
	Signer
	Answer(resp *transport.Response) (again bool, err error)
}

// A Writer is a Signer that reports which headers it wrote, so that reports
// hide them and redirects do not send them elsewhere.
type Writer interface {
	Wrote() []string
}

// A Param is a parameter of an auth block: string, bool, float64, nil or
// json.RawMessage, with its templates filled in.
type Param struct {
	Key   string
	Value any
}

// Params are the parameters of an auth block, in its order.
type Params []Param

// Has reports whether there is a parameter with this key that is not null.
func (p Params) Has(key string) bool {
	for _, x := range p {
		if x.Key == key {
			return x.Value != nil
		}
	}
	return false
}

// Text returns a parameter as text, or "" when there is none.
func (p Params) Text(key string) string {
	for _, x := range p {
		if x.Key == key {
			return textOf(x.Value)
		}
	}
	return ""
}

func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case json.RawMessage:
		return string(v)
	}
	return ""
}

// Bool returns a parameter as a boolean, by JavaScript's rules.
func (p Params) Bool(key string) bool {
	for _, x := range p {
		if x.Key == key {
			switch v := x.Value.(type) {
			case bool:
				return v
			case string:
				return v != "" && v != "false"
			case float64:
				return v != 0
			}
			return x.Value != nil
		}
	}
	return false
}

// Options are what signers need besides the request. The zero value is usable.
type Options struct {
	Now  func() time.Time
	Rand *rand.Rand
	Do   func(context.Context, *transport.Request) (*transport.Response, error)
	Warn func(text string)

	// Without is called once when a request is sent without the token of its
	// auth; it may be nil.
	Without func(why string)

	Tokens *Tokens // tokens of the run so far; nil: each signer fetches its own

	BodyMode string // the mode of the body: "raw", "urlencoded", "formdata", "file", "graphql"; "" for none
}

// New returns the signer of a scheme. A scheme whose parameters are missing
// leaves requests unsigned, as in Postman.
func New(scheme string, p Params, st *State, o Options) (Signer, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if st == nil {
		st = &State{}
	}
	switch scheme {
	case "basic":
		return &basic{p}, nil
	case "bearer":
		return &bearer{p}, nil
	case "apikey":
		return &apiKey{p: p}, nil
	case "oauth2":
		return &oauth2{p: p, opts: o}, nil
	case "digest":
		return &digest{p: p, st: st, opts: o}, nil
	case "hawk":
		return &hawk{p: p, opts: o}, nil
	case "oauth1":
		return &oauth1{p: p, opts: o}, nil
	case "awsv4":
		return &awsV4{p: p, opts: o}, nil
	case "edgegrid":
		return &edgegrid{p: p, opts: o}, nil
	case "jwt":
		return &jwtAuth{p: p}, nil
	case "asap":
		return &asap{p: p, opts: o}, nil
	case "ntlm":
		return &ntlm{p: p, st: st, opts: o}, nil
	}
	return nil, ErrUnknownScheme
}

// setAuthorization sets the Authorization header, in place of those that are
// there.
func setAuthorization(r *transport.Request, value string) {
	r.Header = append(r.Header.Del("Authorization"), transport.Field{Name: "Authorization", Value: value})
}

// authorization is the name of the header that most schemes write.
type authorization struct{}

func (authorization) Wrote() []string { return []string{"Authorization"} }
