// Package manual writes manual pages.
package manual

import (
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"postie/collections/regex"
)

// angles matches <word>. Manual pages have the word alone, because their source
// would take the brackets for markup and leave the word out.
var angles = regex.Lazy(`<([^<>\s]+)>`)

// Write writes a page for each command to a folder. It removes the brackets
// from the usage of the commands.
func Write(root *cobra.Command, dir string) error {
	root.DisableAutoGenTag = true
	var plain func(*cobra.Command)
	plain = func(c *cobra.Command) {
		c.Use = angles().ReplaceAllString(c.Use, "$1")
		for _, sub := range c.Commands() {
			plain(sub)
		}
	}
	plain(root)
	return doc.GenManTree(root, &doc.GenManHeader{Title: "POSTIE", Section: "1", Source: "postie", Manual: "postie"}, dir)
}
