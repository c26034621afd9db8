package drift

import "strings"

// patterns splits each pattern of paths into its steps.
func patterns(list []string) [][]string {
	out := make([][]string, len(list))
	for i, p := range list {
		out[i] = steps(p)
	}
	return out
}

// steps takes $.items[2].name and $.items.2.name apart alike; ["a.b"] is one
// step.
func steps(path string) []string {
	var out []string
	for len(path) > 0 {
		switch {
		case path[0] == '.':
			path = path[1:]
		case strings.HasPrefix(path, `["`):
			end := strings.Index(path, `"]`)
			if end < 0 {
				return append(out, path)
			}
			out, path = append(out, path[2:end]), path[end+2:]
		case path[0] == '[':
			end := strings.IndexByte(path, ']')
			if end < 0 {
				return append(out, path)
			}
			out, path = append(out, path[1:end]), path[end+1:]
		default:
			end := strings.IndexAny(path, ".[")
			if end < 0 {
				end = len(path)
			}
			out, path = append(out, path[:end]), path[end:]
		}
	}
	return out
}

// ignored reports whether a pattern matches a path or one of its parents. A * is
// any one step, ** any number of them.
func (c *comparison) ignored(path string) bool {
	if len(c.ignore) == 0 {
		return false
	}
	got := steps(path)
	for _, p := range c.ignore {
		if covers(p, got) {
			return true
		}
	}
	return false
}

func covers(pattern, path []string) bool {
	for i, p := range pattern {
		if p == "**" {
			for j := i; j <= len(path); j++ {
				if covers(pattern[i+1:], path[j:]) {
					return true
				}
			}
			return false
		}
		if i >= len(path) || p != "*" && !strings.EqualFold(p, path[i]) {
			return false
		}
	}
	return true
}
