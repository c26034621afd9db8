package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/loader"
	"postie/cmd/internal/term"
	"postie/collections"
	"postie/collections/convert"
	"postie/runner/documents"
	"postie/runner/fserror"
	"postie/runner/report"
	"postie/runner/workdir"
)

type convertFlags struct {
	from, to, output string
	force            bool
	named            bool // the output's name is the collection's unless it is given
}

// formats are what --from takes.
var formats = []string{"collection", "v3", "curl", "har", "openapi", "environment"}

func newConvert(s *term.Streams) *cobra.Command {
	f := &convertFlags{}
	cmd := &cobra.Command{
		Use:   "convert <file|folder|->",
		Short: "Convert collections and environments, curl commands, HAR and OpenAPI",
		Long: `Convert between Postman's formats, and from others to them. The input's format is
told by its content: a collection (v1, v2.0, v2.1), the folder of a v3
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
	flags := cmd.Flags()
	flags.StringVarP(&f.output, "output", "o", "", "file to write, or folder of a v3 collection; standard output without it")
	flags.StringVar(&f.from, "from", "", "format of the input: "+strings.Join(formats, ", "))
	flags.StringVar(&f.to, "to", "", "v2.1 or v3")
	flags.BoolVar(&f.force, "force", false, "write into a folder that is not empty")
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
	c, err := foreign(l, from, name, src)
	if err != nil {
		return err
	}
	return f.write(l, c, to)
}

// foreign reads a document of a format as a collection.
func foreign(l *loader.Loader, format convert.Format, name string, src []byte) (*collections.Collection, error) {
	read := map[convert.Format]func(string, []byte) ([]byte, []convert.Note, error){
		convert.Curl: curl, convert.HAR: convert.FromHAR, convert.OpenAPI: convert.FromOpenAPI,
	}[format]
	if read != nil {
		var notes []convert.Note
		var err error
		if src, notes, err = read(name, src); err != nil {
			return nil, loader.Error(err)
		}
		l.Tell(notes)
	}
	c, err := collections.Parse(name, src)
	if err != nil {
		return nil, loader.Error(err)
	}
	return c, nil
}

// curl reads a script of curl commands. Files whose text it sends are read as a
// run would read them.
func curl(name string, src []byte) ([]byte, []convert.Note, error) {
	current, err := os.Getwd()
	if err != nil {
		return convert.FromCurl(name, src, nil)
	}
	home, _ := os.UserHomeDir() // none is known, none is kept back
	opts, ok := workdir.Default(current, home, "")
	if !ok {
		return convert.FromCurl(name, src, nil)
	}
	dir, err := workdir.Open(opts)
	if err != nil {
		return convert.FromCurl(name, src, nil)
	}
	defer dir.Close()
	return convert.FromCurl(name, src, dir)
}

func (f *convertFlags) environment(l *loader.Loader, name string, src []byte) error {
	turn := convert.EnvironmentToV3
	if documents.IsYAML(name) {
		turn = func(name string, src []byte) ([]byte, []convert.Note, error) {
			doc, notes, err := convert.EnvironmentFromV3(name, src)
			if err != nil {
				return nil, nil, err
			}
			var b bytes.Buffer
			err = json.Indent(&b, doc, "", "\t")
			b.WriteByte('\n')
			return b.Bytes(), notes, err
		}
	}
	out, notes, err := turn(name, src)
	if err != nil {
		return loader.Error(err)
	}
	l.Tell(notes)
	return l.Output(f.output, out)
}

// write writes a collection in the format asked for, else the usual one.
func (f *convertFlags) write(l *loader.Loader, c *collections.Collection, usual string) error {
	to := usual
	if f.to != "" {
		to = f.to
	}
	if to == "v2.1" {
		var b bytes.Buffer
		if err := json.Indent(&b, c.Strict(), "", "\t"); err != nil {
			return exit.CannotRun("%v", err)
		}
		b.WriteByte('\n')
		return l.Output(f.output, b.Bytes())
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
	l.Tell(notes)
	return f.folder(l, files)
}

// folder writes the files of a v3 collection.
func (f *convertFlags) folder(l *loader.Loader, files map[string][]byte) error {
	if old, err := os.ReadDir(f.output); err == nil && len(old) > 0 && !f.force {
		return &exit.Error{Code: exit.NotRun, Text: fmt.Sprintf("%s: the folder is not empty", f.output), Hint: "--force writes into it"}
	}
	if err := os.MkdirAll(f.output, 0o777); err != nil {
		return exit.CannotRun("%s: %s", f.output, fserror.Cause(err))
	}
	root, err := os.OpenRoot(f.output)
	if err != nil {
		return exit.CannotRun("%s: %s", f.output, fserror.Cause(err))
	}
	defer root.Close()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file := filepath.FromSlash(name)
		if err := cmp.Or(root.MkdirAll(filepath.Dir(file), 0o777), root.WriteFile(file, files[name], 0o666)); err != nil {
			return exit.CannotRun("%s: %s", filepath.Join(f.output, file), fserror.Cause(err))
		}
	}
	fmt.Fprintln(l.Streams.Err, "wrote "+report.Counted(len(files), "file")+" to "+report.Safe(f.output))
	return nil
}
