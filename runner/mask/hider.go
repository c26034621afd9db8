package mask

import (
	"bytes"
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unsafe"
)

// A hider hides the secrets that a Masker knew at one moment. It is immutable
// and needs no lock.
type hider struct {
	off       bool
	ctx       context.Context
	automata  []*automaton
	patterns  []*regexp.Regexp
	names     names
	variables map[string]bool // names of secret variables, in lower case
}

// newHider must be called with the lock held.
func (m *Masker) newHider() *hider {
	h := &hider{off: m.options.Off, ctx: m.ctx, patterns: m.options.Patterns, variables: m.variables, names: m.names}
	if h.off {
		return h
	}
	h.automata = slices.Clone(m.index.compiled(m.alive))
	for _, item := range m.items {
		h.automata = append(h.automata, item.index.compiled(always)...)
		h.names.addParams(item.names)
	}
	return h
}

func always(string) bool { return true }

// longText is the length above which texts are not searched any more once the
// context is done.
const longText = 64 << 10

// late reports whether a text of n bytes takes too long for the time that is
// left.
func (h *hider) late(n int) bool { return n > longText && h.ctx.Err() != nil }

// idle reports whether texts contain nothing to hide.
func (h *hider) idle() bool { return len(h.automata) == 0 && len(h.patterns) == 0 && h.names.none() }

func (h *hider) text(s string) string {
	if h.off || s == "" || h.idle() {
		return s
	}
	if h.late(len(s)) {
		return Masked
	}
	if spans := h.find(&search{}, s, h.names.values(s, nil)); len(spans) > 0 {
		s = replaced(s, merged(spans))
	}
	return h.replacePatterns(s)
}

// replacePatterns hides the matches of the patterns.
func (h *hider) replacePatterns(s string) string {
	for _, p := range h.patterns {
		s = p.ReplaceAllLiteralString(s, Masked)
	}
	return s
}

// find appends the places of secrets in a text.
func (h *hider) find(x *search, s string, spans []span) []span {
	x.left = manyTimes*len(s) + longestSearched
	return h.findIn(x, s, maxDecodings, spans)
}

// findIn also searches decoded parts of the text, up to the given number of
// levels.
func (h *hider) findIn(x *search, s string, decodings int, spans []span) []span {
	if len(s) < shortest || len(h.automata) == 0 {
		return spans
	}
	for _, a := range h.automata {
		spans = x.find(a, s, spans)
	}
	if decodings > 0 {
		spans = h.decoded(s, decodings-1, &x.left, spans)
	}
	return spans
}

// matched reports whether a pattern matches.
func (h *hider) matched(s string) bool {
	return slices.ContainsFunc(h.patterns, func(p *regexp.Regexp) bool { return p.MatchString(s) })
}

// body hides secrets in a body. A JSON body stays JSON.
func (h *hider) body(b []byte) []byte {
	switch {
	case h.off || len(b) == 0 || h.idle():
		return b
	case h.late(len(b)):
		return []byte(Masked)
	}
	s := view(b)
	if start := strings.TrimLeft(s, " \t\r\n"); start == "" || start[0] != '{' && start[0] != '[' && start[0] != '"' {
		return h.bytes(b)
	}
	if len(h.patterns) == 0 && len(h.find(&search{}, s, h.names.values(s, nil))) == 0 {
		return b
	}
	return h.jsonOrText(b, inBody)
}

// json hides secrets in JSON that occurs at a place.
func (h *hider) json(src json.RawMessage, where place) json.RawMessage {
	switch {
	case h.off || len(src) == 0:
		return src
	case h.late(len(src)):
		return json.RawMessage(`"` + Masked + `"`)
	}
	return h.jsonOrText(src, where)
}

// jsonOrText hides secrets in JSON, or in a text when it is not JSON.
func (h *hider) jsonOrText(b []byte, where place) []byte {
	out, ok := h.document(view(b), where)
	switch {
	case !ok:
		return h.bytes(b)
	case out == nil:
		return b
	}
	return out
}

// bytes hides secrets in a text. It returns a text without secrets unchanged.
func (h *hider) bytes(b []byte) []byte {
	s := view(b)
	if out := h.text(s); out != s {
		return []byte(out)
	}
	return b
}

// view returns bytes as a string without a copy. The string must be used at
// once and not be kept, because the bytes may change.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// quote returns a JSON string in which < and > are not escaped, as in
// JavaScript.
func quote(s string) string {
	if s == Masked {
		return `"` + Masked + `"`
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil {
		return `"` + Masked + `"`
	}
	return strings.TrimSuffix(b.String(), "\n")
}
