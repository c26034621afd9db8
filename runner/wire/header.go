package wire

import (
	"strings"

	"postie/runner/transport"
)

// collapse groups lines of one spelling at the first's place; of spellings
// that differ in case only the one that came up last is sent, as node's header
// table does.
func collapse(h transport.Header) transport.Header {
	if distinct(h) {
		return h
	}
	last, met := map[string]string{}, map[string]bool{}
	for _, f := range h {
		if !met[f.Name] {
			last[strings.ToLower(f.Name)] = f.Name
		}
		met[f.Name] = true
	}
	done := map[string]bool{}
	out := make(transport.Header, 0, len(h))
	for _, f := range h {
		low := strings.ToLower(f.Name)
		if done[low] {
			continue
		}
		done[low] = true
		for _, g := range h {
			if g.Name == last[low] {
				out = append(out, g)
			}
		}
	}
	return out
}

// distinct recognises a header in which no two lines share a name.
func distinct(h transport.Header) bool {
	for i := range h {
		for j := range i {
			if strings.EqualFold(h[i].Name, h[j].Name) {
				return false
			}
		}
	}
	return true
}
