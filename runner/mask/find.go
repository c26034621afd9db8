package mask

import (
	"slices"
	"strings"
)

// A span is a part of a text that must be hidden.
type span struct{ start, end int }

// A search is one pass of an automaton over a text. It reads the text byte by
// byte. In addition it follows threads: readings in which something was
// unescaped, for as long as they may become a secret. So each part of a secret
// may be escaped in another way, or not at all.
type search struct {
	*automaton
	text    string
	spans   []span
	threads []thread // active readings
	next    []thread // readings after the current byte
	marks   []mark
	stop    int           // index of the next stop
	places  [maxSigns]int // next index of each sign
	skipped int           // where the last skip ended
	left    int           // bytes that may still be decoded
}

// A thread is one reading of the text up to an index.
type thread struct {
	at    int   // index in the text
	state int32 // node of the automaton
	mark  int32 // index of its last escaped symbol; -1: none
}

// A mark is an escaped symbol in a thread. The bytes from-to of what the thread
// has read are spelled by the bytes start-end of the text.
type mark struct {
	previous   int32
	from, to   int
	start, end int
}

const (
	// maxThreads limits how many readings are followed at once. Usual texts
	// need one or two.
	maxThreads = 16

	// shortestCut is the least length of a secret's beginning that is hidden
	// when the text is cut after it.
	shortestCut = 4
)

// find appends the places where a text contains a secret of an automaton. A
// search can be used again for another text.
func (x *search) find(a *automaton, text string, spans []span) []span {
	x.automaton, x.text, x.spans = a, text, spans
	x.threads, x.stop, x.skipped = x.threads[:0], -1, -1
	for i := range x.signs {
		x.places[i] = -1
	}
	x.run()
	return x.spans
}

func (x *search) run() {
	plain := thread{mark: -1} // the text without unescaping
	for plain.at < len(x.text) {
		if len(x.threads) == 0 {
			x.marks = x.marks[:0]
			if plain = x.plainly(plain); plain.at == len(x.text) {
				return
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

// plainly reads the text without unescaping up to the next stop.
func (x *search) plainly(t thread) thread {
	for t.at < len(x.text) {
		stop := x.nextStop(t.at)
		if stop == t.at {
			return t
		}
		near := stop <= t.at+x.heads.length
		if start := t.at - int(x.nodes[t.state].depth); !near && start >= t.at-2 && start > x.skipped {
			t.at, t.state = x.skip(start), 0
			x.skipped = t.at
			continue
		}
		for t.at < stop {
			t.state = x.step(t.state, x.text[t.at])
			t.at++
			x.hit(t)
			if !near && x.nodes[t.state].depth < 3 {
				break
			}
		}
	}
	return t
}

// skip returns the next index where a needle may begin or a stop is near. It
// returns the end when no needle fits any more.
func (x *search) skip(at int) int {
	s, h := x.text, &x.heads
	stop := x.nextStop(at)
	for ; at+h.length <= len(s); at += h.length - 2 {
		end := at + h.length
		if stop <= end || h.has(s[end-3], s[end-2], s[end-1]) {
			return at
		}
	}
	if stop < len(s) {
		return at
	}
	return len(s)
}

// nextStop returns the first stop from an index on: a byte that may begin an
// escape sequence, or a sign of a cut text, with the quote before it. The index
// must not decrease from call to call.
func (x *search) nextStop(from int) int {
	if x.stop >= from && x.stop >= 0 {
		return x.stop
	}
	x.stop = len(x.text)
	for i, sign := range x.signs {
		if x.places[i] < from {
			x.places[i] = len(x.text)
			if n := strings.Index(x.text[from:], sign); n >= 0 {
				x.places[i] = from + n
			}
		}
		p := x.places[i]
		if p > from && p < len(x.text) && (x.text[p-1] == '"' || x.text[p-1] == '\'') {
			p--
		}
		x.stop = min(x.stop, p)
	}
	return x.stop
}

// escapes reports whether an escape sequence may begin at an index. A quote
// does so only when another quote may follow.
func (x *search) escapes(at int) bool {
	b := x.text[at]
	if !x.special[b] {
		return false
	}
	if b != '"' && b != '\'' {
		return true
	}
	if at+1 == len(x.text) {
		return false
	}
	next := x.text[at+1]
	return next == b || next == '%' || next == '\\' || next == '&'
}

// advance reads the next byte of a thread, and starts threads for other
// readings of it.
func (x *search) advance(t thread) thread {
	b := x.text[t.at]
	if x.escapes(t.at) {
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

// fork adds the readings in which the next symbol is escaped.
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

// keep continues a thread. It drops a thread that has become the same as the
// plain reading. Of two threads that are the same, it keeps the one that covers
// more of the text.
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

// read returns the number of unescaped bytes that a thread has read.
func (x *search) read(t thread) int {
	if t.mark < 0 {
		return t.at
	}
	m := &x.marks[t.mark]
	return m.to + t.at - m.end
}

// start returns where in the text the last n bytes of a thread begin.
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

// hit records the needle that ends at a thread's position, if there is one. The
// longest needle covers the others.
func (x *search) hit(t thread) {
	number := x.nodes[t.state].needle
	if number == 0 {
		return
	}
	n := &x.needles[number-1]
	if s, ok := n.around(x.text, x.start(t, len(n.text)), t.at); ok {
		x.add(s)
	}
}

// cutOff records the beginning of a needle whose rest is left out, as in
// messages with long values.
func (x *search) cutOff(t thread) {
	if depth := int(x.nodes[t.state].depth); depth >= shortestCut && cutAt(x.text, t.at) {
		x.add(span{x.start(t, depth), t.at})
	}
}

// cutAt reports whether the text at an index says that something was left out,
// as Chai ('abc…') and node ('abc'... 5 more characters) do.
func cutAt(s string, at int) bool {
	rest := s[at:]
	if strings.HasPrefix(rest, "…") || strings.HasPrefix(rest, "...") {
		return true
	}
	return len(rest) > 3 && (rest[0] == '\'' || rest[0] == '"') && rest[1:4] == "..."
}

// add records a span. It merges the span with earlier ones that overlap it.
func (x *search) add(s span) {
	for n := len(x.spans); n > 0 && overlap(x.spans[n-1], s); n-- {
		s = union(x.spans[n-1], s)
		x.spans = x.spans[:n-1]
	}
	x.spans = append(x.spans, s)
}

func overlap(a, b span) bool { return a.start < b.end && b.start < a.end }

func union(a, b span) span { return span{min(a.start, b.start), max(a.end, b.end)} }

// merged sorts spans and merges those that overlap.
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

// replaced returns a text with its spans hidden.
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
