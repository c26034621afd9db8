package auth

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"postie/runner/transport"
)

// ntlm exchanges the three messages of NTLM over one connection; the last one
// is NTLMv2.
type ntlm struct {
	authorization
	p    Params
	st   *State
	opts Options
}

// The states of a handshake. The first request is not signed.
const (
	ntlmNegotiated    = "negotiated"
	ntlmAuthenticated = "authenticated"
)

func (a *ntlm) Sign(_ context.Context, r *transport.Request) error {
	r.Header = r.Header.Del("Authorization")
	if message := a.st.get("message"); message != "" {
		setAuthorization(r, message)
	}
	return nil
}

func (a *ntlm) Answer(resp *transport.Response) (again bool, err error) {
	if a.p.Bool("disableRetryRequest") {
		return false, nil
	}
	state := a.st.get("state")
	if resp.Code != 401 && resp.Code != 403 || state == ntlmAuthenticated {
		a.st.clear()
		return false, nil
	}
	if state == "" {
		return a.negotiate(resp)
	}
	if err := a.authenticate(resp); err != nil {
		a.st.clear()
		return false, err
	}
	return true, nil
}

func (a *ntlm) negotiate(resp *transport.Response) (bool, error) {
	if !slices.ContainsFunc(challenges(resp.Header), isNTLM) {
		return false, nil
	}
	_, domain := a.user()
	message := ntlmNegotiate(domain, a.p.Text("workstation"))
	a.st.set("state", ntlmNegotiated)
	a.st.set("message", "NTLM "+base64.StdEncoding.EncodeToString(message))
	return true, nil
}

func (a *ntlm) authenticate(resp *transport.Response) error {
	list := challenges(resp.Header)
	i := slices.IndexFunc(list, func(c challenge) bool { return isNTLM(c) && c.token != "" })
	if i < 0 {
		return errors.New("ntlm: server did not send NTLM type 2 message")
	}
	message, err := parseNTLMChallenge(looseBase64(list[i].token))
	if err != nil {
		return err
	}
	user, domain := a.user()
	answer := &ntlmAnswer{user: user, password: a.p.Text("password"), domain: domain, workstation: a.p.Text("workstation"),
		client: a.opts.bytes(8), now: a.opts.Now()}
	a.st.set("state", ntlmAuthenticated)
	a.st.set("message", "NTLM "+base64.StdEncoding.EncodeToString(answer.message(message)))
	return nil
}

// isNTLM reports whether a challenge asks for NTLM, by its name or by
// Negotiate.
func isNTLM(c challenge) bool { return c.scheme == "ntlm" || c.scheme == "negotiate" }

// user returns the name and domain of the user, which DOMAIN\user and
// user@domain contain both.
func (a *ntlm) user() (name, domain string) {
	name, domain = a.p.Text("username"), a.p.Text("domain")
	if domain != "" {
		return name, domain
	}
	before, after, slash := strings.Cut(name, `\`)
	user, at, mail := strings.Cut(name, "@")
	switch {
	case slash && mail:
	case slash && before != "" && after != "":
		return after, before
	case mail && user != "" && at != "":
		return user, at
	}
	return name, ""
}
