package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postie/cmd/internal/term"
	"postie/collections"
	"postie/collections/vars"
	"postie/runner/report"
)

type lintFlags struct {
	environment, globals, data string
	envVars, globalVars        []string
	format, severity           string
}

const lintLong = `Read a collection and tell what would go wrong, without sending anything.

Rules: undefined-variable, unknown-dynamic, empty-url, script-syntax (errors);
placeholder, secret-in-clear, duplicate-name, unreachable-request,
unknown-target (warnings); unused-variable (info). Without an environment (-e)
an undefined variable is a warning.`

func newLint(s *term.Streams) *cobra.Command {
	f := &lintFlags{}
	cmd := &cobra.Command{
		Use:   "lint <collection|folder|-|URL>",
		Short: "Find mistakes in a collection without running it",
		Long:  lintLong,
		Example: `  postie lint collection.json -e environment.json
  postie lint collection.json --severity warning --format github`,
		Args: oneCollection("lint"),
		RunE: func(c *cobra.Command, args []string) error { return lint(c.Context(), s, f, args[0]) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.environment, "environment", "e", "", "environment file or URL")
	flags.StringVarP(&f.globals, "globals", "g", "", "globals file or URL")
	flags.StringVarP(&f.data, "iteration-data", "d", "", "CSV or JSON data; its names are variables")
	flags.StringArrayVar(&f.envVars, "env-var", nil, "key=value (repeatable)")
	flags.StringArrayVar(&f.globalVars, "global-var", nil, "key=value (repeatable)")
	flags.StringVar(&f.format, "format", "text", "text, json or github")
	flags.StringVar(&f.severity, "severity", "error", "exit 1 on findings of this severity or above: error, warning or info")
	return cmd
}

// A severity orders findings; the worst is the least.
type severity int

const (
	severityError severity = iota
	severityWarning
	severityInfo
)

var severities = []string{"error", "warning", "info"}

func (s severity) String() string { return severities[s] }

// MarshalText makes JSON say the word.
func (s severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// A finding is one mistake with its place.
type finding struct {
	File     string   `json:"file"`
	Line     int      `json:"line,omitempty"`
	Col      int      `json:"col,omitempty"`
	Severity severity `json:"severity"`
	Rule     string   `json:"rule"`
	Item     string   `json:"item,omitempty"`
	Text     string   `json:"text"`
}

func lint(ctx context.Context, s *term.Streams, f *lintFlags, source string) error {
	limit := slices.Index(severities, f.severity)
	if limit < 0 {
		return usageError("--severity %q: want error, warning or info", f.severity)
	}
	printers := map[string]func(io.Writer, []finding) error{"text": lintText, "json": lintJSON, "github": lintGitHub}
	if printers[f.format] == nil {
		return usageError("--format %q: want text, json or github", f.format)
	}
	l := &loader{streams: s}
	col, err := l.collection(ctx, source)
	if err != nil {
		return err
	}
	in := &linter{col: col}
	if err := in.scopes(ctx, l, f); err != nil {
		return err
	}
	if err := in.check(); err != nil {
		return err
	}
	if err := printers[f.format](s.Out, in.found); err != nil {
		return err
	}
	if slices.ContainsFunc(in.found, func(f finding) bool { return int(f.Severity) <= limit }) {
		return &exitError{code: exitFailed}
	}
	return nil
}

// scopes loads what defines variables.
func (in *linter) scopes(ctx context.Context, l *loader, f *lintFlags) (err error) {
	in.stack.Collection = vars.NewScope("collection", in.col.Variables()...)
	if f.environment != "" {
		if in.stack.Environment, err = l.scope(ctx, f.environment, "environment"); err != nil {
			return err
		}
		in.environment = f.environment
	}
	if f.globals != "" {
		if in.stack.Globals, err = l.scope(ctx, f.globals, "globals"); err != nil {
			return err
		}
	}
	in.stack.Environment = setVars(in.stack.Environment, f.envVars)
	in.stack.Globals = setVars(in.stack.Globals, f.globalVars)
	in.stack.Dynamic = vars.NewDynamic(nil, nil)
	if f.data == "" {
		return nil
	}
	data, closer, err := l.data(ctx, f.data)
	if err != nil {
		return err
	}
	defer closer.Close()
	in.stack.Data = vars.NewScope("data")
	for row, err := range data.Rows() {
		if err != nil {
			return documentError("iteration data", err)
		}
		for v := range row.All() {
			in.stack.Data.Set(v.Key, "set")
		}
		break // every row has the first one's names
	}
	return nil
}

// A linter collects findings on one collection.
type linter struct {
	col         *collections.Collection
	stack       vars.Stack
	environment string          // its file, "" for none
	set         map[string]bool // variables that scripts set
	spoken      strings.Builder // all that may mention a variable
	found       []finding
}

// at adds a finding on a node.
func (in *linter) at(n *collections.Node, sev severity, rule, format string, args ...any) {
	line, col := n.Position()
	in.add(n, finding{File: n.File(), Line: line, Col: col, Severity: sev, Rule: rule, Text: fmt.Sprintf(format, args...)})
}

func (in *linter) add(n *collections.Node, f finding) {
	if n != nil && n.Parent() != nil {
		f.Item = strings.Join(n.Path()[1:], "/")
	}
	in.found = append(in.found, f)
}

// sorted are the findings by file and line, each once.
func sorted(list []finding) []finding {
	slices.SortStableFunc(list, func(a, b finding) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return slices.Compact(list)
}

func lintText(w io.Writer, list []finding) error {
	var n [3]int
	for _, f := range list {
		place := f.File
		if f.Line > 0 {
			place = fmt.Sprintf("%s:%d:%d", f.File, f.Line, max(1, f.Col))
		}
		text := f.Text
		if f.Item != "" {
			text = fmt.Sprintf("%q: %s", f.Item, f.Text)
		}
		fmt.Fprintln(w, oneLine(fmt.Sprintf("%s: %s: %s [%s]", place, f.Severity, text, f.Rule)))
		n[f.Severity]++
	}
	fmt.Fprintln(w, counted(n[severityError], "error")+", "+counted(n[severityWarning], "warning")+", "+counted(n[severityInfo], "info"))
	return nil
}

func lintJSON(w io.Writer, list []finding) error {
	if list == nil {
		list = []finding{}
	}
	return writeJSON(w, list)
}

// lintGitHub writes workflow commands; what separates their parts is escaped.
func lintGitHub(w io.Writer, list []finding) error {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, f := range list {
		command := map[severity]string{severityError: "error", severityWarning: "warning", severityInfo: "notice"}[f.Severity]
		text := f.Text
		if f.Item != "" {
			text = fmt.Sprintf("%q: %s", f.Item, f.Text)
		}
		fmt.Fprintf(w, "::%s file=%s,line=%d,col=%d,title=%s::%s\n", command, property.Replace(f.File), max(1, f.Line), max(1, f.Col),
			property.Replace("postie "+f.Rule), data.Replace(report.Safe(text)))
	}
	return nil
}
