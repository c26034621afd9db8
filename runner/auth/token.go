package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/tidwall/gjson"

	"postie/runner/transport"
)

// ErrToken is Sign's error when an access token could not be fetched. A request
// that needs the token must not be sent then.
var ErrToken = errors.New("no access token")

// Tokens are the access tokens that a run has fetched, by the parameters with
// which they were requested. The zero value is ready and safe for concurrent
// use.
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

// A cachedToken is an access token, with the refresh token that renews it.
type cachedToken struct {
	mu            sync.Mutex
	access, kind  string
	refresh       string
	expires       time.Time // zero when unknown
	failed        error     // of the last fetch
	failures      int
	refreshFailed bool
}

// maxTokenFailures is how often a run asks an endpoint that returns no token.
const maxTokenFailures = 3

// early is how long before its expiry a token is renewed.
const early = 10 * time.Second

func (t *cachedToken) usable(now time.Time) bool {
	return t.access != "" && (t.expires.IsZero() || now.Add(early).Before(t.expires))
}

// fetch gets a token: with the refresh token, if there is one that works, or
// with the grant.
func (t *cachedToken) fetch(ctx context.Context, g *grant, o Options) error {
	if t.failures >= maxTokenFailures {
		return t.failed
	}
	t.access = ""
	if t.refresh == "" && !t.refreshFailed {
		t.refresh = g.refreshToken
	}
	var refused error
	if t.refresh != "" {
		if refused = t.ask(ctx, g.refreshRequest(t.refresh), o); refused == nil {
			return nil
		}
		t.refresh, t.refreshFailed = "", true
		if g.kind == grantRefresh {
			return t.fail(refused)
		}
	}
	form := g.form()
	if form == nil && refused == nil {
		refused = fmt.Errorf("%w: the refresh token was not taken", ErrToken)
	}
	if form == nil {
		return t.fail(refused)
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

// ask sends one token request and reads its answer.
func (t *cachedToken) ask(ctx context.Context, q *tokenRequest, o Options) error {
	u, err := transport.ParseURL(q.url, true)
	if err != nil {
		return fmt.Errorf("%w: the access token URL is not a URL", ErrToken)
	}
	resp, err := o.Do(ctx, &transport.Request{Method: "POST", URL: u, Header: q.header, Body: textBody(q.form.Encode())})
	if err != nil {
		return fmt.Errorf("%w: the token endpoint gave no answer: %w", ErrToken, err)
	}
	get := answerReader(resp)
	if resp.Code/100 != 2 || get("access_token") == "" {
		return fmt.Errorf("%w: the token endpoint answered %d%s", ErrToken, resp.Code, refusal(resp, get))
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

// refusal returns what an answer without a token says: the error and
// description of RFC 6749, section 5.2, or the beginning of its text. It quotes
// nothing of an answer that may contain a token.
func refusal(resp *transport.Response, get func(string) string) string {
	code, why := oneLine(get("error")), oneLine(get("error_description"))
	switch {
	case code != "" && why != "":
		return ", " + code + ": " + why
	case code != "":
		return ", " + code
	case resp.Code/100 == 2:
		return ", without an access token"
	}
	text := oneLine(string(resp.Body))
	if text == "" || strings.Contains(text, "_token") {
		return ""
	}
	return ": " + text
}

// oneLine returns the beginning of a text on one line.
func oneLine(s string) string {
	const most = 200
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if cut := []rune(s); len(cut) > most {
		return string(cut[:most]) + "…"
	}
	return s
}

// answerReader reads a token answer: JSON, or a form, as some servers send it.
func answerReader(resp *transport.Response) func(string) string {
	if json.Valid(resp.Body) {
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
