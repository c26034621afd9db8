package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/job"
	"postie/cmd/internal/term"
	"postie/runner/script/packages"
)

func newPackages(s *term.Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "packages",
		Short: "List or fetch the libraries that scripts may require",
		Long: `The libraries of require() are npm packages at the versions of Postman's sandbox,
pinned with their hashes. Release builds hold them; others fetch them at first
use, from the registry that npm is configured for, into the user's cache. The
environment, the user's and the system's npmrc count, not that of the current
folder.`,
		Example: `  postie packages list
  postie packages install     # before going offline`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(
		&cobra.Command{Use: "list", Short: "List the libraries, their versions, and whether they are here", Args: noArgs,
			RunE: func(*cobra.Command, []string) error { return listPackages(s) }},
		&cobra.Command{Use: "install", Short: "Fetch what is not here, and verify it", Args: noArgs,
			RunE: func(c *cobra.Command, _ []string) error { return installPackages(c.Context(), s) }},
		&cobra.Command{Use: "verify", Short: "Check that every library is here", Args: noArgs,
			RunE: func(*cobra.Command, []string) error { return verifyPackages(s) }},
	)
	return cmd
}

func noArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return exit.Usage("%s: what is %q?", c.CommandPath(), args[0])
	}
	return nil
}

func listPackages(s *term.Streams) error {
	list, err := packages.NewStore(job.PackageOptions(s)).List()
	if err != nil {
		return exit.CannotRun("%v", err)
	}
	w := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	for _, l := range list {
		state := "not here"
		if l.Ready {
			state = "here"
		}
		fmt.Fprintf(w, "%s\t%s@%s\t%s\n", l.Name, l.Package, l.Version, state)
	}
	return w.Flush()
}

func installPackages(ctx context.Context, s *term.Streams) error {
	o := job.PackageOptions(s)
	r, err := packages.FindRegistry(s.Getenv)
	if err != nil {
		return exit.CannotRun("packages: %v", err)
	}
	if err := packages.Install(ctx, r, o.Cache, o.Compiler); err != nil {
		return exit.CannotRun("packages: %v", err)
	}
	fmt.Fprintf(s.Out, "script libraries are in %s\n", o.Cache)
	return nil
}

func verifyPackages(s *term.Streams) error {
	list, err := packages.NewStore(job.PackageOptions(s)).List()
	if err != nil {
		return exit.CannotRun("%v", err)
	}
	for _, l := range list {
		if !l.Ready {
			return &exit.Error{Code: exit.Failed, Text: fmt.Sprintf("packages: %s is not here", l.Name), Hint: "postie packages install"}
		}
	}
	fmt.Fprintf(s.Out, "%d libraries are here\n", len(list))
	return nil
}
