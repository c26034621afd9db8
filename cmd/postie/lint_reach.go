package main

import (
	"regexp"
	"strings"

	"postie/collections"
)

var nextRequest = regexp.MustCompile("setNextRequest\\(\\s*(?:[\"']([^\"']*)[\"']|(null)|([^)]*))")

// A jump is where scripts send the run after a request.
type jump struct {
	target string // "" ends the run
	always bool   // stands at the script's top level
}

// jumps reads a script's; known is false when a target is computed.
func jumps(source string) (out []jump, known bool) {
	code := blankComments(source)
	for _, m := range nextRequest.FindAllStringSubmatchIndex(code, -1) {
		j := jump{always: depth(code[:m[0]]) == 0}
		switch {
		case m[2] >= 0:
			j.target = code[m[2]:m[3]]
		case m[4] < 0:
			return nil, false
		}
		out = append(out, j)
	}
	return out, true
}

var comments = regexp.MustCompile(`(?s)/\*.*?\*/|(^|[^:"'])//[^\n]*`)

// blankComments takes comments out; an address in a string is none.
func blankComments(source string) string { return comments.ReplaceAllString(source, "$1") }

// depth is how many brackets stand open at the end of code. An "if (x)"
// without braces, or "x && ", also makes what follows conditional.
func depth(code string) int {
	n := 0
	for _, c := range code {
		switch c {
		case '{', '(', '[':
			n++
		case '}', ')', ']':
			n--
		}
	}
	line := strings.TrimSpace(code[strings.LastIndexAny(code, ";\n")+1:])
	line = strings.TrimSuffix(strings.TrimSuffix(line, "postman."), "pm.execution.")
	if line != "" {
		n++
	}
	return n
}

// reach reports the requests that no path through the collection gets to, and
// jumps to requests there are none of. A computed target may be any request.
func (in *linter) reach(nodes []*collections.Node) {
	if len(nodes) == 0 {
		return
	}
	index := map[string]int{}
	for i, n := range nodes {
		index[n.Name()] = i // the last wins, as when running
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
		on := true // to the request that follows
		for _, s := range append(nodes[i].Scripts("prerequest"), nodes[i].Scripts("test")...) {
			list, known := jumps(s.Source)
			if !known {
				return
			}
			for _, j := range list {
				on = on && !j.always
				to, ok := index[j.target]
				switch {
				case ok:
					queue = append(queue, to)
				case j.target != "":
					in.at(nodes[i], severityWarning, "unknown-target", "setNextRequest(%q): no request has this name", j.target)
				}
			}
		}
		if on {
			queue = append(queue, i+1)
		}
	}
	for i, n := range nodes {
		if !seen[i] {
			in.at(n, severityWarning, "unreachable-request", "no path through the collection gets here")
		}
	}
}
