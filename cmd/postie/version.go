package main

import (
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/spf13/cobra"

	"postie/cmd/internal/term"
)

// version is the module's, as the build recorded it.
var version = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "dev"
	}
	return info.Main.Version
})

func newVersion(s *term.Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(s.Out, "postie", version())
			return err
		},
	}
}
