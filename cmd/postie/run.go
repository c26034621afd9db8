package main

import (
	"context"

	"github.com/spf13/cobra"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/flags"
	"postie/cmd/internal/loader"
	"postie/cmd/internal/term"
	"postie/runner/matrix"
	"postie/runner/script/sandbox"
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
func runCommand(s *term.Streams, reporter flags.Reporters) (*cobra.Command, *runFlags) {
	f := &runFlags{reporter: reporter}
	cmd := &cobra.Command{
		Use:     "run <collection|folder|-|URL> [more…]",
		Short:   "Run a collection",
		Long:    "Run a Postman collection from a file, the folder of a v3 collection, a URL or\nstandard input (-).\n\nSeveral collections or environments (files, globs, folders) make a run for each\npair; -j runs them side by side. Whatever their number, reports are the same.",
		Example: runExamples,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				return &exit.Error{Code: exit.BadUsage, Text: "run: no collection given", Hint: "postie run collection.json -e environment.json"}
			case len(args) > 1 && looksLikeNoCollection(args[1]):
				return exit.Usage("run: what is %q? It is no file, URL or pattern", args[1])
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			f.masking.Off, _ = c.Flags().GetBool("no-mask")
			f.line = invoked(c, args)
			if err := f.vault.Ask(s); err != nil {
				return err
			}
			var err error
			if f.part, err = matrix.ParseShard(f.shard, s.Getenv); err != nil {
				return exit.Usage("--shard %v", err)
			}
			if f.watchMode {
				return f.watch(c.Context(), s, args)
			}
			return runAll(c.Context(), s, f, args)
		},
	}
	f.register(cmd.Flags())
	f.cluster.register(cmd.Flags())
	cmd.Flags().StringVar(&f.shard, "shard", "", "run one part of several: `i/n`, or auto for what the CI system says; of the runs, the iterations, or the top-level folders")
	cmd.Flags().BoolVar(&f.watchMode, "watch", false, "run again when a file of the run changes")
	return cmd, f
}

// runCollection loads the documents, runs the collection and maps the result
// to an exit code.
func runCollection(ctx context.Context, s *term.Streams, f *runFlags, source string) error {
	if err := f.check(); err != nil {
		return err
	}
	if err := f.oneReader(source); err != nil {
		return exit.Usage("%v", err)
	}
	prewarm := sandbox.NewPrewarm(max(1, int(f.parallel)))
	defer prewarm.Close()
	l := runLoader(s, f)
	l.Seen = prewarm.Watch(ctx)
	col, err := l.Collection(ctx, source)
	if err != nil {
		return f.suppress(err)
	}
	job := &job{streams: s, flags: f, loader: l, collection: col, engine: prewarm.Engine}
	return f.suppress(job.run(ctx))
}

// runLoader reads the documents of a run.
func runLoader(s *term.Streams, f *runFlags) *loader.Loader {
	l := loader.New(s)
	l.Authorize(f.apiKey, f.network.Insecure)
	return l
}

// suppress turns a failed run into success when the user asked for it; wrong
// usage stays an error.
func (f *runFlags) suppress(err error) error {
	if e, ok := err.(*exit.Error); ok && f.suppressExit && e.Code != exit.BadUsage {
		return &exit.Error{Code: exit.OK, Text: e.Text, Hint: e.Hint}
	}
	return err
}
