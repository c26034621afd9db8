package job

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"slices"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/stop"
	"postie/cmd/internal/term"
	"postie/cmd/internal/watch"
	"postie/runner/documents"
	"postie/runner/report"
)

// watch runs again whenever a document of the run changes, until it is
// interrupted.
func (f *Flags) watch(ctx context.Context, s *term.Streams, sources []string) error {
	if slices.Contains(f.watched(sources), "-") {
		return exit.Usage("--watch: standard input cannot be watched")
	}
	ctx, end := signal.NotifyContext(ctx, stop.Signals()...)
	defer end()
	return watch.Loop(ctx, watch.Every, func() []string { return f.watched(sources) }, func() error {
		err := runAll(ctx, s, f, sources)
		if e := (*exit.Error)(nil); errors.As(err, &e) && e.Text != "" {
			fmt.Fprintln(s.Err, "postie: error: "+report.Safe(e.Text))
		}
		if ctx.Err() == nil {
			fmt.Fprintln(s.Err, "postie: watching for changes; Ctrl-C ends")
		}
		return err
	})
}

// watched are the files from which a run is read.
func (f *Flags) watched(sources []string) []string {
	list := slices.Concat(sources, f.Environments, f.sources.Files(), f.vault.Files)
	for _, name := range []string{f.Globals, f.Data, f.scripts.Packages} {
		if name != "" {
			list = append(list, name)
		}
	}
	return slices.DeleteFunc(list, documents.IsURL)
}
