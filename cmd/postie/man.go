package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/term"
	"postie/runner/fserror"
)

func newMan(s *term.Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "man <folder>",
		Short: "Write the manual pages",
		Long:  "Write a manual page for each command to man1 below a folder, which man -M then\nreads: postie man ./man && man -M ./man postie-run",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			dir := args[0]
			if filepath.Base(dir) != "man1" {
				dir = filepath.Join(dir, "man1")
			}
			if err := os.MkdirAll(dir, 0o777); err != nil {
				return exit.CannotRun("man: %s: %s", dir, fserror.Cause(err))
			}
			if err := writeManual(c.Root(), dir); err != nil {
				return exit.CannotRun("man: %v", err)
			}
			fmt.Fprintf(s.Out, "manual pages written to %s; man -M %s postie-run reads one\n", dir, filepath.Dir(dir))
			return nil
		},
	}
}

// angles are what manual pages write in place of <word>, which their source
// takes for markup and leaves out.
var angles = regexp.MustCompile(`<([^<>\s]+)>`)

// writeManual writes a page for each command.
func writeManual(root *cobra.Command, dir string) error {
	root.DisableAutoGenTag = true
	var plain func(*cobra.Command)
	plain = func(c *cobra.Command) {
		c.Use = angles.ReplaceAllString(c.Use, "$1")
		for _, sub := range c.Commands() {
			plain(sub)
		}
	}
	plain(root)
	return doc.GenManTree(root, &doc.GenManHeader{Title: "POSTIE", Section: "1", Source: "postie", Manual: "postie"}, dir)
}
