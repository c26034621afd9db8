// Package mask hides secrets in what a run shows. A Masker learns them as the
// run meets them (values of secret variables, auth parameters, credential
// headers, cookies, tokens), and puts Masked in their place in texts, in JSON
// and in events, in whatever encoding they come back. It never touches what is
// sent or what scripts see.
//
// Values of less than four characters, and of credentials found by their place
// those of less than eight, are hidden in that place only: elsewhere they are
// words. Texts are cut after they were masked; what a script has cut
// is hidden up to the "…".
//
// How: a secret has a few needles (itself, its base64, its hexadecimal digits),
// and one automaton finds all needles in one pass over a text, which it reads
// both as it is and unescaped (percent, JSON, HTML). The time grows with the
// length of the text and hardly with the number of secrets, and one more secret
// does not make the automaton of the others anew.
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

// Masked is shown in place of a secret.
const Masked = "******"

// Options say what is hidden. The zero value hides the values of secret
// variables, of auth parameters and of credential headers.
type Options struct {
	Off      bool             // hide nothing
	Names    []string         // variables, headers, data columns, JSON and form keys that are secret too
	Patterns []*regexp.Regexp // texts that are
}

// IsSecret reports whether a variable's value is hidden: its type is secret, its
// name is one of Names, or it has no type and its name looks secret.
func (o *Options) IsSecret(v vars.Variable) bool {
	if o.Off {
		return false
	}
	return v.Secret || (v.Type == "" || v.Type == "any") && vars.IsSecretName(v.Key) || o.named(v.Key)
}

func (o *Options) named(name string) bool {
	return slices.ContainsFunc(o.Names, func(n string) bool { return strings.EqualFold(n, name) })
}

// A Masker hides the secrets of a run. It is safe for concurrent use. The zero
// value is not ready, see New.
type Masker struct {
	options Options
	ctx     context.Context // bounds the masking of long texts

	mu        sync.Mutex
	known     map[string]*entry
	index     index
	current   []*entry        // values of secret variables
	variables map[string]bool // names of secret variables, in lower case; replaced, never changed
	names     names           // of the options
	judged    map[judged]bool // whether variables are secret, by type and name
	recent    recent
	items     []*Item
	sync      int // counts calls of Variables
	learned   int // counts secrets
	hider     *hider
}

// New returns a Masker that knows no secret yet.
func New(o Options) *Masker {
	m := &Masker{options: o, ctx: context.Background(), known: map[string]*entry{}, index: index{needles: needlesOf}, judged: map[judged]bool{}}
	m.names.add(o.Names)
	return m
}

// Within has a context end the masking of long texts: when it is done, they are
// hidden as a whole.
func (m *Masker) Within(ctx context.Context) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ctx, m.hider = ctx, nil
}

// Options are those the Masker was made with.
func (m *Masker) Options() *Options { return &m.options }

// Text hides secrets in a text. One without any is returned as it is.
func (m *Masker) Text(s string) string { return m.view().text(s) }

// JSON hides secrets in JSON, so that it stays JSON: inside its strings, and as
// whole numbers; of secret keys, headers and parameters the values whatever
// they are. What is not JSON is hidden as a text.
func (m *Masker) JSON(src json.RawMessage) json.RawMessage { return m.view().json(src, anywhere) }

// Learned counts the secrets learned so far: when it grows, what was hidden
// before may show some.
func (m *Masker) Learned() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.learned
}

// Known are the secrets that are hidden now, for a Masker of another process to
// Learn.
func (m *Masker) Known() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.known))
}

// view is what is known at one event: what is learned later does not change it.
func (m *Masker) view() *hider {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.hider == nil {
		m.hider = m.newHider()
	}
	return m.hider
}
