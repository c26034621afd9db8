package mask

import (
	"container/list"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"

	"postie/collections/vars"
)

// A Scope says how long a secret is remembered.
type Scope int

const (
	// Run is as long as the Masker lives.
	Run Scope = iota
	// Recent is until manyRecent other secrets were met after it.
	Recent
)

const (
	// longSecret is the least length of a credential, found by its place, that
	// is hidden everywhere. Shorter ones ("postman") may be words.
	longSecret = 8

	// manyRecent limits the secrets that are remembered although no variable
	// has them any more: a script may still print the previous token.
	manyRecent = 1000

	// manyNames limits the cache of whether variables are secret.
	manyNames = 10_000
)

// An entry is a known secret.
type entry struct {
	secret string
	run    bool          // remembered for the run
	sync   int           // the last call of Variables that has found it
	place  *list.Element // in the list of recent secrets; nil when it is not there
}

// recent has secrets in the order in which they were last met.
type recent struct{ list.List }

// Learn makes a secret hidden from now on, if it has at least four characters.
// A secret that is a JSON object or array also stands for its strings, and one
// with several lines for its lines.
func (m *Masker) Learn(secret string, until Scope) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.learn(secret, until)
}

func (m *Masker) learn(secret string, until Scope) {
	if e := m.entry(secret); e == nil {
		return
	} else if until == Run {
		e.run = true
	} else {
		m.remember(e)
	}
}

// entry returns the entry of a secret, and creates it if necessary. It returns
// nil for a secret that is too short.
func (m *Masker) entry(secret string) *entry {
	if m.options.Off || len(secret) < shortest {
		return nil
	}
	e := m.known[secret]
	if e == nil {
		e = &entry{secret: secret}
		m.known[secret] = e
		m.index.add(secret)
		m.learned++
		m.hider = nil
	}
	return e
}

// remember moves a secret to the end of the recent ones, and forgets the first
// of them when there are too many.
func (m *Masker) remember(e *entry) {
	if e.run {
		return
	}
	if e.place != nil {
		m.recent.MoveToBack(e.place)
		return
	}
	e.place = m.recent.PushBack(e)
	if m.recent.Len() <= manyRecent {
		return
	}
	first := m.recent.Front()
	old := first.Value.(*entry)
	m.recent.Remove(first)
	old.place = nil
	if !old.run && (old.sync != m.sync || m.sync == 0) {
		delete(m.known, old.secret)
		m.index.remove(old.secret)
		m.hider = nil
	}
}

// alive reports whether a secret is still known.
func (m *Masker) alive(secret string) bool { return m.known[secret] != nil }

// Variables learns the values of the secret variables of a stack, its vault and
// its data row. A value that was there at the last call and is not any more is
// remembered as a recent one.
func (m *Masker) Variables(s *vars.Stack) {
	if m.options.Off {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sync++
	before := m.current
	m.current = make([]*entry, 0, len(before))
	for v := range s.Vault.All() {
		m.variable(v)
	}
	for _, scope := range []*vars.Scope{s.Globals, s.Collection, s.Environment, s.Data, s.Local} {
		for v := range scope.All() {
			if v.Secret || m.secretName(v) {
				m.variable(v)
			}
		}
	}
	for _, e := range before {
		if e.sync != m.sync {
			m.remember(e)
		}
	}
}

// judged has what decides whether a variable is secret.
type judged struct{ typ, name string }

// secretName reports whether a variable is secret because of its name. It
// caches the result for each name.
func (m *Masker) secretName(v vars.Variable) bool {
	key := judged{v.Type, v.Key}
	secret, ok := m.judged[key]
	if !ok {
		secret = m.options.IsSecret(vars.Variable{Key: v.Key, Type: v.Type})
		if len(m.judged) > manyNames {
			clear(m.judged)
		}
		m.judged[key] = secret
	}
	return secret
}

func (m *Masker) variable(v vars.Variable) {
	if name := strings.ToLower(v.Key); !m.variables[name] {
		more := map[string]bool{name: true}
		maps.Copy(more, m.variables)
		m.variables, m.hider = more, nil
	}
	if e := m.entry(valueText(v.Value)); e != nil && e.sync != m.sync {
		e.sync = m.sync
		m.current = append(m.current, e)
	}
}

// valueText returns a value as the text that must be hidden, or "" for a value
// that is no secret.
func valueText(v any) string {
	switch v := v.(type) {
	case bool, nil, vars.Undefined:
		return ""
	case json.RawMessage:
		return string(v)
	case string:
		if unfilled(v) {
			return ""
		}
		return v
	case float64:
		return vars.Text(v)
	}
	return ""
}

// MayLearn reports whether scripts may create secrets: there is a secret
// variable, or the options have names.
func (m *Masker) MayLearn() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return !m.options.Off && (len(m.variables) > 0 || len(m.options.Names) > 0)
}

