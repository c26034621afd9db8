// Package mask hides secrets in the output of a run. A Masker learns them as
// the run meets them (values of secret variables, auth parameters, credential
// headers, cookies, tokens). It replaces them by Masked in texts, in JSON and
// in events, whatever their encoding there. It never changes what is sent or
// what scripts see.
//
// Values with less than four characters are hidden only in the place where they
// are known to be secret, and so are credentials with less than eight
// characters that were found by their place: elsewhere they are ordinary words.
// Texts are cut after masking. When a script cuts a text, the part of a secret
// before the "…" is hidden.
//
// How it works: a secret has a few needles (the secret itself, its base64, its
// hexadecimal digits). One automaton finds all needles in one pass over a text,
// which it reads both as it is and unescaped (percent, JSON, HTML). The time
// grows with the length of the text and hardly with the number of secrets.
// Adding a secret does not rebuild the automata of the others.
package mask

import (
	"context"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"postie/collections/vars"
)

// Masked replaces a secret.
const Masked = "******"

// Options say what is hidden. The zero value hides the values of secret
// variables, of auth parameters and of credential headers.
type Options struct {
	Off      bool             // hide nothing
	Names    []string         // further secret variables, headers, data columns, JSON and form keys
	Patterns []*regexp.Regexp // matches are hidden
}

// IsSecret reports whether a variable's value is hidden: its type is secret,
// its name is one of Names, or it has no type and its name looks secret.
func (o *Options) IsSecret(v vars.Variable) bool {
	if o.Off {
		return false
	}
	return v.Secret || (v.Type == "" || v.Type == "any") && vars.IsSecretName(v.Key) || o.named(v.Key)
}

func (o *Options) named(name string) bool {
	return slices.ContainsFunc(o.Names, func(n string) bool { return strings.EqualFold(n, name) })
}

// A Masker hides the secrets of a run. It is safe for concurrent use. Create it
// with New.
type Masker struct {
	options Options
	ctx     context.Context // limits the masking of long texts

	mu        sync.Mutex
	known     map[string]*entry
	index     index
	current   []*entry        // values of secret variables
	variables map[string]bool // names of secret variables, in lower case; replaced, never modified
	names     names           // of the options
	judged    map[judged]bool // cache: whether variables are secret, by type and name
	recent    recent
	items     []*Item
	sync      int // number of calls of Variables
	learned   int // number of secrets learned
	hider     *hider
}

// New returns a Masker without secrets.
func New(o Options) *Masker {
	m := &Masker{options: o, ctx: context.Background(), known: map[string]*entry{}, index: index{needles: needlesOf}, judged: map[judged]bool{}}
	m.names.add(o.Names)
	return m
}

// Within sets a context for the masking of long texts: when it is done, they
// are hidden as a whole.
func (m *Masker) Within(ctx context.Context) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ctx, m.hider = ctx, nil
}

// Options returns the options of New.
func (m *Masker) Options() *Options { return &m.options }

// Text hides secrets in a text. It returns a text without secrets unchanged.
func (m *Masker) Text(s string) string { return m.view().text(s) }

// JSON hides secrets in JSON, which stays JSON: inside strings, and as whole
// numbers. The values of secret keys, headers and parameters are hidden
// whatever they are. A text that is not JSON is masked as a text.
func (m *Masker) JSON(src json.RawMessage) json.RawMessage { return m.view().json(src, anywhere) }

// Learned returns the number of secrets learned so far. When it grows, texts
// that were masked before may contain new secrets.
func (m *Masker) Learned() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.learned
}

// Known returns the secrets that are hidden now, so that a Masker in another
// process can learn them.
func (m *Masker) Known() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.known))
}

// view returns a hider with the present secrets. It does not change when more
// are learned.
func (m *Masker) view() *hider {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.hider == nil {
		m.hider = m.newHider()
	}
	return m.hider
}
