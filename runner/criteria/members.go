package criteria

import (
	"cmp"
	"slices"

	"github.com/tidwall/gjson"
)

// lastMembers is JSON with the last of each object's members of one name, which
// is the one that scripts see: gjson would find the first. It reads the text once,
// however deep its values are nested.
func lastMembers(src []byte) []byte {
	r := memberReader{src: src}
	for r.at < len(src) {
		r.next()
	}
	if len(r.replaced) == 0 {
		return src
	}
	slices.SortFunc(r.replaced, func(a, b part) int { return cmp.Compare(a.start, b.start) })
	var out []byte
	from := 0
	for _, p := range r.replaced {
		if p.start >= from { // a part within another is gone with it
			out = append(out, src[from:p.start]...)
			from = p.end
		}
	}
	return append(out, src[from:]...)
}

// A part is the text of a member and of the comma after it.
type part struct{ start, end int }

// A memberReader finds the members that later ones replace, in JSON that is
// valid.
type memberReader struct {
	src      []byte
	at       int
	levels   []level // the values around this place; what is after them is kept for others
	depth    int
	replaced []part
}

// A level is an object or a list that is being read.
type level struct {
	object bool
	key    bool           // a key comes next
	starts []int          // of its members
	last   map[string]int // the number of the last member of a name
}

func (r *memberReader) next() {
	switch c := r.src[r.at]; c {
	case '{', '[':
		r.open(c == '{')
	case '}', ']':
		r.depth--
	case ',':
		if r.depth > 0 {
			r.levels[r.depth-1].key = true
		}
	case '"':
		start := r.at
		r.at = stringEnd(r.src, start)
		if r.depth > 0 {
			r.text(&r.levels[r.depth-1], start)
		}
		return
	}
	r.at++
}

func (r *memberReader) open(object bool) {
	if r.depth == len(r.levels) {
		r.levels = append(r.levels, level{last: map[string]int{}})
	}
	l := &r.levels[r.depth]
	r.depth++
	l.object, l.key, l.starts = object, true, l.starts[:0]
	clear(l.last)
}

// text is called behind a string, which may be a key.
func (r *memberReader) text(l *level, start int) {
	if !l.object || !l.key {
		return
	}
	l.key = false
	key := gjson.ParseBytes(r.src[start:r.at]).Str
	l.starts = append(l.starts, start)
	if n, twice := l.last[key]; twice {
		r.replaced = append(r.replaced, part{l.starts[n], l.starts[n+1]})
	}
	l.last[key] = len(l.starts) - 1
}

// stringEnd is the place behind a JSON string that begins at a place.
func stringEnd(src []byte, start int) int {
	for at := start + 1; at < len(src); at++ {
		switch src[at] {
		case '\\':
			at++
		case '"':
			return at + 1
		}
	}
	return len(src)
}
