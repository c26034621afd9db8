// Package topics has help texts about subjects, and the command that prints
// them.
package topics

import (
	"embed"
	"path"
	"strings"

	"postie/cmd/internal/suggest"

	"github.com/spf13/cobra"
)

//go:embed text/*.md
var texts embed.FS

// Commands returns commands that only print a text, such as postie help
// reporters. The first line of a text is its title.
func Commands() []*cobra.Command {
	var out []*cobra.Command
	files, err := texts.ReadDir("text")
	if err != nil {
		return nil // the file is embedded
	}
	for _, f := range files {
		src, err := texts.ReadFile(path.Join("text", f.Name()))
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

// Help is cobra's help, except that an unknown topic is wrong usage.
func Help(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [command|topic]",
		Short: "Explain a command or a topic",
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return suggest.Names(root), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			c, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return suggest.Topic(c, args, rest)
			}
			c.InitDefaultHelpFlag()
			return c.Help()
		},
	}
}
