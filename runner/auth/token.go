package auth

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"postie/runner/transport"
)

// Tokens are the access tokens a run has fetched, by what they were asked for
// with. The zero value is ready, and safe for concurrent use.
type Tokens struct {
	mu   sync.Mutex
	list map[string]*cachedToken
}

func (t *Tokens) of(key string) *cachedToken {
	if t == nil {
		return &cachedToken{}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.list == nil {
		t.list = map[string]*cachedToken{}
	}
	if t.list[key] == nil {
		t.list[key] = &cachedToken{}
	}
	return t.list[key]
}

// A cachedToken is an access token with what renews it.
type cachedToken struct {
	mu            sync.Mutex
	access, kind  string
	refresh       string
	expires       time.Time // zero: not known
	failed        error     // of the last fetch
	failures      int
	refreshFailed bool
}

// maxTokenFailures bounds how often a run asks an endpoint that gives nothing.
const maxTokenFailures = 3

// early is how long before its end a token is renewed.
const early = 10 * time.Second

func (t *cachedToken) usable(now time.Time) bool {
	return t.access != "" && (t.expires.IsZero() || now.Add(early).Before(t.expires))
}

// fetch gets a token: with the refresh token, if there is one that works, or
// by the grant itself.
func (t *cachedToken) fetch(ctx context.Context, g *grant, o Options) error {
	if t.failures >= maxTokenFailures {
		return t.failed
	}
	t.access = ""
	if t.refresh == "" && !t.refreshFailed {
		t.refresh = g.refreshToken
	}
	if t.refresh != "" {
		err := t.ask(ctx, g.refreshRequest(t.refresh), o)
		if err == nil {
			return nil
		}
		t.refresh, t.refreshFailed = "", true
		if g.kind == grantRefresh {
			return t.fail(err)
		}
	}
	form := g.form()
	if form == nil {
		return t.fail(fmt.Errorf("the refresh token was not taken"))
	}
	return t.fail(t.ask(ctx, g.request(g.tokenURL, form), o))
}

func (t *cachedToken) fail(err error) error {
	if err != nil {
		t.failed = err
		t.failures++
	}
	return err
}

// ask sends one token request and takes in its answer. Errors tell nothing of
// what was sent or received but the error code of RFC 6749, section 5.2.
func (t *cachedToken) ask(ctx context.Context, q *tokenRequest, o Options) error {
	u, err := transport.ParseURL(q.url, true)
	if err != nil {
		return fmt.Errorf("the access token URL is not a URL")
	}
	resp, err := o.Do(ctx, &transport.Request{Method: "POST", URL: u, Header: q.header, Body: textBody(q.form.Encode())})
	if err != nil {
		return fmt.Errorf("the token endpoint could not be reached")
	}
	get := answerReader(resp)
	if resp.Code/100 != 2 || get("access_token") == "" {
		text := fmt.Sprintf("the token endpoint answered %d", resp.Code)
		if code := get("error"); errorCode.MatchString(code) {
			return fmt.Errorf("%s, %s", text, code)
		}
		if resp.Code/100 == 2 {
			text += ", without an access token"
		}
		return fmt.Errorf("%s", text)
	}
	t.access, t.kind, t.expires = get("access_token"), get("token_type"), time.Time{}
	t.failures, t.refreshFailed = 0, false
	if s := get("refresh_token"); s != "" {
		t.refresh = s
	}
	if seconds, err := time.ParseDuration(get("expires_in") + "s"); err == nil && seconds > 0 {
		t.expires = o.Now().Add(seconds)
	}
	return nil
}

var errorCode = regexp.MustCompile(`^[a-z_]{1,40}$`)

// answerReader reads a token answer: JSON, or a form as some servers send.
func answerReader(resp *transport.Response) func(string) string {
	if gjson.ValidBytes(resp.Body) {
		doc := gjson.ParseBytes(resp.Body)
		return func(key string) string { return doc.Get(key).String() }
	}
	if strings.Contains(resp.Header.Get("Content-Type"), "x-www-form-urlencoded") {
		if form, err := url.ParseQuery(string(resp.Body)); err == nil {
			return form.Get
		}
	}
	return func(string) string { return "" }
}
