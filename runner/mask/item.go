package mask

import "slices"

// An Item has the secrets that are hidden while one item runs: what an auth
// scheme wrote into its requests.
type Item struct {
	m     *Masker
	index index
	known map[string]bool
	names []string
}

// Item returns a new Item. The caller must call End after its last event was
// masked.
func (m *Masker) Item() *Item {
	i := &Item{m: m, index: index{needles: signatureNeedles}}
	if m.options.Off {
		return i
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.items = append(m.items, i)
	return i
}

// Learn makes a secret hidden until End.
func (i *Item) Learn(secret string) {
	i.m.mu.Lock()
	defer i.m.mu.Unlock()
	if i.m.options.Off || len(secret) < shortest || i.known[secret] || i.m.known[secret] != nil {
		return
	}
	if i.known == nil {
		i.known = map[string]bool{}
	}
	i.known[secret] = true
	i.index.add(secret)
	i.m.learned++
	i.m.hider = nil
}

// Name makes the values of a header field or URL parameter hidden until End.
func (i *Item) Name(name string) {
	i.m.mu.Lock()
	defer i.m.mu.Unlock()
	if i.m.options.Off || isCredential(name) || slices.Contains(i.names, name) {
		return
	}
	i.names = append(i.names, name)
	i.m.hider = nil
}

// End forgets the item's secrets.
func (i *Item) End() {
	i.m.mu.Lock()
	defer i.m.mu.Unlock()
	i.m.items = slices.DeleteFunc(i.m.items, func(o *Item) bool { return o == i })
	if len(i.known) > 0 || len(i.names) > 0 {
		i.m.hider = nil
	}
}
