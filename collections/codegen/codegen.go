// Package codegen writes a request of a collection as source code in other
// languages. Defined variables are filled in; undefined and secret ones become
// parameters that the program reads from its environment. Every program checks
// the status: 400 and above is a failure.
package codegen

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"postie/collections"
	"postie/collections/vars"
)

// A Snippet is a request as a program.
type Snippet struct {
	Code   string
	Params []Param  // what the program reads from its environment
	Notes  []string // what the program does differently from a run
}

// A Param is a variable that the program needs.
type Param struct {
	Name string // the name in {{Name}}
	Env  string // the environment variable
}

// A target writes a call in one language. Each has a file of its own.
type target func(*call) string

var targets = map[string]target{
	"curl": curl, "httpie": httpie, "go": golang, "python": python, "javascript": javascript, "java": java,
	"csharp": csharp, "php": php, "php-chilkat": phpChilkat, "powershell": powershell, "ruby": ruby, "rust": rust,
	"kotlin": kotlin, "k6": k6,
}

// Targets returns the languages, sorted.
func Targets() []string { return slices.Sorted(maps.Keys(targets)) }

// Generate writes the request of a node. expand replaces the templates that are
// to be filled in, and leaves the others as they are.
func Generate(lang string, n *collections.Node, expand func(string) string) (*Snippet, error) {
	write, ok := targets[lang]
	if !ok {
		hint := "there are " + strings.Join(Targets(), ", ")
		if near := vars.Closest(lang, slices.Values(Targets())); near != "" {
			hint = "did you mean " + near + "?"
		}
		return nil, fmt.Errorf("no language %q; %s", lang, hint)
	}
	if n.IsFolder() {
		return nil, fmt.Errorf("%q is a folder: name a request", n.Name())
	}
	c := newCall(n, expand)
	if len(c.url) == 0 {
		return nil, fmt.Errorf("%q has no URL", n.Name())
	}
	if c.auth.Type != "" && !(lang == "curl" && slices.Contains(curlSchemes, c.auth.Type)) {
		c.note("%s auth is not part of this code", c.auth.Type)
	}
	if lang == "k6" && len(n.Scripts("test")) > 0 {
		c.note("the tests of the collection are left out")
	}
	s := &Snippet{Code: write(c), Notes: c.notes}
	for _, p := range c.params {
		s.Params = append(s.Params, Param{Name: p.name, Env: p.env})
	}
	return s, nil
}
