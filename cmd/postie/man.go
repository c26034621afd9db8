package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/manual"
	"postie/cmd/internal/term"
	"postie/runner/fserror"
)

func newMan(s *term.Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "man <folder>",
		Short: "Write the manual pages",
		Long:  "Write a manual page for each command to man1 below a folder, which man -M then\nreads: postie man ./man && man -M ./man postie-run",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &exit.Error{Code: exit.BadUsage, Text: "man: want the folder to write to", Hint: "postie man ./man"}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			dir := args[0]
			if filepath.Base(dir) != "man1" {
				dir = filepath.Join(dir, "man1")
			}
			if err := os.MkdirAll(dir, 0o777); err != nil {
				return exit.NotWritten("man: %s: %s", dir, fserror.Cause(err))
			}
			if err := manual.Write(c.Root(), dir); err != nil {
				return exit.NotWritten("man: %v", err)
			}
			fmt.Fprintf(s.Out, "manual pages written to %s; man -M %s postie-run reads one\n", dir, filepath.Dir(dir))
			return nil
		},
	}
}
