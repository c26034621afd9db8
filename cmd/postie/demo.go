package main

import (
	"github.com/spf13/cobra"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/flags"
	"postie/cmd/internal/job"
	"postie/cmd/internal/loader"
	"postie/cmd/internal/term"
	"postie/collections"
	"postie/collections/forgerock"
	"postie/runner"
)

func newDemo(s *term.Streams, reporter flags.Reporters) *cobra.Command {
	f, underLoad := &job.Flags{Reporter: reporter}, false
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run the bundled Session Management collection on a simulated tenant",
		Long: `Run the bundled ForgeRock Session Management collection (Step 1 to Step 8) against
a simulated tenant on loopback. The flags are those of run.`,
		Example: `  postie demo
  postie demo --folder "Step 6: Refresh Users' Session" --verbose`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return exit.Usage("demo takes no arguments; what is %q?", args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error {
			f.Begin(c, nil)
			if underLoad {
				return demoLoad(c.Context(), s)
			}
			return runDemo(c, s, f)
		},
	}
	cmd.Flags().BoolVar(&underLoad, "load", false, "put load on the simulated tenant for a few seconds instead")
	f.Register(cmd.Flags())
	return cmd
}

func runDemo(c *cobra.Command, s *term.Streams, f *job.Flags) error {
	if err := f.Check(); err != nil {
		return err
	}
	col, err := collections.Parse("session-management.postman_collection.json", forgerock.Collection())
	if err != nil {
		return exit.CannotRun("%v", err)
	}
	env, err := collections.ParseEnvironment("simulated.postman_environment.json", forgerock.Simulated())
	if err != nil {
		return exit.CannotRun("%v", err)
	}
	f.Mock = "forgerock"
	if n := len(f.Environments); n > 0 {
		f.Environment = f.Environments[n-1]
	}
	j := &job.Job{Streams: s, Flags: f, Loader: loader.New(s), Collection: col,
		Prepared: &runner.Options{Documents: runner.Documents{Collection: col, Environment: env}}}
	return f.Suppress(j.Run(c.Context()))
}
