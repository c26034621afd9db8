package runner

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/tidwall/gjson"

	"postie/collections"
	"postie/collections/vars"
	"postie/runner/event"
	"postie/runner/script"
	"postie/runner/transport"
)

// Masked stands in events where a secret was.
const Masked = "******"

// Mask says what is hidden from reporters. The zero value hides the values of
// secret variables, of auth parameters and of credential headers.
type Mask struct {
	Off      bool
	Names    []string         // variables, headers and JSON keys that are secret too
	Patterns []*regexp.Regexp // texts that are
}

// A redactor hides secrets in events before anything else sees them. Scripts
// and the wire are not touched. It learns secrets as a run meets them.
type redactor struct {
	mu      sync.Mutex
	mask    Mask
	stack   *vars.Stack
	names   map[string]bool
	known   map[string]bool
	needles []string // pairs for replacer
	replace *strings.Replacer
}

func newRedactor(m Mask, s *vars.Stack) *redactor {
	r := &redactor{mask: m, stack: s, names: map[string]bool{}, known: map[string]bool{}}
	for _, n := range m.Names {
		r.names[strings.ToLower(n)] = true
	}
	r.learnScopes()
	return r
}

// credentials are the headers whose values are secret.
var credentials = []string{"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key",
	"x-auth-token", "x-amz-security-token", "x-openam-password", "x-openidm-password", "x-api-secret"}

func (r *redactor) credential(header string) bool {
	low := strings.ToLower(header)
	return slices.Contains(credentials, low) || r.names[low]
}

// learnScopes takes in the values of the secret variables.
func (r *redactor) learnScopes() {
	if r.mask.Off {
		return
	}
	for v := range r.stack.Vault.All() {
		r.learn(vars.Text(v.Value))
	}
	for _, s := range []*vars.Scope{r.stack.Local, r.stack.Data, r.stack.Environment, r.stack.Collection, r.stack.Globals} {
		if s == nil {
			continue
		}
		for v := range s.All() {
			if v.Secret || len(r.names) > 0 && r.names[strings.ToLower(v.Key)] {
				r.learn(vars.Text(v.Value))
			}
		}
	}
}

// shortest is the length below which a value is too common a text to hide.
const shortest = 4

// mayLearn reports whether scripts may make a secret of a value: some
// variable is one by type or name, or there is a vault.
func (r *redactor) mayLearn() bool {
	if r.mask.Off {
		return false
	}
	if len(r.names) > 0 || r.stack.Vault.Len() > 0 {
		return true
	}
	for _, s := range []*vars.Scope{r.stack.Environment, r.stack.Collection, r.stack.Globals} {
		for v := range s.All() {
			if v.Secret {
				return true
			}
		}
	}
	return false
}

// size is how many secrets are known.
func (r *redactor) size() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.known)
}

func (r *redactor) failures(list []event.Failure) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range list {
		r.failure(&list[i])
	}
}

// learn adds a secret in the forms it may show up in: raw, percent-encoded,
// base64 and JSON-escaped.
func (r *redactor) learn(secret string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.mask.Off || len(secret) < shortest || r.known[secret] {
		return
	}
	r.known[secret] = true
	for _, form := range forms(secret) {
		r.needles = append(r.needles, form, Masked)
	}
	r.replace = nil
}

