package mask

import (
	"compress/gzip"
	"compress/zlib"
	"io"
	"slices"
	"strings"
)

const (
	// maxDecodings is how often a text is decoded: base64 may hold JSON that holds
	// base64.
	maxDecodings = 3

	// manyTimes bounds how much is decoded of a text, for each of its bytes: what
	// is compressed in it may be very long.
	manyTimes = 8

	// longestDecoded is how much is decoded before secrets are looked for in it.
	longestDecoded = 256 << 10
)

// A decoder gathers what parts of a text stand for that are in a code, so that
// secrets are looked for in much of it at once: in a code within a code, such as
// base64 of JSON that holds base64, and in one that has line breaks or colons
// between its characters. What a needle finds in the text itself needs no decoder.
type decoder struct {
	*hider
	text  string
	depth int // how often what is found here may be decoded once more
	left  int // bytes that may still be decoded, at any depth
	spans []span

	out   []byte
	parts []part
	spare run // to read the next one into
}

// A part is what a run stands for, read from one of its characters on.
type part struct {
	run   *run // nil when it is the whole text
	start int  // in what was decoded
	first int  // character of the run
	bits  int  // in a character; 0 when each byte is of all characters
}

// decoded appends where secrets are in what a text stands for, and reduces left.
func (h *hider) decoded(text string, depth int, left *int, spans []span) []span {
	d := decoder{hider: h, text: text, depth: depth, left: *left, spans: spans}
	d.base64()
	d.lists()
	d.quotedPrintable()
	d.compressed(text, nil)
	d.flush()
	*left = d.left
	return d.spans
}

// flush looks for secrets in what was decoded.
func (d *decoder) flush() {
	if len(d.parts) == 0 {
		return
	}
	x := search{left: d.left}
	found := d.findIn(&x, view(d.out), d.depth, nil)
	d.left = x.left
	slices.SortFunc(found, func(a, b span) int { return a.start - b.start })
	next := 0
	for _, s := range found {
		for next+1 < len(d.parts) && d.parts[next+1].start <= s.start {
			next++
		}
		d.spans = append(d.spans, d.place(next, s))
	}
	d.out, d.parts = d.out[:0], d.parts[:0]
}

// place is where the text has what was decoded to a span that begins in a part.
func (d *decoder) place(n int, s span) span {
	p := d.parts[n]
	if p.run == nil {
		return span{0, len(d.text)}
	}
	if p.bits == 0 {
		return p.run.place(0, len(p.run.chars))
	}
	if n+1 < len(d.parts) {
		s.end = min(s.end, d.parts[n+1].start)
	}
	from, to := (s.start-p.start)*8/p.bits, ((s.end-p.start)*8+p.bits-1)/p.bits
	return p.run.place(p.first+from, min(p.first+to, len(p.run.chars)))
}

// add decodes a run from one of its characters on.
func (d *decoder) add(r *run, first, bits int, decode func(out, chars []byte) []byte) {
	if first >= len(r.chars) || d.left <= 0 {
		return
	}
	start := len(d.out)
	d.parts = append(d.parts, part{run: r, start: start, first: first, bits: bits})
	d.out = decode(d.out, r.chars[first:])
	d.left -= len(d.out) - start
	d.compressed(view(d.out[start:]), r)
	if len(d.out) > longestDecoded {
		d.flush()
	}
}

// take is the spare run, to be kept.
func (d *decoder) take() *run {
	r := d.spare
	d.spare = run{}
	return &r
}

// compressed decodes bytes that are compressed by gzip or zlib: those of a run,
// or the text.
func (d *decoder) compressed(s string, r *run) {
	if d.left <= 0 {
		return
	}
	z := inflater(s)
	if z == nil {
		return
	}
	plain, _ := io.ReadAll(io.LimitReader(z, int64(d.left))) // what is there of one that is cut, too
	if len(plain) == 0 {
		return
	}
	d.left -= len(plain)
	d.parts = append(d.parts, part{run: r, start: len(d.out)})
	d.out = append(d.out, plain...)
}

// inflater reads what compressed bytes hold; nil when they begin like neither
// gzip nor zlib (RFC 1950: the method, and a check of the first two bytes).
func inflater(s string) io.Reader {
	var z io.Reader
	var err error
	switch {
	case strings.HasPrefix(s, "\x1f\x8b\x08"):
		z, err = gzip.NewReader(strings.NewReader(s))
	case len(s) > 2 && s[0] == 0x78 && (uint(s[0])<<8|uint(s[1]))%31 == 0:
		z, err = zlib.NewReader(strings.NewReader(s))
	default:
		return nil
	}
	if err != nil {
		return nil
	}
	return z
}
