// Postie runs Postman collections from the command line.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"postie/cmd/internal/complete"
	"postie/cmd/internal/exit"
	"postie/cmd/internal/flaghelp"
	"postie/cmd/internal/flags"
	"postie/cmd/internal/job"
	"postie/cmd/internal/suggest"
	"postie/cmd/internal/term"
	"postie/cmd/internal/topics"
	"postie/cmd/internal/version"
	"postie/runner/report"
)

func main() { os.Exit(run(os.Args[1:], term.Std())) }

// run is the whole program but for the process around it.
func run(args []string, s *term.Streams) int {
	rest, reporter := flags.SplitReporters(flags.Normalize(args))
	root := newRoot(s, reporter)
	root.SetArgs(rest)
	err := suggest.NoCommand(root, args)
	if err == nil {
		err = root.ExecuteContext(job.Typed(context.Background(), args))
	}
	if err == nil {
		return exit.OK
	}
	var e *exit.Error
	if !errors.As(err, &e) {
		// What cobra itself finds is about usage.
		e = &exit.Error{Code: exit.BadUsage, Text: err.Error(), Hint: usageHint(args)}
	}
	if e.Text != "" {
		fmt.Fprintln(s.Err, "postie: error: "+report.Safe(e.Text))
	}
	if e.Hint != "" {
		fmt.Fprintln(s.Err, "postie: hint: "+report.Safe(e.Hint))
	}
	return e.Code
}

func usageHint(args []string) string {
	for _, a := range args {
		if !strings.HasPrefix(a, "-") {
			return "postie " + a + " --help lists the flags"
		}
	}
	return "postie --help lists the commands"
}

func newRoot(s *term.Streams, reporter flags.Reporters) *cobra.Command {
	root := &cobra.Command{
		Use:   "postie",
		Short: "Run Postman collections",
		Long: `postie runs Postman collections: it sends their requests, runs their pre-request
and test scripts, and says pass or fail. It takes newman's flags.

Exit codes: 0 all passed, 1 a test or request failed, 2 bad usage, 3 the run
could not happen, 130 interrupted.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return suggest.UnknownCommand(c, args)
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error { return cmp.Or(flags.Filled(c), reporter.Belong(c)) }
	root.SetFlagErrorFunc(suggest.Flag)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	root.SetIn(s.In)
	root.Version = version.Get()
	root.SetVersionTemplate("postie {{.Version}}\n")
	root.Flags().BoolP("version", "v", false, "print the version")
	root.PersistentFlags().Bool("no-mask", false, "show secrets in output and reports")
	root.AddCommand(newRun(s, reporter), newDemo(s, reporter), newMock(s), newReport(s, reporter), newVersion(s))
	root.AddCommand(newDiff(s), newReplay(s, reporter), newRerun(s, reporter), newList(s), newLint(s), newPackages(s))
	root.AddCommand(newLoad(s), newWorker(s), newHub(s), newCluster(s), newCode(s), newConvert(s), newCollection(s, reporter), newMan(s))
	root.AddCommand(topics.Commands()...)
	flaghelp.Use(root, s.Width, flags.Groups)
	complete.Use(root, s)
	root.SetHelpCommand(topics.Help(root))
	return root
}
