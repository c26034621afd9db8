package mask

import (
	"slices"
	"strings"
)

// A span is a part of a text that is to be hidden.
type span struct{ start, end int }

// A search is one pass of an automaton over a text. It reads the text as it is,
// byte by byte, and beside that follows threads: readings in which something
// was escaped, for as long as they may become a secret. So any part of a secret
// may be escaped in any way, and the rest in another, or not at all.
type search struct {
	*automaton
	text    string
	spans   []span
	threads []thread // readings under way
	next    []thread // those after the byte at hand
	marks   []mark
}

// A thread is a reading of the text up to a place.
type thread struct {
	at    int   // in the text
	state int32 // node of the automaton
	mark  int32 // its last escaped symbol; -1 for none
}

// A mark is an escaped symbol of a thread: it spells the bytes from-to of what
// the thread read with those from start to end of the text.
type mark struct {
	previous   int32
	from, to   int
	start, end int
}

const (
	// maxThreads bounds the readings that are followed at once. Texts need one
	// or two; only those made to have many readings have more.
	maxThreads = 16

	// shortestCut is how much of a secret is left, at least, where it is hidden
	// although the rest is cut off.
	shortestCut = 4
)

// find appends the places where a text holds a secret.
func (a *automaton) find(text string, spans []span) []span {
	x := search{automaton: a, text: text, spans: spans}
	x.run()
	return x.spans
}

func (x *search) run() {
	plain := thread{mark: -1} // the text read as it is
	skipped := -1
	for plain.at < len(x.text) {
		if len(x.threads) == 0 {
			depth := int(x.nodes[plain.state].depth)
			if start := plain.at - depth; depth < 3 && start > skipped {
				skipped = x.skip(start)
				if skipped == len(x.text) {
					return
				}
				plain = thread{at: skipped, mark: -1}
				x.marks = x.marks[:0]
			}
		}
		at := plain.at
		x.next = x.next[:0]
		plain = x.advance(plain)
		for _, t := range x.threads {
			if t.at == at {
				t = x.advance(t)
			}
			x.keep(t)
		}
		x.threads, x.next = x.next, x.threads
	}
}

// skip returns the next place at or after one where a needle may begin, or an
// escaped symbol comes soon; the end when no needle fits any more.
func (x *search) skip(at int) int {
	s, special, starts := x.text, &x.special, &x.starts
	if at+2 < len(s) && (special[s[at]] || special[s[at+1]]) {
		return at
	}
	for ; at+2 < len(s); at++ {
		if special[s[at+2]] || starts.has(s[at], s[at+1], s[at+2]) {
			return at
		}
	}
	return len(s)
}

// advance reads the next byte of a thread, and notes what else it may be.
func (x *search) advance(t thread) thread {
	b := x.text[t.at]
	if x.special[b] {
		x.fork(t)
	}
	if t.state != 0 && (b == 0xe2 || b == '.' || b == '\'' || b == '"') {
		x.cutOff(t)
	}
	t.state = x.step(t.state, b)
	t.at++
	x.hit(t)
	return t
}

// fork adds the readings in which a symbol is an escaped one.
func (x *search) fork(t thread) {
	var buf [2 * (maxLevels + 1)]symbol
	for _, c := range readings(x.text, t.at, buf[:0]) {
		var bytes [4]byte
		f := thread{at: t.at + c.width, state: t.state, mark: int32(len(x.marks))}
		plain := c.bytes(bytes[:0])
		for _, b := range plain {
			f.state = x.step(f.state, b)
		}
		if f.state == 0 {
			continue
		}
		from := x.read(t)
		x.marks = append(x.marks, mark{previous: t.mark, from: from, to: from + len(plain), start: t.at, end: f.at})
		x.keep(f)
		x.hit(f)
	}
}

// keep goes on with a thread, unless it has become one with the text as it is.
// Of two that have become one, it is the one with more of the text.
func (x *search) keep(t thread) {
	depth := int(x.nodes[t.state].depth)
	if depth <= t.at-x.marks[t.mark].end {
		return
	}
	for i, o := range x.next {
		if o.at == t.at && o.state == t.state {
			if x.start(t, depth) < x.start(o, depth) {
				x.next[i] = t
			}
			return
		}
	}
	if len(x.next) < maxThreads {
		x.next = append(x.next, t)
		return
	}
	least := 0
	for i, o := range x.next {
		if x.nodes[o.state].depth < x.nodes[x.next[least].state].depth {
			least = i
		}
	}
	if int(x.nodes[x.next[least].state].depth) < depth {
		x.next[least] = t
	}
}

// read is the number of bytes that a thread has read, unescaped.
func (x *search) read(t thread) int {
	if t.mark < 0 {
		return t.at
	}
	m := &x.marks[t.mark]
	return m.to + t.at - m.end
}

// start is where in the text the last n bytes begin that a thread has read.
func (x *search) start(t thread, n int) int {
	from := x.read(t) - n
	for i := t.mark; i >= 0; i = x.marks[i].previous {
		m := &x.marks[i]
		if from >= m.to {
			return m.end + from - m.to
		}
		if from >= m.from {
			return m.start
		}
	}
	return from
}

// hit notes the needle that ends where a thread is, if one does. The longest
// covers the others.
func (x *search) hit(t thread) {
	number := x.nodes[t.state].needle
	if number == 0 {
		return
	}
	n := &x.needles[number-1]
	x.add(n.around(x.text, x.start(t, len(n.text)), t.at))
}

// cutOff notes the beginning of a needle whose rest is left out, as messages
// do with long values.
func (x *search) cutOff(t thread) {
	rest := x.text[t.at:]
	if rest[0] == '\'' || rest[0] == '"' {
		rest = rest[1:]
		if !strings.HasPrefix(rest, "...") {
			return
		}
	}
	depth := int(x.nodes[t.state].depth)
	if depth >= shortestCut && (strings.HasPrefix(rest, "…") || strings.HasPrefix(rest, "...")) {
		x.add(span{x.start(t, depth), t.at})
	}
}

// add notes a span. One that overlaps those before becomes one with them.
func (x *search) add(s span) {
	for n := len(x.spans); n > 0 && overlap(x.spans[n-1], s); n-- {
		s = union(x.spans[n-1], s)
		x.spans = x.spans[:n-1]
	}
	x.spans = append(x.spans, s)
}

func overlap(a, b span) bool { return a.start < b.end && b.start < a.end }

func union(a, b span) span { return span{min(a.start, b.start), max(a.end, b.end)} }

// merged sorts spans, and makes one of those that overlap.
func merged(list []span) []span {
	if len(list) < 2 {
		return list
	}
	slices.SortFunc(list, func(a, b span) int { return a.start - b.start })
	out := list[:1]
	for _, s := range list[1:] {
		last := &out[len(out)-1]
		if s.start < last.end {
			last.end = max(last.end, s.end)
			continue
		}
		out = append(out, s)
	}
	return out
}

// replaced is a text with its spans hidden.
func replaced(s string, spans []span) string {
	var b strings.Builder
	at := 0
	for _, p := range spans {
		b.WriteString(s[at:p.start])
		b.WriteString(Masked)
		at = p.end
	}
	b.WriteString(s[at:])
	return b.String()
}
