// Package lint finds mistakes in a collection without running it: undefined
// variables, scripts that do not compile, requests that no run can reach,
// secrets in clear text.
package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"postie/collections"
	"postie/collections/vars"
)

// A Rule names a kind of mistake.
type Rule string

// The rules, with the severity of their findings.
const (
	UndefinedVariable  Rule = "undefined-variable"  // error; a warning when there is no environment
	UnknownDynamic     Rule = "unknown-dynamic"     // error: {{$name}} is no dynamic variable
	EmptyURL           Rule = "empty-url"           // error
	ScriptSyntax       Rule = "script-syntax"       // error
	V3Schema           Rule = "v3-schema"           // error: of a v3 collection's file; Check has only the collection, its caller finds these
	Placeholder        Rule = "placeholder"         // warning: a value such as <token> or CHANGE_ME
	SecretInClear      Rule = "secret-in-clear"     // warning
	DuplicateName      Rule = "duplicate-name"      // warning
	UnreachableRequest Rule = "unreachable-request" // warning
	UnknownTarget      Rule = "unknown-target"      // warning: of setNextRequest
	UnusedVariable     Rule = "unused-variable"     // info
)

// A Severity orders findings: the worst is the least.
type Severity int

// Severities, worst first.
const (
	Error Severity = iota
	Warning
	Info
)

var severities = []string{"error", "warning", "info"}

// String is the word for a severity.
func (s Severity) String() string { return severities[s] }

// MarshalText makes JSON hold the word.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// ParseSeverity reads error, warning or info.
func ParseSeverity(text string) (Severity, error) {
	i := slices.Index(severities, text)
	if i < 0 {
		return 0, fmt.Errorf("%q: want error, warning or info", text)
	}
	return Severity(i), nil
}

// A Finding is one mistake with its place. Line and Col count from 1; 0 says
// that the place is not known. Item is the path below the collection, A/B/C.
type Finding struct {
	File     string   `json:"file"`
	Line     int      `json:"line,omitempty"`
	Col      int      `json:"col,omitempty"`
	Severity Severity `json:"severity"`
	Rule     Rule     `json:"rule"`
	Item     string   `json:"item,omitempty"`
	Text     string   `json:"text"`
}

// Options hold what is read together with a collection. The zero value has no
// environment and compiles no scripts.
type Options struct {
	// Environment, Globals and Data define variables besides the collection;
	// each may be nil. Of Data only the names count.
	Environment, Globals, Data *vars.Scope

	// EnvironmentFile names the environment in findings. Without a name there
	// is no environment, though Environment may define some variables: an
	// undefined variable is then a warning, because an environment may have it.
	EnvironmentFile string

	// Compile returns the first syntax error of a script, nil for none. Its
	// error is that of a compiler that does not work. Nil compiles nothing.
	Compile func(source string) (*SyntaxError, error)
}

// A SyntaxError is a place in a script, counted from 1, and what is wrong
// there. Line is 0 when the place is not known.
type SyntaxError struct {
	Line, Col int
	Text      string
}

// String is the place and the mistake, as compilers print them: 3:7: text.
func (e *SyntaxError) String() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Col, e.Text) }

// Check applies every rule and returns the findings by file and line, each
// once. The error is that of Options.Compile.
func Check(c *collections.Collection, o Options) ([]Finding, error) {
	in := &linter{opts: o, set: map[string]bool{}}
	in.stack = vars.Stack{Collection: vars.NewScope("collection", c.Variables()...), Environment: o.Environment,
		Globals: o.Globals, Data: o.Data, Dynamic: vars.NewDynamic(nil, nil)}
	nodes := all(c.Root())
	for _, n := range nodes {
		if err := in.scripts(n); err != nil {
			return nil, err
		}
	}
	for _, n := range nodes {
		if !n.IsFolder() {
			in.request(n)
		}
		in.auth(n)
		in.duplicates(n)
	}
	in.reach(slices.Collect(c.All()))
	in.variables(c.Root(), c.File(), in.stack.Collection)
	if o.EnvironmentFile != "" && o.Environment != nil {
		in.variables(nil, o.EnvironmentFile, o.Environment)
	}
	return sorted(in.found), nil
}

// A linter collects the findings of one collection.
type linter struct {
	opts     Options
	stack    vars.Stack
	set      map[string]bool // variables that scripts set
	mentions strings.Builder // every text that may use a variable
	found    []Finding
}

// at adds a finding on a node.
func (in *linter) at(n *collections.Node, s Severity, r Rule, format string, args ...any) {
	line, col := n.Position()
	in.add(n, Finding{File: n.File(), Line: line, Col: col, Severity: s, Rule: r, Text: fmt.Sprintf(format, args...)})
}

func (in *linter) add(n *collections.Node, f Finding) {
	if n != nil && n.Parent() != nil {
		f.Item = strings.Join(n.Path()[1:], "/")
	}
	in.found = append(in.found, f)
}

// mention stores a text that may use variables.
func (in *linter) mention(text string) {
	in.mentions.WriteString(text)
	in.mentions.WriteByte('\n')
}

// all yields a node and the nodes below it, in document order.
func all(n *collections.Node) []*collections.Node {
	out := []*collections.Node{n}
	for _, c := range n.Children() {
		out = append(out, all(c)...)
	}
	return out
}

func sorted(list []Finding) []Finding {
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return slices.Compact(list)
}
