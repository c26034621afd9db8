package main

import (
	"github.com/spf13/cobra"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/flags"
	"postie/cmd/internal/term"
	"postie/cmd/internal/values"
)

// newCollection offers other commands under the names that the Postman CLI has
// for them, for people who come from there.
func newCollection(s *term.Streams, reporter flags.Reporters) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "collection",
		Short: "The Postman CLI's words: collection run, lint, migrate",
		Long: `Commands by their names in the Postman CLI:

  postie collection run FILE -i NAME   is  postie run FILE --folder NAME
  postie collection lint FOLDER        is  postie lint FOLDER
  postie collection migrate FILE       is  postie convert FILE --to v3`,
		Example: `  postie collection run "postman/collections/My API" -i Login -i Orders/Create
  postie collection migrate collection.json -o "postman/collections/My API"`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return exit.Usage("collection %q: want run, lint or migrate", args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	run, f := runCommand(s, reporter)
	run.Flags().VarP((*values.List)(&f.Folders), "item", "i", "run only this request or folder: a `name`, id or path; repeatable")
	run.Flags().String("integration-id", "", "accepted and ignored: reports stay here")
	run.Flags().String("alias", "", "accepted and ignored")
	cmd.AddCommand(run, newLint(s), newMigrate(s))
	return cmd
}

func newMigrate(s *term.Streams) *cobra.Command {
	f := &convertFlags{from: "collection", to: "v3", named: true}
	cmd := &cobra.Command{
		Use:     "migrate <file>",
		Short:   "Write a v2.1 collection as the folder of a v3 one",
		Example: `  postie collection migrate collection.json -o "postman/collections/My API"`,
		Args:    oneCollection("migrate"),
		RunE:    func(c *cobra.Command, args []string) error { return convertFile(c.Context(), s, f, args[0]) },
	}
	cmd.Flags().StringVarP(&f.output, "output", "o", "", "`folder` to write (default: the collection's name)")
	cmd.Flags().BoolVar(&f.force, "force", false, "write into a folder that is not empty")
	return cmd
}
