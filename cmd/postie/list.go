package main

import (
	"encoding/json"
	"io"

	"github.com/spf13/cobra"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/loader"
	"postie/cmd/internal/term"
	"postie/cmd/internal/tree"
	"postie/cmd/internal/values"
	"postie/collections"
	"postie/collections/regex"
	"postie/runner/mask"
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
			if show, _ := c.Flags().GetBool("no-mask"); !show {
				hidePasswords(root)
			}
			if asJSON {
				return writeJSON(s.Out, root)
			}
			tree.Print(s.Out, root)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().Var((*values.List)(&folders), "folder", "only this folder or request, by name, id or path (repeatable)")
	return cmd
}

// userPassword matches a password in an address, unless it is a template.
var userPassword = regex.Lazy(`(://[^/?#@:]*:)[^/?#@{]+@`)

// hidePasswords hides the passwords that addresses have before their host.
func hidePasswords(o *collections.Outline) {
	o.URL = userPassword().ReplaceAllString(o.URL, "${1}"+mask.Masked+"@")
	for _, item := range o.Items {
		hidePasswords(item)
	}
}

// oneCollection is an error unless there is exactly one argument.
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

// writeJSON writes a value as indented JSON.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
