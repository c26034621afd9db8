package main

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postie/cmd/internal/exit"
	"postie/collections/vars"
)

//go:embed help/*.md
var helpTexts embed.FS

// helpTopics are commands that only explain: postie help reporters. A text's
// first line is its title.
func helpTopics() []*cobra.Command {
	var out []*cobra.Command
	files, err := helpTexts.ReadDir("help")
	if err != nil {
		return nil // it is embedded
	}
	for _, f := range files {
		src, err := helpTexts.ReadFile(path.Join("help", f.Name()))
		if err != nil {
			continue
		}
		title, text, _ := strings.Cut(string(src), "\n")
		topic := &cobra.Command{Use: strings.TrimSuffix(f.Name(), ".md"), Short: title, Long: title + "\n" + text}
		topic.SetHelpTemplate("{{.Long}}")
		out = append(out, topic)
	}
	return out
}

// helpCommand is cobra's, but for a topic that is not there: that is wrong usage.
func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [command|topic]",
		Short: "Explain a command or a topic",
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return names(root), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			c, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return unknownTopic(c, args, rest)
			}
			c.InitDefaultHelpFlag()
			return c.Help()
		},
	}
}

// unknownTopic is the error of help about what is not there, below a command
// that may be.
func unknownTopic(c *cobra.Command, args, rest []string) error {
	if len(rest) == 0 {
		rest = args
	}
	e := &exit.Error{Code: exit.BadUsage, Text: fmt.Sprintf("there is no help about %q", strings.Join(args, " ")), Hint: "postie help lists commands and topics"}
	if near := vars.Closest(rest[0], slices.Values(names(c))); near != "" {
		e.Hint = "did you mean " + strings.Replace(c.CommandPath(), "postie", "postie help", 1) + " " + near + "?"
	}
	return e
}

// names are those of the commands and topics below a command.
func names(c *cobra.Command) []string {
	var out []string
	for _, sub := range c.Commands() {
		if !sub.Hidden {
			out = append(out, sub.Name())
		}
	}
	return out
}
