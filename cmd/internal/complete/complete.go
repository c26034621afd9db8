// Package complete completes words of the command line in shells.
package complete

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/loader"
	"postie/cmd/internal/term"
	"postie/collections"
	"postie/collections/codegen"
	"postie/collections/vars"
	"postie/runner/load"
	"postie/runner/report"
)

// Use adds completions to commands: folders and requests of the named
// collection, reporters, languages, and files of the right type.
func Use(root *cobra.Command, s *term.Streams) {
	knownShells(root)
	for _, c := range root.Commands() {
		complete(c, "folder", func(c *cobra.Command, args []string, _ string) []string { return itemPaths(c, s, args) })
		for _, flag := range []string{"setup", "teardown"} {
			complete(c, flag, func(c *cobra.Command, args []string, _ string) []string { return itemPaths(c, s, args) })
		}
		complete(c, "reporters", func(_ *cobra.Command, _ []string, toComplete string) []string {
			return listed(report.FormatNames(), toComplete)
		})
		complete(c, "lang", func(*cobra.Command, []string, string) []string { return codegen.Targets() })
		complete(c, "mock", func(*cobra.Command, []string, string) []string { return []string{"forgerock", "examples"} })
		complete(c, "color", func(*cobra.Command, []string, string) []string { return []string{"auto", "on", "off"} })
		complete(c, "profile", func(*cobra.Command, []string, string) []string { return load.ProfileNames })
		complete(c, "data-order", func(*cobra.Command, []string, string) []string {
			return []string{string(load.Sequential), string(load.Random), string(load.Unique)}
		})
		for flag, endings := range map[string][]string{"environment": {"json", "yaml", "yml"}, "globals": {"json", "yaml", "yml"},
			"iteration-data": {"csv", "json"}, "cookie-jar": {"json"}, "baseline": {"json"}} {
			if c.Flags().Lookup(flag) != nil {
				_ = c.MarkFlagFilename(flag, endings...) // fails only when the flag does not exist
			}
		}
		if c.Name() == "code" {
			c.ValidArgsFunction = func(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
				if len(args) == 0 {
					return []string{"json", "yaml"}, cobra.ShellCompDirectiveFilterFileExt
				}
				return itemPaths(c, s, args), cobra.ShellCompDirectiveNoFileComp
			}
		}
	}
}

// knownShells makes an unknown shell a usage error; cobra would print the help
// and succeed.
func knownShells(root *cobra.Command) {
	root.InitDefaultCompletionCmd("completion")
	c, _, err := root.Find([]string{"completion"})
	if err != nil {
		return // it exists
	}
	c.Args = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		var shells []string
		for _, shell := range c.Commands() {
			shells = append(shells, shell.Name())
		}
		hint := "shells: " + strings.Join(shells, ", ")
		if near := vars.Closest(args[0], slices.Values(shells)); near != "" {
			hint = "did you mean " + near + "?"
		}
		return &exit.Error{Code: exit.BadUsage, Text: fmt.Sprintf("completion: unknown shell %q", args[0]), Hint: hint}
	}
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
}

func complete(c *cobra.Command, flag string, values func(c *cobra.Command, args []string, toComplete string) []string) {
	if c.Flags().Lookup(flag) == nil {
		return
	}
	_ = c.RegisterFlagCompletionFunc(flag, func(c *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) { // each name once
		return values(c, args, toComplete), cobra.ShellCompDirectiveNoFileComp
	})
}

// itemPaths returns the folders and requests of the collection that the command
// line names, or nothing when it cannot be read.
func itemPaths(c *cobra.Command, s *term.Streams, args []string) []string {
	if len(args) == 0 || strings.Contains(args[0], "://") || args[0] == "-" {
		return nil // completion fetches nothing and does not read from a terminal
	}
	col, err := loader.New(s).Collection(c.Context(), args[0])
	if err != nil {
		return nil
	}
	return pathsBelow(col.Root())
}

func pathsBelow(n *collections.Node) []string {
	var out []string
	for _, child := range n.Children() {
		out = append(out, strings.Join(child.Path()[1:], "/"))
		out = append(out, pathsBelow(child)...)
	}
	return out
}

// listed completes the last entry of a comma-separated list.
func listed(names []string, toComplete string) []string {
	before := ""
	if i := strings.LastIndexByte(toComplete, ','); i >= 0 {
		before = toComplete[:i+1]
	}
	have := strings.Split(before, ",")
	var out []string
	for _, n := range names {
		if !slices.Contains(have, n) {
			out = append(out, before+n)
		}
	}
	return out
}