func forms(secret string) []string {
	out := []string{secret}
	add := func(s string) {
		if len(s) >= shortest && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	add(url.QueryEscape(secret))
	add(url.PathEscape(secret))
	add(strings.ReplaceAll(url.QueryEscape(secret), "+", "%20"))
	esc, _ := json.Marshal(secret)
	add(string(esc[1 : len(esc)-1]))
	add(plainJSON(secret))
	add(base64.StdEncoding.EncodeToString([]byte(secret)))
	add(base64.URLEncoding.EncodeToString([]byte(secret)))
	add(base64.RawURLEncoding.EncodeToString([]byte(secret)))
	return out
}

// plainJSON escapes as JavaScript does: <, > and & stay.
func plainJSON(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil {
		return s
	}
	text := strings.TrimSuffix(b.String(), "\n")
	return text[1 : len(text)-1]
}

// idle reports whether there is nothing to hide in texts.
func (r *redactor) idle() bool {
	return r.mask.Off || len(r.needles) == 0 && len(r.mask.Patterns) == 0
}

// text hides secrets in s.
func (r *redactor) text(s string) string {
	if r.idle() {
		return s
	}
	if len(r.needles) > 0 && len(s) >= shortest {
		if r.found(s) {
			s = r.replacer().Replace(s)
		}
		if strings.Contains(s, "%") {
			s = r.encoded(s)
		}
	}
	for _, p := range r.mask.Patterns {
		s = p.ReplaceAllLiteralString(s, Masked)
	}
	return s
}

// found reports whether a secret stands in s. Most texts hold none, and
// replacing copies them all the same.
func (r *redactor) found(s string) bool {
	if len(r.needles) <= 2*fewForms {
		for i := 0; i < len(r.needles); i += 2 {
			if strings.Contains(s, r.needles[i]) {
				return true
			}
		}
		return false
	}
	w := comparison{whole: s, same: s == ""}
	_, _ = r.replacer().WriteString(&w, s)
	return !w.same
}

// fewForms are sooner searched for one by one than all at once.
const fewForms = 64

func (r *redactor) replacer() *strings.Replacer {
	if r.replace == nil {
		r.replace = strings.NewReplacer(longestFirst(r.needles)...)
	}
	return r.replace
}

// A comparison is told a text in pieces, and whether they are one, as given.
type comparison struct {
	whole  string
	pieces int
	same   bool
}

func (w *comparison) WriteString(s string) (int, error) {
	w.pieces++
	w.same = w.pieces == 1 && s == w.whole
	return len(s), nil
}

func (w *comparison) Write(p []byte) (int, error) { return w.WriteString(string(p)) }

// without reports whether nothing in a text can be hidden, at a glance.
func (r *redactor) without(s string) bool {
	return len(r.mask.Patterns) == 0 && !strings.Contains(s, "%") && !r.found(s)
}

// matched reports whether a pattern matches s.
func (r *redactor) matched(s string) bool {
	return slices.ContainsFunc(r.mask.Patterns, func(p *regexp.Regexp) bool { return p.MatchString(s) })
}

// encoded hides secrets of which any characters are percent-encoded: what is
// encoded differs from one part of a URL to the next.
func (r *redactor) encoded(s string) string {
	for secret := range r.known {
		for i := 0; i < len(s); {
			n := covers(s[i:], secret)
			if n == 0 {
				i++
				continue
			}
			s = s[:i] + Masked + s[i+n:]
			i += len(Masked)
		}
	}
	return s
}

// covers is the length of the start of s that is secret, percent-encoded here
// and there; 0 when it is not.
func covers(s, secret string) int {
	at := 0
	for i := range len(secret) {
		if at >= len(s) {
			return 0
		}
		if s[at] == '%' && at+3 <= len(s) {
			if b, err := strconv.ParseUint(s[at+1:at+3], 16, 8); err == nil && byte(b) == secret[i] {
				at += 3
				continue
			}
		}
		if s[at] != secret[i] && !(s[at] == '+' && secret[i] == ' ') {
			return 0
		}
		at++
	}
	return at
}

// longestFirst sorts needle pairs so that a secret that holds another goes
// whole.
func longestFirst(pairs []string) []string {
	var needles []string
	for i := 0; i < len(pairs); i += 2 {
		needles = append(needles, pairs[i])
	}
	slices.SortFunc(needles, func(a, b string) int { return len(b) - len(a) })
	out := make([]string, 0, len(pairs))
	for _, n := range needles {
		out = append(out, n, Masked)
	}
	return out
}

// json hides secrets in JSON text: inside its strings and as whole numbers,
// so that it stays JSON.
func (r *redactor) json(raw json.RawMessage) json.RawMessage {
	if r.idle() || len(raw) == 0 {
		return raw
	}
	if r.without(string(raw)) {
		return raw
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); {
		n := token(raw[i:])
		text := string(raw[i : i+n])
		switch {
		case raw[i] == '"':
			out = append(out, r.quoted(text)...)
		case n > 1 && r.known[text], isNumber(text) && r.matched(text):
			out = append(out, `"`+Masked+`"`...)
		default:
			out = append(out, text...)
		}
		i += n
	}
	return out
}

// hideJSON hides secrets in JSON text that is to be quoted.
func (r *redactor) hideJSON(raw string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return string(r.json(json.RawMessage(raw)))
}

// quoted hides secrets in a JSON string. Patterns see what it stands for, or
// they could match half of an escape.
func (r *redactor) quoted(text string) string {
	if len(r.mask.Patterns) > 0 && strings.Contains(text, `\`) {
		var plain string
		if json.Unmarshal([]byte(text), &plain) == nil && r.matched(plain) {
			var b bytes.Buffer
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			_ = e.Encode(r.text(plain)) // strings always encode
			return strings.TrimSuffix(b.String(), "\n")
		}
	}
	if len(text) < 2 || text[len(text)-1] != '"' { // cut off
		return text
	}
	return `"` + r.text(text[1:len(text)-1]) + `"`
}

func isNumber(token string) bool {
	return token[0] == '-' && len(token) > 1 || token[0] >= '0' && token[0] <= '9'
}

// token is the length of the JSON string, number or word src starts with, or
// of one byte of anything else.
func token(src []byte) int {
	if src[0] == '"' {
		for i := 1; i < len(src); i++ {
			switch src[i] {
			case '\\':
				i++
			case '"':
				return i + 1
			}
		}
		return len(src)
	}
	n := 0
	for n < len(src) && (src[n] >= '0' && src[n] <= '9' || src[n] >= 'a' && src[n] <= 'z' ||
		src[n] == '-' || src[n] == '+' || src[n] == '.' || src[n] == 'E') {
		n++
	}
	return max(n, 1)
}

// headers are the names of a request's headers that hold a secret: those a
// redirect to another origin must not carry along.
func (r *redactor) headers(list []collections.Header) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for _, h := range list {
		if !h.Disabled && (r.credential(h.Key) || r.text(h.Value) != h.Value) {
			out = append(out, h.Key)
		}
	}
	return out
}

// request is a copy of q fit for reports.
func (r *redactor) request(q *collections.Request) *collections.Request {
	if r.mask.Off || !r.hides(q) {
		return q
	}
	out := *q
	out.Header = slices.Clone(q.Header)
	for i, h := range out.Header {
		if r.credential(h.Key) {
			out.Header[i].Value = hidden(h.Value)
		}
	}
	if q.Auth != nil {
		out.Auth = r.auth(q.Auth)
	}
	return &out
}

// hides reports whether request would change q.
func (r *redactor) hides(q *collections.Request) bool {
	return q.Auth != nil || slices.ContainsFunc(q.Header, func(h collections.Header) bool { return r.credential(h.Key) })
}

// secretParams are the auth parameters that are secrets.
var secretParams = []string{"password", "token", "accesstoken", "secret", "secretkey", "sessiontoken", "consumersecret",
	"tokensecret", "authkey", "privatekey", "clientsecret", "value", "refreshtoken"}

// auth hides the secret parameters of an auth block.
func (r *redactor) auth(a *collections.Auth) *collections.Auth {
	out := &collections.Auth{Type: a.Type, Params: slices.Clone(a.Params)}
	for i, p := range out.Params {
		if s, ok := p.Value.(string); ok && s != "" && slices.Contains(secretParams, strings.ToLower(p.Key)) {
			out.Params[i].Value = Masked
		}
	}
	return out
}

// longSecret is the length from which an auth parameter is hidden wherever it
// shows up, and not only in its place: shorter ones ("postman") are words.
const longSecret = 8

// learnAuth takes in the secret parameters of an auth block.
func (r *redactor) learnAuth(a *collections.Auth) {
	for _, p := range a.Params {
		s, ok := p.Value.(string)
		if ok && len(s) >= longSecret && !templated(s) && slices.Contains(secretParams, strings.ToLower(p.Key)) {
			r.learn(s)
		}
	}
}

// learnHeaders takes in what the credential headers of a request hold, with
// and without its scheme. A template is not a secret yet.
func (r *redactor) learnHeaders(list []collections.Header) {
	for _, h := range list {
		if h.Disabled || !r.credential(h.Key) || templated(h.Value) {
			continue
		}
		secret := h.Value
		if scheme, rest, ok := strings.Cut(secret, " "); ok && !strings.ContainsAny(scheme, "=;,") {
			secret = rest
		}
		if len(secret) >= longSecret {
			r.learn(secret)
		}
	}
}

// templated reports whether s still names variables.
func templated(s string) bool { return strings.Contains(s, "{{") || strings.Contains(s, "<<") }

// learnUser takes in the password of a URL.
func (r *redactor) learnUser(u *transport.URL) {
	if u == nil {
		return
	}
	if _, password, _ := strings.Cut(u.Userinfo, ":"); len(password) >= longSecret {
		r.learn(password)
		if plain, err := url.PathUnescape(password); err == nil {
			r.learn(plain)
		}
	}
}

// hidden masks a header's value but for its scheme.
func hidden(v string) string {
	if scheme, rest, ok := strings.Cut(v, " "); ok && rest != "" && !strings.ContainsAny(scheme, "=;,") {
		return scheme + " " + Masked
	}
	if v == "" {
		return v
	}
	return Masked
}

func (r *redactor) fields(list []event.Field) []event.Field {
	out := make([]event.Field, len(list))
	for i, f := range list {
		if r.credential(f.Name) {
			f.Value = hidden(f.Value)
		} else {
			f.Value = r.text(f.Value)
		}
		out[i] = event.Field{Name: r.text(f.Name), Value: f.Value}
	}
	return out
}

// event hides secrets in e. It replaces what e holds, and never changes what
// it points to, which scripts may still read.
func (r *redactor) event(e event.Event) {
	if r.mask.Off {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch e := e.(type) {
	case *event.RunStarted:
		e.Collection = r.json(e.Collection)
	case *event.IterationStarted:
		e.Data = r.json(e.Data)
	case *event.ItemStarted:
		e.JSON = r.json(e.JSON)
	case *event.ScriptFinished:
		r.scriptError(&e.Err)
	case *event.RequestFinished:
		r.finished(e)
	case *event.TestFinished:
		e.Name = r.text(e.Name)
		r.scriptError(&e.Err)
		e.Expected, e.Actual = r.pointer(e.Expected), r.pointer(e.Actual)
	case *event.ConsoleLogged:
		e.Messages = slices.Clone(e.Messages)
		for i := range e.Messages {
			e.Messages[i].JSON = r.json(e.Messages[i].JSON)
			e.Messages[i].Inspect = r.text(e.Messages[i].Inspect)
		}
	case *event.Warned:
		e.Text, e.Hint = r.text(e.Text), r.text(e.Hint)
	case *event.ItemFinished:
		if e.Visualizer != nil {
			v := *e.Visualizer
			v.Template, v.Data = r.text(v.Template), r.json(v.Data)
			e.Visualizer = &v
		}
	case *event.RunFinished:
		e.Environment, e.Globals = r.json(e.Environment), r.json(e.Globals)
		r.failure(e.Err)
	}
}

func (r *redactor) pointer(s *string) *string {
	if s == nil || r.idle() {
		return s
	}
	t := r.text(*s)
	return &t
}

func (r *redactor) finished(e *event.RequestFinished) {
	q := &e.Request
	q.URL, q.Display = r.text(q.URL), r.text(q.Display)
	q.Header = r.fields(q.Header)
	q.Body, q.JSON = r.bytes(q.Body), r.json(q.JSON)
	if e.Source == "token" {
		q.Body, q.JSON = r.form(q.Body), r.form(q.JSON)
	}
	if e.Response != nil {
		e.Response.Header = r.fields(e.Response.Header)
		e.Response.Body = r.bytes(e.Response.Body)
		e.Response.Cookies = slices.Clone(e.Response.Cookies)
		for i := range e.Response.Cookies {
			e.Response.Cookies[i].Value = Masked
		}
	}
	for i := range e.Hops {
		r.hop(&e.Hops[i])
	}
	if e.Final != nil {
		r.hop(e.Final)
	}
	r.failure(e.Err)
}

func (r *redactor) hop(h *event.Hop) {
	h.URL, h.Header, h.Reply = r.text(h.URL), r.fields(h.Header), r.fields(h.Reply)
}

func (r *redactor) bytes(b []byte) []byte {
	if r.idle() || len(b) == 0 {
		return b
	}
	before := string(b)
	if after := r.text(before); after != before {
		return []byte(after)
	}
	return b
}

func (r *redactor) failure(f *event.Failure) {
	if f != nil {
		f.Message, f.Stack, f.Hint, f.Test = r.text(f.Message), r.text(f.Stack), r.text(f.Hint), r.text(f.Test)
	}
}

func (r *redactor) scriptError(p **script.Error) {
	if *p == nil || r.idle() {
		return
	}
	e := **p
	e.Message, e.Stack = r.text(e.Message), r.text(e.Stack)
	*p = &e
}

// learnTokens takes in the tokens of a token endpoint's answer.
func (r *redactor) learnTokens(body []byte) {
	for _, name := range []string{"access_token", "refresh_token", "id_token"} {
		r.learn(gjson.GetBytes(body, name).String())
	}
}

// formSecret is a form's secret member, however short its value.
var formSecret = regexp.MustCompile(`\b((?:client_secret|password|refresh_token|client_assertion|assertion)=)[^&"]*`)

// form hides the secrets of a token request's body.
func (r *redactor) form(b []byte) []byte {
	return formSecret.ReplaceAll(b, []byte("${1}"+Masked))
}
