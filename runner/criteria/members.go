package criteria

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// lastMembers is JSON with the last of each object's members of one name, which
// is the one that scripts see: gjson would find the first. It reads the text once,
// however deep its values are nested.
func lastMembers(src string) string {
	r := memberReader{src: src}
	for r.at < len(src) {
		r.next()
	}
	if len(r.replaced) == 0 {
		return src
	}
	slices.SortFunc(r.replaced, func(a, b part) int { return cmp.Compare(a.start, b.start) })
	var out strings.Builder
	from := 0
	for _, p := range r.replaced {
		if p.start >= from { // a part within another is gone with it
			out.WriteString(src[from:p.start])
			from = p.end
		}
	}
	out.WriteString(src[from:])
	return out.String()
}

// A part is the text of a member and of the comma after it.
type part struct{ start, end int }

// A memberReader finds the members that later ones replace, in JSON that is
// valid.
type memberReader struct {
	src      string
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
		text := gjson.Parse(r.src[r.at:]) // the string alone
		if r.depth > 0 {
			r.text(&r.levels[r.depth-1], text.Str)
		}
		r.at += len(text.Raw)
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

// text is called at a string, which may be a key.
func (r *memberReader) text(l *level, key string) {
	if !l.object || !l.key {
		return
	}
	l.key = false
	l.starts = append(l.starts, r.at)
	if n, twice := l.last[key]; twice {
		r.replaced = append(r.replaced, part{l.starts[n], l.starts[n+1]})
	}
	l.last[key] = len(l.starts) - 1
}
