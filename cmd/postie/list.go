package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/loader"
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
			l := loader.New(s)
			col, err := l.Collection(c.Context(), args[0])
			if err != nil {
				return err
			}
			root, err := col.Outline(folders...)
			if err != nil {
				return exit.CannotRun("%v", err)
			}
			if asJSON {
				return writeJSON(s.Out, root)
			}
			fmt.Fprintln(s.Out, oneLine(root.Name)+listNotes(root))
			listItems(s.Out, root, "")
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
			return &exit.Error{Code: exit.BadUsage, Text: command + ": no collection given", Hint: "postie " + command + " collection.json"}
		case len(args) > 1:
			return exit.Usage("%s: one collection at a time; what is %q?", command, args[1])
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
		return exit.CannotRun("%v", err)
	}
	return nil
}

// listItems prints what is in a collection or folder, as a tree.
func listItems(w io.Writer, o *collections.Outline, indent string) {
	for i, c := range o.Items {
		branch, below := "├─ ", "│  "
		if i == len(o.Items)-1 {
			branch, below = "└─ ", "   "
		}
		line := oneLine(c.Name)
		if c.Type == "request" {
			line = c.Method + " " + line + "  " + c.URL
		} else {
			line += "/"
		}
		fmt.Fprintln(w, indent+branch+oneLine(line)+listNotes(c))
		listItems(w, c, indent+below)
	}
}

// listNotes are the scripts and auth in brackets.
func listNotes(o *collections.Outline) string {
	var parts []string
	if o.Auth != "" {
		parts = append(parts, o.Auth)
	}
	for _, s := range o.Scripts {
		parts = append(parts, s.Listen+" script, "+report.Counted(s.Lines, "line"))
	}
	if o.Examples > 0 {
		parts = append(parts, report.Counted(o.Examples, "example"))
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
