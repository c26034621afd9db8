package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"postie/cmd/internal/term"
)

func newMan(s *term.Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "man <folder>",
		Short: "Write the manual pages",
		Long:  "Write a manual page for each command to a folder: man -M reads them from its man1.",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o777); err != nil {
				return cannotRun("man: %s: %s", args[0], plainCause(err))
			}
			root := c.Root()
			root.DisableAutoGenTag = true
			if err := doc.GenManTree(root, &doc.GenManHeader{Title: "POSTIE", Section: "1", Source: "postie", Manual: "postie"}, args[0]); err != nil {
				return cannotRun("man: %v", err)
			}
			fmt.Fprintln(s.Out, "manual pages written to "+args[0])
			return nil
		},
	}
}
