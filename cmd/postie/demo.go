package main

import (
	"github.com/spf13/cobra"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/flags"
	"postie/cmd/internal/loader"
	"postie/cmd/internal/term"
	"postie/collections"
	"postie/collections/forgerock"
	"postie/runner"
)

func newDemo(s *term.Streams, reporter flags.Reporters) *cobra.Command {
	f, underLoad := &runFlags{reporter: reporter}, false
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
			f.masking.Off, _ = c.Flags().GetBool("no-mask")
			f.line = invoked(c, nil)
			if underLoad {
				return demoLoad(c.Context(), s)
			}
			return runDemo(c, s, f)
		},
	}
	cmd.Flags().BoolVar(&underLoad, "load", false, "put load on the simulated tenant for a few seconds instead")
	f.register(cmd.Flags())
	return cmd
}

func runDemo(c *cobra.Command, s *term.Streams, f *runFlags) error {
	if err := f.check(); err != nil {
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
	f.mock = "forgerock"
	if n := len(f.environments); n > 0 {
		f.environment = f.environments[n-1]
	}
	j := &job{streams: s, flags: f, loader: loader.New(s), collection: col,
		prepared: &runner.Options{Documents: runner.Documents{Collection: col, Environment: env}}}
	return f.suppress(j.run(c.Context()))
}
