// Postie runs Postman collections from the command line.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
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
	"postie/runner/fserror"
	"postie/runner/report"
)

func main() {
	startLightly()
	os.Exit(run(os.Args[1:], term.Std()))
}

// startLightly saves about a tenth of the work of a small run. Go would begin
// its first garbage collection at 3 to 4 MB of heap; here it waits for 5 MB,
// and the usual rule holds afterwards. Memory is not profiled, because the
// profile is never read.
func startLightly() {
	runtime.MemProfileRate = 0
	if os.Getenv("GOGC") != "" {
		return
	}
	const first = 130
	usual := debug.SetGCPercent(first)
	runtime.AddCleanup(&struct{ garbage *int }{}, func(usual int) {
		if now := debug.SetGCPercent(usual); now != first { // a large document or many runs have set limits of their own
			debug.SetGCPercent(now)
		}
	}, usual)
}

// run is the whole program except for what belongs to the process.
func run(args []string, s *term.Streams) int {
	rest, reporter := flags.SplitReporters(flags.Normalize(args))
	own := *s
	out := &term.Output{Writer: s.Out}
	own.Out, s = out, &own
	root := newRootFor(args, s, reporter)
	root.SetArgs(rest)
	err := suggest.NoCommand(root, args)
	if err == nil {
		err = root.ExecuteContext(job.Typed(context.Background(), args))
	}
	if lost := out.Err(); lost != nil && (err == nil || errors.Is(err, lost)) {
		err = exit.NotWritten("standard output: %s", fserror.Cause(lost))
	}
	if err == nil {
		return exit.OK
	}
	var e *exit.Error
	if !errors.As(err, &e) {
		// errors that cobra itself finds are usage errors
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
	return newRootFor(nil, s, reporter)
}

// newRootFor returns the root with only the command that args call, because
// defining the flags of all commands takes as long as a small run. It has all
// commands when the first argument is not a command, and for man, which
// describes them all.
func newRootFor(args []string, s *term.Streams, reporter flags.Reporters) *cobra.Command {
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
	makers := commands(s, reporter)
	if len(args) > 0 && args[0] != "man" && makers[args[0]] != nil {
		root.AddCommand(makers[args[0]]())
	} else {
		for _, command := range makers {
			root.AddCommand(command())
		}
		root.AddCommand(topics.Commands()...)
	}
	flaghelp.Use(root, s.Width, flags.Groups)
	complete.Use(root, s)
	root.SetHelpCommand(topics.Help(root))
	return root
}

// commands has a constructor for each command, by its name.
func commands(s *term.Streams, reporter flags.Reporters) map[string]func() *cobra.Command {
	reporting := func(command func(*term.Streams, flags.Reporters) *cobra.Command) func() *cobra.Command {
		return func() *cobra.Command { return command(s, reporter) }
	}
	plain := func(command func(*term.Streams) *cobra.Command) func() *cobra.Command {
		return func() *cobra.Command { return command(s) }
	}
	return map[string]func() *cobra.Command{
		"run": reporting(newRun), "demo": reporting(newDemo), "report": reporting(newReport), "replay": reporting(newReplay),
		"rerun": reporting(newRerun), "collection": reporting(newCollection), "mock": plain(newMock), "version": plain(newVersion),
		"diff": plain(newDiff), "list": plain(newList), "lint": plain(newLint), "packages": plain(newPackages), "load": plain(newLoad),
		"worker": plain(newWorker), "hub": plain(newHub), "cluster": plain(newCluster), "code": plain(newCode),
		"convert": plain(newConvert), "man": plain(newMan),
	}
}
