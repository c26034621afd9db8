package matrix

import "fmt"

// Names are unique names of several runs. The zero value has no names.
type Names struct {
	list  []string
	taken map[string]int // how many runs wanted a name
}

// Add gives a run its name and returns it. The second run with the same name
// gets "#2".
func (n *Names) Add(name string) string {
	if n.taken == nil {
		n.taken = map[string]int{}
	}
	for base := name; n.taken[name] > 0; {
		n.taken[base]++
		name = fmt.Sprintf("%s #%d", base, n.taken[base])
	}
	n.taken[name]++
	n.list = append(n.list, name)
	return name
}

// List returns the names in the order of the runs.
func (n *Names) List() []string { return n.list }
