package mask

// An automaton finds any of many needles in one pass over a text, however the
// text escapes them (Aho and Corasick, "Efficient string matching", 1975). It
// does not change once it is made.
type automaton struct {
	secrets []string // what it was made for
	needles []needle
	nodes   []node       // a trie; the first is the root
	roots   [256]int32   // children of the root
	crowds  [][256]int32 // children of nodes that have many
	starts  starts
	special [256]bool // bytes that may stand for something else, or begin what does
}

// A node is reached by the characters that lead to it from the root.
type node struct {
	child   int32 // its first child; below 0, the complement of a place in crowds
	sibling int32
	fail    int32 // the longest proper suffix that is a node
	needle  int32 // the longest needle that ends here, counted from 1; 0 for none
	depth   int32
	label   byte
}

// crowd is how many children a node has at most before it gets a table.
const crowd = 8

func newAutomaton(secrets []string) *automaton {
	a := &automaton{secrets: secrets}
	size := 1
	for _, s := range secrets {
		for _, n := range needlesOf(s) {
			a.needles = append(a.needles, n)
			size += len(n.text)
		}
	}
	a.special['%'], a.special['\\'], a.special['&'] = true, true, true
	a.nodes = make([]node, 1, size)
	for i := range a.needles {
		a.insert(a.needles[i].text, int32(i+1))
	}
	a.link()
	return a
}

// insert adds a needle to the trie.
func (a *automaton) insert(text string, number int32) {
	a.starts.add(text)
	at := int32(0)
	for i := range len(text) {
		b := text[i]
		switch b {
		case ' ':
			a.special['+'] = true
		case '"', '\'':
			a.special[b] = true
		}
		at = a.grow(at, b)
	}
	if a.nodes[at].needle == 0 {
		a.nodes[at].needle = number
	}
}

// grow returns the child of a node, made if need be.
func (a *automaton) grow(at int32, b byte) int32 {
	if next := a.child(at, b); next != 0 {
		return next
	}
	next := int32(len(a.nodes))
	n := node{label: b, depth: a.nodes[at].depth + 1}
	if at == 0 {
		a.roots[b] = next
	} else {
		n.sibling = a.nodes[at].child
		a.nodes[at].child = next
	}
	a.nodes = append(a.nodes, n)
	return next
}

// child is a node's child by a byte; 0 for none.
func (a *automaton) child(at int32, b byte) int32 {
	if at == 0 {
		return a.roots[b]
	}
	next := a.nodes[at].child
	if next < 0 {
		return a.crowds[^next][b]
	}
	for next != 0 && a.nodes[next].label != b {
		next = a.nodes[next].sibling
	}
	return next
}

// step is the node of the longest text that leads to one, after another byte.
func (a *automaton) step(at int32, b byte) int32 {
	for at != 0 {
		if next := a.child(at, b); next != 0 {
			return next
		}
		at = a.nodes[at].fail
	}
	return a.roots[b]
}

// link fills in where to go on when no child fits, level by level.
func (a *automaton) link() {
	queue := make([]int32, 0, len(a.nodes))
	for _, n := range a.roots {
		if n != 0 {
			queue = append(queue, n)
		}
	}
	for i := 0; i < len(queue); i++ {
		at := queue[i]
		fail := a.nodes[at].fail
		children := 0
		for n := a.nodes[at].child; n != 0; n = a.nodes[n].sibling {
			child := &a.nodes[n]
			child.fail = a.step(fail, child.label)
			if child.needle == 0 {
				child.needle = a.nodes[child.fail].needle
			}
			queue = append(queue, n)
			children++
		}
		if children > crowd {
			a.gather(at)
		}
	}
}

// gather puts the children of a node in a table.
func (a *automaton) gather(at int32) {
	var table [256]int32
	for n := a.nodes[at].child; n != 0; n = a.nodes[n].sibling {
		table[a.nodes[n].label] = n
	}
	a.nodes[at].child = int32(^len(a.crowds))
	a.crowds = append(a.crowds, table)
}

// starts are the first three bytes of needles, as bits of a hash.
type starts [1 << 10]uint64

func startHash(a, b, c byte) uint32 {
	return (uint32(a)<<16 | uint32(b)<<8 | uint32(c)) * 0x9e3779b1 >> 16
}

func (t *starts) add(text string) {
	h := startHash(text[0], text[1], text[2])
	t[h>>6] |= 1 << (h & 63)
}

func (t *starts) has(a, b, c byte) bool {
	h := startHash(a, b, c)
	return t[h>>6]&(1<<(h&63)) != 0
}
