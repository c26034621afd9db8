package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/flags"
	"postie/cmd/internal/loader"
	"postie/cmd/internal/term"
	"postie/collections"
	"postie/collections/lint"
	"postie/collections/vars"
	"postie/runner/documents"
	"postie/runner/report"
	"postie/runner/script/sandbox"
)

type lintFlags struct {
	flags.Variables
	data             string
	format, severity string
}

const lintLong = `Read a collection and report what would go wrong, without sending anything.

Rules: undefined-variable, unknown-dynamic, empty-url, script-syntax, and
v3-schema, what Postman refuses of a v3 collection's files (errors);
placeholder, secret-in-clear, duplicate-name, unreachable-request,
unknown-target (warnings); unused-variable (info). Without an environment (-e)
an undefined variable is a warning.`

func newLint(s *term.Streams) *cobra.Command {
	f := &lintFlags{}
	cmd := &cobra.Command{
		Use:   "lint <collection|folder|-|URL>",
		Short: "Find mistakes in a collection without running it",
		Long:  lintLong,
		Example: `  postie lint collection.json -e environment.json
  postie lint collection.json --severity warning --format github`,
		Args: oneCollection("lint"),
		RunE: func(c *cobra.Command, args []string) error { return runLint(c.Context(), s, f, args[0]) },
	}
	flags := cmd.Flags()
	f.Register(flags)
	flags.StringVarP(&f.data, "iteration-data", "d", "", "CSV or JSON data; its names are variables")
	flags.StringVar(&f.format, "format", "text", "text, json or github")
	flags.StringVar(&f.severity, "severity", "error", "exit 1 on findings of this severity or above: error, warning or info")
	return cmd
}

func runLint(ctx context.Context, s *term.Streams, f *lintFlags, source string) error {
	limit, err := lint.ParseSeverity(f.severity)
	if err != nil {
		return exit.Usage("--severity %v", err)
	}
	if !slices.Contains(lintFormats, f.format) {
		return exit.Usage("--format %q: want text, json or github", f.format)
	}
	found, err := v3Findings(source)
	if err != nil {
		return err
	}
	l := loader.New(s)
	col, err := l.Collection(ctx, source)
	switch {
	case err != nil && len(found) > 0: // the reason was printed already
		return f.print(s, found, limit)
	case err != nil:
		return err
	}
	more, err := f.check(ctx, l, col)
	if err != nil {
		return err
	}
	return f.print(s, append(found, more...), limit)
}

// check finds the mistakes of a collection that could be read.
func (f *lintFlags) check(ctx context.Context, l *loader.Loader, col *collections.Collection) ([]lint.Finding, error) {
	environment, globals, err := f.Load(ctx, l)
	if err != nil {
		return nil, err
	}
	data, err := firstRow(ctx, l, f.data)
	if err != nil {
		return nil, err
	}
	found, err := lint.Check(col, lint.Options{Environment: environment, Globals: globals, Data: data,
		EnvironmentFile: f.Environment, Compile: compile})
	if err != nil {
		return nil, exit.CannotRun("%v", err)
	}
	return found, nil
}

var lintFormats = []string{"text", "json", "github"}

func (f *lintFlags) print(s *term.Streams, found []lint.Finding, limit lint.Severity) error {
	if err := f.write(s.Out, found); err != nil {
		return err
	}
	if slices.ContainsFunc(found, func(f lint.Finding) bool { return f.Severity <= limit }) {
		return &exit.Error{Code: exit.Failed}
	}
	return nil
}

// write prints the findings, safe for a terminal and for the log of a build.
func (f *lintFlags) write(w io.Writer, found []lint.Finding) error {
	switch f.format {
	case "json":
		return lint.JSON(w, found)
	case "github":
		for i := range found {
			found[i].Text = report.Safe(found[i].Text)
		}
		return lint.GitHub(w, found)
	}
	var b strings.Builder
	_ = lint.Text(&b, found) // it writes to memory
	n := lint.Count(found)
	_, err := fmt.Fprintf(w, "%s%s, %s, %s\n", report.Safe(b.String()),
		report.Counted(n[lint.Error], "error"), report.Counted(n[lint.Warning], "warning"), report.Counted(n[lint.Info], "info"))
	return err
}

// v3Findings are the places where files of a v3 collection do not match its
// schema. Other sources have none.
func v3Findings(source string) ([]lint.Finding, error) {
	notes, err := documents.CheckV3(source)
	var out []lint.Finding
	for _, n := range notes {
		out = append(out, lint.Finding{File: n.File, Line: n.Line, Severity: lint.Error, Rule: lint.V3Schema, Text: n.Text})
	}
	return out, loader.Error(err)
}

// firstRow returns the first row of a data file, or nil when there is no file.
// All rows have the same names.
func firstRow(ctx context.Context, l *loader.Loader, source string) (*vars.Scope, error) {
	if source == "" {
		return nil, nil
	}
	data, closer, err := l.Data(ctx, source)
	if err != nil {
		return nil, err
	}
	defer closer.Close()
	for row, err := range data.Rows() {
		if err != nil {
			return nil, loader.Error(err)
		}
		return row, nil
	}
	return nil, nil
}

// compile returns the syntax error of a script.
func compile(source string) (*lint.SyntaxError, error) {
	err := sandbox.Check(source)
	var bad *sandbox.SyntaxError
	if errors.As(err, &bad) {
		return &lint.SyntaxError{Line: bad.Line, Col: bad.Col, Text: bad.Text}, nil
	}
	return nil, err
}
