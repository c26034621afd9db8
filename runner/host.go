package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner/event"
	"postie/runner/script"
	"postie/runner/transport"
	"postie/runner/transport/jar"
)

// A host is what the run's sandbox may ask for. Between enter and leave it
// speaks for one script of one execution.
type host struct {
	*run
	x      *execution
	script *collections.Script
	listen script.Listen
	failed bool
}

func (h *host) enter(x *execution, s *collections.Script, listen script.Listen) {
	h.x, h.script, h.listen, h.failed = x, s, listen, false
}

// leave reports whether an assertion failed since enter.
func (h *host) leave() bool { return h.failed }

func (h *host) Console(level string, args []script.Message) {
	e := &event.ConsoleLogged{Item: h.x.item.ref, Listen: h.listen, Level: level, Messages: args}
	if level == script.Deprecated {
		e.Level, e.Note = "warn", true
	}
	h.emit(e, h.x.cur)
}

func (h *host) Test(a script.Assertion) {
	e := &event.TestFinished{Item: h.x.item.ref, Listen: h.listen, ScriptID: h.script.ID, Name: a.Name, Index: a.Index,
		Skipped: a.Skipped, Err: a.Err, Expected: a.Expected, Actual: a.Actual}
	if a.Err != nil {
		h.failed = true
		e.Line, e.File = h.script.FileLine(a.Err.Line), h.script.File()
	}
	h.emit(e, h.x.cur)
}

func (h *host) Library(name string) (*script.Library, error) {
	if h.opts.Libraries == nil {
		return nil, nil
	}
	return h.opts.Libraries.Library(name)
}

func (h *host) Jar() script.Jar { return scriptJar{h.client.Jar(), h.opts.CookieDomains} }

func (h *host) Vault() script.Vault { return vault{h.run} }

// Send sends a script's request: nothing is expanded or inherited, the body
// is never pruned and files are refused, as in Postman. It may be called from
// several goroutines at once.
func (h *host) Send(ctx context.Context, sr *script.SendRequest) (*script.SendResult, error) {
	x := h.x
	req, err := collections.ParseRequest(sr.JSON)
	if err != nil {
		return nil, &script.SendError{Message: err.Error()}
	}
	if dropFiles(req) {
		x.warn(x.cur, x.item.ref, event.Warned{Kind: "file", Text: "uploading files from scripts is not allowed", Console: true})
	}
	prune := true
	got, fail := x.exchange(ctx, &outgoing{request: req, source: "script",
		profile: collections.Profile{DisableBodyPruning: &prune}, auth: req.Auth})
	if fail != nil {
		return nil, &script.SendError{Message: fail.Message, Code: fail.Code, Errno: fail.Errno,
			Syscall: fail.Syscall, Address: fail.Address, Port: fail.Port}
	}
	return &script.SendResult{Response: got.response, Cookies: got.cookies}, nil
}

// dropFiles removes what would read a file and reports whether it did.
func dropFiles(r *collections.Request) (dropped bool) {
	if r.Body == nil {
		return false
	}
	if r.Body.Mode == "file" {
		r.Body = nil
		return true
	}
	kept := r.Body.FormData[:0]
	for _, p := range r.Body.FormData {
		if p.Type == "file" {
			dropped = true
			continue
		}
		kept = append(kept, p)
	}
	r.Body.FormData = kept
	return dropped
}

// sandbox returns the run's sandbox and opens it first if need be.
func (r *run) sandbox(ctx context.Context) (script.Sandbox, error) {
	if r.box != nil {
		return r.box, nil
	}
	box, err := r.opts.Engine.Open(ctx, r.host, r.opts.Script)
	if err != nil {
		return nil, err
	}
	r.box = box
	return box, nil
}

func (r *run) closeSandbox() {
	if r.box != nil {
		_ = r.box.Close() // nothing of the run is lost with it
	}
}

// A vault shows the run's secrets to scripts. One that a script sets is hidden
// from then on.
type vault struct{ *run }

func (v vault) Get(name string) (string, bool) {
	value, ok := v.stack.Vault.Get(name)
	return vars.Text(value), ok
}

func (v vault) Set(name, value string) {
	v.mask.learn(value)
	v.stack.Vault.SetSecret(name, value)
}

func (v vault) Unset(name string) { v.stack.Vault.Unset(name) }

// A scriptJar shows the client's cookies to scripts.
type scriptJar struct {
	jar     *jar.Jar
	domains []string // nil: any
}

var errCookieURL = errors.New("CookieJar requires a valid url")

func (j scriptJar) url(text string) (jar.URL, error) {
	u, err := transport.ParseURL(text, true)
	if err != nil {
		return jar.URL{}, errCookieURL
	}
	if j.domains != nil && !slices.ContainsFunc(j.domains, func(d string) bool { return within(u.Host, d) }) {
		return jar.URL{}, fmt.Errorf("CookieStore: programmatic access to %q is denied", u.Host)
	}
	return u.Site(), nil
}

// within reports whether a host is a domain's, or a subdomain's of it.
func within(host, domain string) bool {
	host, domain = strings.ToLower(host), strings.ToLower(strings.TrimPrefix(domain, "."))
	return host == domain || strings.HasSuffix(host, "."+domain)
}

func (j scriptJar) Get(url, name string) (*script.Cookie, error) {
	all, err := j.GetAll(url)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Name == name {
			return &all[i], nil
		}
	}
	return nil, nil
}

func (j scriptJar) GetAll(url string) ([]script.Cookie, error) {
	u, err := j.url(url)
	if err != nil {
		return nil, err
	}
	return cookies(j.jar, u), nil
}

func (j scriptJar) Set(url, line string) (*script.Cookie, error) {
	u, err := j.url(url)
	if err != nil {
		return nil, err
	}
	c, err := j.jar.Set(u, line)
	if e := (*jar.Refusal)(nil); errors.As(err, &e) {
		return nil, errors.New(e.Why)
	}
	if err != nil || c == nil {
		return nil, err
	}
	out := scriptCookie(c)
	return &out, nil
}

func (j scriptJar) Unset(url, name string) error {
	u, err := j.url(url)
	if err == nil {
		j.jar.Remove(u, name)
	}
	return err
}

func (j scriptJar) Clear(url string) error {
	u, err := j.url(url)
	if err == nil {
		j.jar.Clear(u)
	}
	return err
}

// cookies are those the jar would send to u.
func cookies(j *jar.Jar, u jar.URL) []script.Cookie {
	found := j.Cookies(u)
	out := make([]script.Cookie, 0, len(found))
	for i := range found {
		out = append(out, scriptCookie(&found[i]))
	}
	return out
}

func scriptCookie(c *jar.Cookie) script.Cookie {
	out := script.Cookie{Name: c.Name, Value: c.Value, Domain: c.Domain, Path: c.Path, Secure: c.Secure,
		HTTPOnly: c.HTTPOnly, HostOnly: c.HostOnly, Session: c.Expires.IsZero()}
	if !c.Expires.IsZero() {
		at := c.Expires.UTC().Format("2006-01-02T15:04:05.000Z")
		out.Expires = &at
	}
	return out
}