// Param learns a parameter of an auth block, if it is one of the secret ones.
func (m *Masker) Param(key string, value any, until Scope) {
	if !secretParam(key) {
		return
	}
	m.found(valueText(value), until)
}

// found learns a credential that was found by its place.
func (m *Masker) found(value string, until Scope) {
	if len(value) >= longSecret && !templated(value) {
		m.Learn(value, until)
	}
}

// Header learns the credential in a header field, without its scheme; of
// cookies it learns each value. A template is not a secret yet.
func (m *Masker) Header(name, value string, until Scope) {
	if m.options.Off || !m.credential(name) {
		return
	}
	switch strings.ToLower(name) {
	case "cookie":
		for pair := range strings.SplitSeq(value, ";") {
			m.cookie(pair, until)
		}
	case "set-cookie":
		pair, _, _ := strings.Cut(value, ";")
		m.cookie(pair, until)
	default:
		m.found(value, until)
		m.found(basicPassword(value), until)
	}
}

func (m *Masker) cookie(pair string, until Scope) {
	_, value, _ := strings.Cut(pair, "=")
	m.Cookie(strings.Trim(strings.TrimSpace(value), `"`), until)
}

// Cookie learns the value of a cookie.
func (m *Masker) Cookie(value string, until Scope) { m.found(value, until) }

func (m *Masker) credential(name string) bool {
	return isCredential(name) || m.options.named(name)
}

// User learns the password of a URL's user information.
func (m *Masker) User(userinfo string, until Scope) {
	_, password, _ := strings.Cut(userinfo, ":")
	m.found(password, until)
	if plain, err := url.PathUnescape(password); err == nil && plain != password {
		m.found(plain, until)
	}
}

// URL learns the password in a URL's user information.
func (m *Masker) URL(text string, until Scope) {
	_, rest, ok := strings.Cut(text, "://")
	if !ok {
		return
	}
	authority := rest[:lengthUntil(rest, "/?#")]
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		m.User(authority[:at], until)
	}
}

// schemes are words that may precede a credential.
var schemes = []string{"basic", "bearer", "token", "apikey", "digest", "negotiate", "ntlm", "oauth", "hawk", "jwt", "key"}

// afterScheme returns the credential after a scheme, or "" when there is no
// scheme.
func afterScheme(value string) string {
	scheme, rest, ok := strings.Cut(value, " ")
	if !ok || !slices.Contains(schemes, strings.ToLower(scheme)) {
		return ""
	}
	return strings.TrimSpace(rest)
}

// basicPassword returns the password in the value of an Authorization header.
func basicPassword(value string) string {
	scheme, rest, _ := strings.Cut(value, " ")
	if !strings.EqualFold(scheme, "basic") {
		return ""
	}
	pair, err := base64.StdEncoding.DecodeString(strings.TrimSpace(rest))
	if err != nil {
		return ""
	}
	_, password, _ := strings.Cut(string(pair), ":")
	return password
}

// templated reports whether s contains templates.
func templated(s string) bool { return strings.Contains(s, "{{") || strings.Contains(s, "<<") }
