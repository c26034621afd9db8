package main

import (
	"embed"
	"path"
	"strings"

	"github.com/spf13/cobra"
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
