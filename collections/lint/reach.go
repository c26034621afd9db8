package lint

import "postie/collections"

// reach reports requests that no run can reach, and jumps to names that no
// request has. When a target is computed it may be any request, so nothing is
// reported.
func (in *linter) reach(nodes []*collections.Node) {
	if len(nodes) == 0 {
		return
	}
	index := map[string]int{}
	for i, n := range nodes {
		index[n.Name()] = i // the last request of a name wins, as in a run
	}
	for i, n := range nodes {
		index[n.ID()] = i
	}
	seen := make([]bool, len(nodes))
	queue := []int{0}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		if i >= len(nodes) || seen[i] {
			continue
		}
		seen[i] = true
		next, known := in.after(nodes, i, index)
		if !known {
			return
		}
		queue = append(queue, next...)
	}
	for i, n := range nodes {
		if !seen[i] {
			in.at(n, Warning, UnreachableRequest, "no path through the collection gets here")
		}
	}
}

// after returns the requests that may follow the i-th one. It is not known when
// a script computes its target.
func (in *linter) after(nodes []*collections.Node, i int, index map[string]int) (next []int, known bool) {
	following := true
	for _, s := range append(nodes[i].Scripts("prerequest"), nodes[i].Scripts("test")...) {
		list, known := jumps(s.Source)
		if !known {
			return nil, false
		}
		for _, j := range list {
			following = following && !j.always
			to, ok := index[j.target]
			switch {
			case ok:
				next = append(next, to)
			case j.target != "":
				in.at(nodes[i], Warning, UnknownTarget, "setNextRequest(%q): no request has this name", j.target)
			}
		}
	}
	if following {
		next = append(next, i+1)
	}
	return next, true
}
