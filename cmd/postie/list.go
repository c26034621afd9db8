package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"postie/cmd/internal/term"
	"postie/collections"
	"postie/runner/report"
)

func newList(s *term.Streams) *cobra.Command {
	var asJSON bool
	var folders []string
	cmd := &cobra.Command{
		Use:   "list <collection|folder|-|URL>",
		Short: "List a collection's folders, requests and scripts",
		Long:  "List a collection's folders, requests and scripts, in run order.",
		Example: `  postie list collection.json
  postie list collection.json --folder "Sessions"
  postie list collection.json --json`,
		Args: oneCollection("list"),
		RunE: func(c *cobra.Command, args []string) error {
			l := newLoader(s)
			col, err := l.collection(c.Context(), args[0])
			if err != nil {
				return err
			}
			nodes, err := col.Select(folders...)
			if err != nil {
				return cannotRun("%v", err)
			}
			in := chosen(nodes)
			if len(folders) == 0 {
				in = nil
			}
			root := listed(col.Root(), in)
			if asJSON {
				return writeJSON(s.Out, root)
			}
			root.print(s.Out)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().StringArrayVar(&folders, "folder", nil, "only this folder or request, by name, id or path (repeatable)")
	return cmd
}

// oneCollection demands exactly one argument.
func oneCollection(command string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return &exitError{code: exitUsage, text: command + ": no collection given", hint: "postie " + command + " collection.json"}
		case len(args) > 1:
			return usageError("%s: one collection at a time; what is %q?", command, args[1])
		}
		return nil
	}
}

// writeJSON writes a value, indented.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return cannotRun("%v", err)
	}
	return nil
}

// chosen are the nodes with all that they stand in.
func chosen(nodes []*collections.Node) map[*collections.Node]bool {
	in := map[*collections.Node]bool{}
	for _, n := range nodes {
		for ; n != nil; n = n.Parent() {
			in[n] = true
		}
	}
	return in
}

// A listing is a node as list prints it.
type listing struct {
	Type     string         `json:"type"` // collection, folder or request
	ID       string         `json:"id"`
	Name     string         `json:"name"`
	Method   string         `json:"method,omitempty"`
	URL      string         `json:"url,omitempty"`
	Auth     string         `json:"auth,omitempty"`
	File     string         `json:"file,omitempty"`
	Line     int            `json:"line,omitempty"`
	Scripts  []listedScript `json:"scripts,omitempty"`
	Examples int            `json:"examples,omitempty"`
	Items    []*listing     `json:"items,omitempty"`
}

type listedScript struct {
	Listen string `json:"listen"`
	Line   int    `json:"line,omitempty"`
	Lines  int    `json:"lines"`
}

// listed is a node with those of its children that are in; nil is all.
func listed(n *collections.Node, in map[*collections.Node]bool) *listing {
	line, _ := n.Position()
	out := &listing{Type: "folder", ID: n.ID(), Name: n.Name(), File: n.File(), Line: line, Examples: len(n.Examples())}
	if n.Parent() == nil {
		out.Type = "collection"
	}
	if !n.IsFolder() {
		r := n.Request()
		out.Type, out.Method, out.URL = "request", r.Method, r.URL.String()
	}
	if a, owner, ok := n.Auth(); ok && owner == n {
		out.Auth = a.Type
	}
	for _, listen := range []string{"prerequest", "test"} {
		for _, s := range n.OwnScripts(listen) {
			out.Scripts = append(out.Scripts, listedScript{Listen: listen, Line: s.FileLine(1), Lines: strings.Count(s.Source, "\n") + 1})
		}
	}
	for _, c := range n.Children() {
		if in == nil || in[c] {
			out.Items = append(out.Items, listed(c, in))
		}
	}
	return out
}

func (l *listing) print(w io.Writer) {
	fmt.Fprintln(w, oneLine(l.Name)+l.notes())
	l.printItems(w, "")
}

func (l *listing) printItems(w io.Writer, indent string) {
	for i, c := range l.Items {
		branch, below := "├─ ", "│  "
		if i == len(l.Items)-1 {
			branch, below = "└─ ", "   "
		}
		line := oneLine(c.Name)
		if c.Type == "request" {
			line = c.Method + " " + line + "  " + c.URL
		} else {
			line += "/"
		}
		fmt.Fprintln(w, indent+branch+oneLine(line)+c.notes())
		c.printItems(w, indent+below)
	}
}

// notes are the scripts and auth in brackets.
func (l *listing) notes() string {
	var parts []string
	if l.Auth != "" {
		parts = append(parts, l.Auth)
	}
	for _, s := range l.Scripts {
		parts = append(parts, s.Listen+" script, "+report.Counted(s.Lines, "line"))
	}
	if l.Examples > 0 {
		parts = append(parts, report.Counted(l.Examples, "example"))
	}
	if len(parts) == 0 {
		return ""
	}
	return "  [" + oneLine(strings.Join(parts, "; ")) + "]"
}

// oneLine makes text safe for a terminal and keeps it on its line.
func oneLine(s string) string {
	return report.Safe(strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(s))
}
