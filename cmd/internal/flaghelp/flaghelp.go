// Package flaghelp prints the flags of a command in groups, wrapped at the width
// of the terminal.
package flaghelp

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A Group is a list of flags that belong together, in the order in which help
// prints them.
type Group struct {
	Title string
	With  string // the group is printed only for commands that have this flag; "" for all commands
	Flags []string
}

// widthWithoutTerminal is the width of help in columns when there is no
// terminal.
const widthWithoutTerminal = 80

// up to this many flags are printed as one list, more in groups
const few = 12

// Use makes root and its commands print their flags in groups. Flags without a
// group come last, under "Other". width is that of the terminal, or 0 when
// there is none.
func Use(root *cobra.Command, width int, groups []Group) {
	if width <= 0 {
		width = widthWithoutTerminal
	}
	descriptions(root, width)
	root.SetUsageFunc(func(c *cobra.Command) error {
		_, err := fmt.Fprintln(c.OutOrStderr(), usage(c, width, groups))
		return err
	})
}

// widestText is the widest line of prose that is easy to read, in columns.
const widestText = 80

// descriptions wraps the texts of commands. The texts of help topics are
// formatted by hand.
func descriptions(c *cobra.Command, width int) {
	if c.Runnable() && c.Long != "" {
		c.Long = Fill(c.Long, min(width, widestText))
	}
	for _, sub := range c.Commands() {
		descriptions(sub, width)
	}
}

// usage is the part of help that cobra prints below a command's description.
func usage(c *cobra.Command, width int, groups []Group) string {
	parts := []string{"Usage:"}
	if c.Runnable() {
		parts[0] += "\n  " + c.UseLine()
	}
	if c.HasAvailableSubCommands() {
		parts[0] += "\n  " + c.CommandPath() + " [command]"
	}
	if c.HasExample() {
		parts = append(parts, "Examples:\n"+c.Example)
	}
	parts = append(parts, commands(c, "Available Commands:", func(sub *cobra.Command) bool { return sub.IsAvailableCommand() || sub.Name() == "help" }))
	parts = append(parts, Text(c.LocalFlags(), width, groups))
	parts = append(parts, section("Global Flags", c.InheritedFlags(), width))
	parts = append(parts, commands(c, "Additional help topics:", func(sub *cobra.Command) bool { return sub.IsAdditionalHelpTopicCommand() }))
	if c.HasAvailableSubCommands() {
		parts = append(parts, fmt.Sprintf("Use \"%s [command] --help\" for more information about a command.", c.CommandPath()))
	}
	return join(parts)
}

// commands lists those commands below c for which wanted is true, and returns
// "" when there are none. Topics are listed with the path of their command.
func commands(c *cobra.Command, title string, wanted func(*cobra.Command) bool) string {
	var lines []string
	for _, sub := range c.Commands() {
		if !wanted(sub) {
			continue
		}
		name, pad := sub.Name(), sub.NamePadding()
		if sub.IsAdditionalHelpTopicCommand() {
			name, pad = sub.CommandPath(), sub.CommandPathPadding()
		}
		lines = append(lines, fmt.Sprintf("  %-*s %s", pad, name, sub.Short))
	}
	if len(lines) == 0 {
		return ""
	}
	return title + "\n" + strings.Join(lines, "\n")
}

// Text returns the flags of a command as help prints them.
func Text(flags *pflag.FlagSet, width int, groups []Group) string {
	n := 0
	flags.VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			n++
		}
	})
	if n <= few {
		return section("Flags", flags, width)
	}
	seen := map[string]bool{}
	var parts []string
	for _, g := range groups {
		if g.With != "" && flags.Lookup(g.With) == nil {
			continue
		}
		fs := ordered()
		for _, name := range g.Flags {
			if f := flags.Lookup(name); f != nil && !f.Hidden && !seen[name] {
				seen[name] = true
				fs.AddFlag(f)
			}
		}
		parts = append(parts, section(g.Title, fs, width))
	}
	other := ordered()
	flags.VisitAll(func(f *pflag.Flag) {
		if !seen[f.Name] && !f.Hidden {
			other.AddFlag(f)
		}
	})
	parts = append(parts, section("Other", other, width))
	return join(parts)
}

func ordered() *pflag.FlagSet {
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	fs.SortFlags = false
	return fs
}

// section returns a title and its flags, or "" when there are no flags.
func section(title string, fs *pflag.FlagSet, width int) string {
	if !fs.HasFlags() {
		return ""
	}
	return title + ":\n" + strings.TrimRight(fs.FlagUsagesWrapped(width), " \n")
}

func join(parts []string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "\n\n")
}
