package main

import (
	"os"

	"github.com/spf13/cobra"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/flags"
	"postie/cmd/internal/job"
	"postie/cmd/internal/term"
	"postie/runner/documents"
)

const runExamples = `  postie run collection.json -e environment.json
  postie run collection.json -d users.csv --folder "Sessions" --bail
  postie run collection.json -r cli,junit --reporter-junit-export report.xml
  postie run collection.json -e tenant.json --mock forgerock
  postie run smoke.json -e 'tenants/*.json' -j 8 --rate 10/s
  postie run smoke.json -e 'tenants/*.json' --cluster local:4
  postie run "postman/collections/My API" -e postman/dev.environment.yaml
  curl -s https://example.com/collection.json | postie run - -e env.json`

func newRun(s *term.Streams, reporter flags.Reporters) *cobra.Command {
	cmd, _ := runCommand(s, reporter)
	return cmd
}

// runCommand is the command and its flags.
func runCommand(s *term.Streams, reporter flags.Reporters) (*cobra.Command, *job.Flags) {
	f := &job.Flags{Reporter: reporter}
	cmd := &cobra.Command{
		Use:     "run <collection|folder|-|URL> [more…]",
		Short:   "Run a collection",
		Long:    "Run a Postman collection from a file, the folder of a v3 collection, a URL or\nstandard input (-).\n\nSeveral collections or environments (files, globs, folders) make a run for each\npair; -j runs them side by side. Whatever their number, reports are the same.",
		Example: runExamples,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) == 0 && f.Resumes():
			case len(args) == 0:
				return &exit.Error{Code: exit.BadUsage, Text: "run: no collection given", Hint: "postie run collection.json -e environment.json"}
			case len(args) > 1 && looksLikeNoCollection(args[1]):
				return exit.Usage("run: what is %q? It is no file, URL or pattern", args[1])
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			carryOn, err := f.Resumed(c.Context(), s, args)
			if err != nil {
				return err
			}
			if carryOn != nil {
				rest, reporter := flags.SplitReporters(flags.Normalize(carryOn))
				root := newRoot(s, reporter)
				root.SetArgs(rest)
				return root.ExecuteContext(c.Context())
			}
			f.Begin(c, args)
			return job.Run(c.Context(), s, f, args)
		},
	}
	f.RegisterForRun(cmd.Flags())
	return cmd, f
}

// looksLikeNoCollection reports whether an argument is a stray word rather than
// the path of a collection.
func looksLikeNoCollection(arg string) bool {
	if documents.IsURL(arg) || documents.IsPattern(arg) {
		return false
	}
	_, err := os.Stat(arg)
	return err != nil
}
