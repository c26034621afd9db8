package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"postie/cmd/internal/term"
	"postie/cmd/internal/version"
)

func newVersion(s *term.Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(s.Out, "postie", version.Get())
			return err
		},
	}
}
