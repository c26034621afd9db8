package mask

import (
	"compress/gzip"
	"compress/zlib"
	"io"
	"slices"
	"strings"
)

const (
	// maxDecodings limits nested decoding: base64 may contain JSON that
	// contains base64.
	maxDecodings = 3

	// manyTimes limits the decoded bytes for each byte of a text, because
	// compressed data may expand to a lot.
	manyTimes = 8

	// longestDecoded is how many bytes are decoded before they are searched.
	longestDecoded = 256 << 10
)

// A decoder decodes the encoded parts of a text and searches them for secrets,
// many parts at once. It finds secrets in nested encodings, such as base64 of
// JSON that contains base64, and in encodings with line breaks or colons
// between the characters. Secrets that a needle finds in the text itself need
// no decoder.
type decoder struct {
	*hider
	text  string
	depth int // how many more levels may be decoded
	left  int // bytes that may still be decoded, at all levels
	spans []span

	out   []byte
	parts []part
	spare run // is reused for the next run
}

// A part is the decoded content of a run, from one of its characters on.
type part struct {
	run   *run // nil for the whole text
	start int  // index in the decoded bytes
	first int  // first character of the run
	bits  int  // bits per character; 0 when the bytes do not correspond to characters
}

// decoded appends the places where the decoded content of a text contains
// secrets, and reduces left.
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

// flush searches the decoded bytes for secrets.
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

// place returns the part of the text whose decoded content is the span s. The
// span begins in part n.
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

// take returns the spare run, which the caller keeps.
func (d *decoder) take() *run {
	r := d.spare
	d.spare = run{}
	return &r
}

// compressed decompresses the bytes of a run, or of the text, if they are gzip
// or zlib.
func (d *decoder) compressed(s string, r *run) {
	if d.left <= 0 {
		return
	}
	z := inflater(s)
	if z == nil {
		return
	}
	plain, _ := io.ReadAll(io.LimitReader(z, int64(d.left))) // also the readable beginning of truncated data
	if len(plain) == 0 {
		return
	}
	d.left -= len(plain)
	d.parts = append(d.parts, part{run: r, start: len(d.out)})
	d.out = append(d.out, plain...)
}

// inflater returns a reader of the decompressed bytes. It returns nil when s
// begins neither like gzip nor like zlib (RFC 1950: the method, and a checksum
// of the first two bytes).
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
