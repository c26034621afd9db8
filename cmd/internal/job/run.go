package job

import (
	"context"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/loader"
	"postie/cmd/internal/term"
	"postie/runner/matrix"
	"postie/runner/script/sandbox"
)

// Run runs collections with each environment, or the part of them that --shard
// selects. With --watch it runs them again whenever a document changes.
func Run(ctx context.Context, s *term.Streams, f *Flags, sources []string) error {
	if err := f.vault.Ask(s); err != nil {
		return err
	}
	var err error
	if f.part, err = matrix.ParseShard(f.shard, s.Getenv); err != nil {
		return exit.Usage("--shard %v", err)
	}
	f.partText = f.part.Part()
	if f.watchMode {
		return f.watch(ctx, s, sources)
	}
	return runAll(ctx, s, f, sources)
}

// runCollection loads the documents, runs the collection and returns the error
// that ends the program.
func runCollection(ctx context.Context, s *term.Streams, f *Flags, source string) error {
	if err := f.Check(); err != nil {
		return err
	}
	if err := f.oneReader(source); err != nil {
		return exit.Usage("%v", err)
	}
	prewarm := sandbox.NewPrewarm(max(1, int(f.Parallel)))
	defer prewarm.Close()
	l := f.Loader(s)
	l.Seen = prewarm.Watch(ctx)
	col, err := l.Collection(ctx, source)
	if err != nil {
		return f.Suppress(err)
	}
	job := &Job{Streams: s, Flags: f, Loader: l, Collection: col, engine: prewarm.Engine}
	return f.Suppress(job.Run(ctx))
}

// Loader reads the documents of a run.
func (f *Flags) Loader(s *term.Streams) *loader.Loader {
	l := loader.New(s)
	l.Authorize(f.apiKey, f.network.Insecure)
	return l
}

// Suppress turns a run that failed, or that could not be carried out, into
// success when the user asked for it. Wrong usage and an interrupted run stay
// errors.
func (f *Flags) Suppress(err error) error {
	if e, ok := err.(*exit.Error); ok && f.suppressExit && (e.Code == exit.Failed || e.Code == exit.NotRun) {
		return &exit.Error{Code: exit.OK, Text: e.Text, Hint: e.Hint}
	}
	return err
}

// OneEnvironment returns an error when there are several environments. It is
// for commands that run a recorded run again.
func (f *Flags) OneEnvironment(command string) error {
	if len(f.Environments) > 1 {
		return exit.Usage("%s: one environment at a time", command)
	}
	if len(f.Environments) == 1 {
		f.Environment = f.Environments[0]
	}
	return f.Check()
}
