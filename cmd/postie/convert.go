package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/flags"
	"postie/cmd/internal/loader"
	"postie/cmd/internal/term"
	"postie/collections"
	"postie/collections/convert"
	"postie/runner/documents"
	"postie/runner/fserror"
	"postie/runner/report"
)

type convertFlags struct {
	from, to, output string
	force            bool
	named            bool // when no output is named, it gets the collection's name
}

// formats are the values of --from.
var formats = []string{"collection", "v3", "curl", "har", "openapi", "environment"}

func newConvert(s *term.Streams) *cobra.Command {
	f := &convertFlags{}
	cmd := &cobra.Command{
		Use:   "convert <file|folder|->",
		Short: "Convert collections and environments, curl commands, HAR and OpenAPI",
		Long: `Convert between Postman's formats, and from others to them. The input's format is
recognised by its content: a collection (v1, v2.0, v2.1), the folder of a v3
collection, a script of curl commands (of bash, the Windows command line or
PowerShell), an HTTP archive (HAR), an OpenAPI 3 or Swagger 2.0 description, an
environment. What the other side cannot hold is said on stderr.

curl commands become the requests that curl would send. Files whose text they
take are read from the working directory.

A v2.1 collection becomes a v3 folder (-o names it); everything else becomes
v2.1 JSON. --to changes that. Environments become JSON of YAML and YAML of JSON.`,
		Example: `  postie convert collection.json -o "postman/collections/My API"
  postie convert "postman/collections/My API" -o collection.json
  postie convert openapi.yaml -o collection.json
  pbpaste | postie convert - --from curl | postie run -`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &exit.Error{Code: exit.BadUsage, Text: "convert: want one file or folder", Hint: "postie convert openapi.yaml -o collection.json"}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return convertFile(c.Context(), s, f, args[0]) },
	}
	fs := cmd.Flags()
	fs.StringVarP(&f.output, "output", "o", "", "file to write, or folder of a v3 collection; standard output without it")
	fs.StringVar(&f.from, "from", "", "format of the input: "+strings.Join(formats, ", "))
	fs.StringVar(&f.to, "to", "", "v2.1 or v3")
	fs.BoolVar(&f.force, "force", false, "write into a folder that is not empty")
	return cmd
}

func convertFile(ctx context.Context, s *term.Streams, f *convertFlags, source string) error {
	if f.from != "" && !slices.Contains(formats, f.from) {
		return exit.Usage("--from %q: want %s", f.from, strings.Join(formats, ", "))
	}
	if f.to != "" && f.to != "v2.1" && f.to != "v3" {
		return exit.Usage("--to %q: want v2.1 or v3", f.to)
	}
	l := loader.New(s)
	if documents.IsFolder(source) || f.from == "v3" {
		c, err := l.Directory(source)
		if err != nil {
			return loader.Error(err)
		}
		return f.write(l, c, "v2.1")
	}
	src, err := l.Read(ctx, source, "collection")
	if err != nil {
		return err
	}
	name := documents.Shown(source)
	from := cmp.Or(convert.Format(f.from), convert.Sniff(name, src))
	if from == convert.Environment {
		return f.environment(l, name, src)
	}
	to := "v2.1"
	if from == convert.Collection {
		to = "v3"
	}
	dir, done := here()
	defer done()
	c, notes, err := convert.Read(from, name, src, dir)
	if err != nil {
		return loader.Error(err)
	}
	l.WarnAll(notes)
	return f.write(l, c, to)
}

// here returns the working directory, from which curl commands take files as a
// run of them would. It is nil when there is none.
func here() (fs.FS, func()) {
	var f flags.Files
	dir, c, err := f.Open("")
	if err != nil || c == nil {
		return nil, func() {}
	}
	return dir, func() { c.Close() }
}

func (f *convertFlags) environment(l *loader.Loader, name string, src []byte) error {
	turn := convert.EnvironmentToV3
	if documents.IsYAML(name) {
		turn = convert.EnvironmentFromV3
	}
	out, notes, err := turn(name, src)
	if err == nil && documents.IsYAML(name) {
		out, err = convert.Indent(out)
	}
	if err != nil {
		return loader.Error(err)
	}
	l.WarnAll(notes)
	return l.Output(f.output, out)
}

// write writes a collection in the requested format, or in the default one.
func (f *convertFlags) write(l *loader.Loader, c *collections.Collection, usual string) error {
	if cmp.Or(f.to, usual) == "v2.1" {
		out, err := convert.ToV21(c)
		if err != nil {
			return exit.CannotRun("%v", err)
		}
		return l.Output(f.output, out)
	}
	if f.output == "" && f.named && c.Name() != "" {
		f.output = convert.FolderName(c.Name())
	}
	if f.output == "" {
		return &exit.Error{Code: exit.BadUsage, Text: "convert: a v3 collection is a folder: name it with -o",
			Hint: `postie convert collection.json -o "postman/collections/My API"; --to v2.1 prints JSON`}
	}
	files, notes, err := convert.ToV3(c, filepath.Base(f.output))
	if err != nil {
		return loader.Error(err)
	}
	l.WarnAll(notes)
	return f.folder(l, files)
}

// folder writes the files of a v3 collection.
func (f *convertFlags) folder(l *loader.Loader, files map[string][]byte) error {
	var at *fs.PathError
	switch err := documents.WriteFolder(f.output, files, f.force); {
	case errors.Is(err, documents.ErrNotEmpty):
		return &exit.Error{Code: exit.Failed, Text: fmt.Sprintf("%s: %v", f.output, err), Hint: "--force writes into it"}
	case errors.As(err, &at):
		return exit.NotWritten("%s: %s", at.Path, fserror.Cause(err))
	case err != nil:
		return exit.NotWritten("%s: %s", f.output, fserror.Cause(err))
	}
	fmt.Fprintln(l.Streams.Err, "wrote "+report.Counted(len(files), "file")+" to "+report.Safe(f.output))
	return nil
}
