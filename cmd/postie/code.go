package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/flags"
	"postie/cmd/internal/loader"
	"postie/cmd/internal/term"
	"postie/collections/codegen"
	"postie/collections/vars"
	"postie/runner/report"
)

type codeFlags struct {
	flags.Variables
	lang, output string
	noMask       bool
}

func newCode(s *term.Streams) *cobra.Command {
	f := &codeFlags{}
	cmd := &cobra.Command{
		Use:   "code <collection|folder|-|URL> <request>",
		Short: "Write a request as a program in another language",
		Long: `Write a request, named by name, id or path, as a program that sends it: what run
sends, without comments in JSON, with the types of parts and files, and redirects
followed as run follows them. What a language cannot do, the program says in a
comment, and code on stderr.

Variables that are defined are filled in; the others, and secrets, are taken from
the program's environment, as are those that are empty or a <placeholder>. The
program fails when the status is 400 or above. k6 scripts leave tests out.

Languages: ` + strings.Join(codegen.Targets(), ", ") + ".",
		Example: `  postie code collection.json "Orders/Create" --lang python -e environment.json
  postie code collection.json "Step 6: Refresh Users' Session" --lang curl | sh
  postie code collection.json Login --lang k6 -o login.js && k6 run login.js`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return &exit.Error{Code: exit.BadUsage, Text: "code: want a collection and the name of a request",
					Hint: `postie code collection.json "Orders/Create" --lang curl; postie list collection.json prints the names`}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			f.noMask, _ = c.Flags().GetBool("no-mask")
			return code(c.Context(), s, f, args[0], args[1])
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.lang, "lang", "l", "curl", "language")
	flags.StringVarP(&f.output, "output", "o", "", "write to this file")
	f.Register(flags)
	return cmd
}

func code(ctx context.Context, s *term.Streams, f *codeFlags, source, name string) error {
	l := loader.New(s)
	col, err := l.Collection(ctx, source)
	if err != nil {
		return err
	}
	nodes, err := col.Select(name)
	if err != nil {
		return exit.CannotRun("%v", err)
	}
	if len(nodes) != 1 {
		return exit.CannotRun("%q is a folder with %s: name one", name, report.Counted(len(nodes), "request"))
	}
	stack := vars.Stack{Collection: vars.NewScope("collection", col.Variables()...), Dynamic: vars.NewDynamic(nil, nil)}
	if stack.Environment, stack.Globals, err = f.Load(ctx, l); err != nil {
		return err
	}
	snippet, err := codegen.Generate(f.lang, nodes[0], codegen.Known(&stack, f.noMask))
	if err != nil {
		return exit.Usage("%v", err)
	}
	for _, n := range snippet.Notes {
		l.Warn(n)
	}
	return l.Output(f.output, []byte(snippet.Code))
}
