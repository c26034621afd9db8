package convert

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// scripts returns the scripts of each kind; kinds are the types of v2.1's
// events.
func (w *v3Writer) scripts(file string, list []event, kinds ...map[text]string) *yaml.Node {
	out := &yaml.Node{Kind: yaml.SequenceNode}
	for i, kind := range kinds {
		for _, e := range list {
			if m := w.script(file, e, kind, i == 0); m != nil {
				out.Content = append(out.Content, m.node())
			}
		}
	}
	if len(out.Content) == 0 {
		return nil
	}
	return out
}

// script returns nil for a script that is empty or that v3 cannot express,
// which is noted once.
func (w *v3Writer) script(file string, e event, kind map[text]string, say bool) *mapping {
	var lines []string
	for _, l := range e.Script.Exec {
		lines = append(lines, string(l))
	}
	code := strings.Join(lines, "\n")
	problem := ""
	switch {
	case kind[e.Listen] == "":
		problem = fmt.Sprintf("a script for %q: left out", e.Listen)
	case bool(e.Disabled):
		problem = fmt.Sprintf("a disabled %s script: left out", e.Listen)
	case len(e.Script.Src) > 0 && string(e.Script.Src) != "null":
		problem = fmt.Sprintf("a %s script from a file or address: left out", e.Listen)
	case code == "":
		return nil
	}
	if problem != "" {
		if say {
			w.note(file, "%s", problem)
		}
		return nil
	}
	m := &mapping{}
	m.set("type", str(kind[e.Listen]))
	m.set("code", str(code))
	m.set("language", str("text/javascript"))
	m.json("packages", e.Script.Packages)
	m.json("requests", e.Script.Requests)
	return m
}
