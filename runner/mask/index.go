package mask

// An index holds secrets so that adding one is cheap, however many there are.
// It keeps several automata, each at least twice as large as the next, and
// merges those that are not (Bentley and Saxe, "Decomposable searching
// problems", 1980). It is not safe for concurrent use.
type index struct {
	needles func(string, []needle) []needle // appends the needles of a secret
	layers  []*automaton                    // never changed in place, because searches read it
	added   []string                        // not in a layer yet
	size    int                             // bytes of all secrets in layers
	dead    int                             // bytes of removed secrets
}

func (x *index) add(secret string) { x.added = append(x.added, secret) }

// remove removes a secret. It is still hidden until so many secrets are removed
// that the automata are built again.
func (x *index) remove(secret string) { x.dead += len(secret) }

// compiled returns the automata of all secrets. alive reports whether a secret
// was not removed.
func (x *index) compiled(alive func(secret string) bool) []*automaton {
	purge := x.dead > x.size/2
	if len(x.added) == 0 && !purge {
		return x.layers
	}
	list, keep := x.added, x.layers
	for len(keep) > 0 {
		last := keep[len(keep)-1]
		if !purge && total(last.secrets) >= 2*total(list) {
			break
		}
		keep = keep[:len(keep)-1]
		list = append(list, filter(last.secrets, alive)...)
	}
	x.layers = append([]*automaton(nil), keep...)
	if list = filter(list, alive); len(list) > 0 {
		x.layers = append(x.layers, newAutomaton(list, x.needles))
	}
	x.added, x.size = nil, 0
	if purge {
		x.dead = 0
	}
	for _, l := range x.layers {
		x.size += total(l.secrets)
	}
	return x.layers
}

func total(secrets []string) int {
	n := 0
	for _, s := range secrets {
		n += len(s)
	}
	return n
}

// filter returns the secrets that are alive, without duplicates.
func filter(secrets []string, alive func(string) bool) []string {
	var out []string
	seen := make(map[string]bool, len(secrets))
	for _, s := range secrets {
		if !seen[s] && alive(s) {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
