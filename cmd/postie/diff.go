package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/flags"
	"postie/cmd/internal/term"
	"postie/cmd/internal/values"
	"postie/runner/drift"
	"postie/runner/fserror"
	"postie/runner/report"
	"postie/runner/report/output"
)

// diffFlags say which differences between two runs count.
type diffFlags struct {
	ignore, learn, headers []string
	shape, json            bool
	snapshot, html         string
	update                 bool
	logs                   flags.Logs

	closers []io.Closer // how the two logs are read
}

func newDiff(s *term.Streams) *cobra.Command {
	f := &diffFlags{}
	cmd := &cobra.Command{
		Use:   "diff <log> <log>",
		Short: "Compare the answers of two runs, or of one with approved ones",
		Long: `Compare what two runs of the same requests were answered: two tenants, or one
tenant before and after a release. The logs are those of run --log.

Status, Content-Type and bodies count; JSON by its values, however it is
written. --learn takes further logs of the first tenant: what differs among
them, such as times and ids, is no drift. Exit 1 on drift.

With --snapshot, the answers of one log are compared with those approved, which
are kept as text files in a folder for version control; --update approves all
of them, and nothing when one of the requests got no answer.`,
		Example: `  postie run smoke.json -e a.json --log a.ndjson
  postie run smoke.json -e b.json --log b.ndjson
  postie diff a.ndjson b.ndjson --learn a-again.ndjson --ignore '$.items.*.updatedAt'
  postie diff a.ndjson b.ndjson --html drift.html
  postie diff a.ndjson --snapshot approved --update`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case f.update && f.snapshot == "":
				return exit.Usage("diff: --update goes with --snapshot")
			case f.snapshot != "" && len(args) != 1:
				return exit.Usage("diff --snapshot: want one run log")
			case f.snapshot != "":
				return nil
			}
			if len(args) != 2 {
				return &exit.Error{Code: exit.BadUsage, Text: "diff: want two run logs", Hint: "postie run collection.json --log a.ndjson keeps one"}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			defer f.close()
			if err := f.clash(args); err != nil {
				return err
			}
			if f.snapshot != "" {
				return f.compareSnapshot(s, args[0])
			}
			return f.run(s, args[0], args[1])
		},
	}
	fs := cmd.Flags()
	fs.Var((*values.List)(&f.ignore), "ignore", "what may differ: `path` such as $.items.*.updatedAt, $.**.id, header etag, status; repeatable")
	fs.Var((*values.List)(&f.learn), "learn", "`log` of the first tenant, to learn what always differs; repeatable")
	fs.Var((*values.List)(&f.headers), "header", "compare this header `name`, too; repeatable")
	fs.BoolVar(&f.shape, "shape", false, "compare names and types, not values")
	fs.BoolVar(&f.json, "json", false, "print the findings as JSON")
	fs.StringVar(&f.html, "html", "", "write the findings as a page to `path`, too")
	fs.StringVar(&f.snapshot, "snapshot", "", "compare one log with the approved answers in the `folder`")
	f.logs.Register(fs)
	fs.BoolVar(&f.update, "update", false, "approve the answers of the log: write them to the folder")
	return cmd
}

// run compares two logs. They are read while they are compared; close ends the
// reading.
func (f *diffFlags) run(s *term.Streams, a, b string) error {
	first, err := f.answers(a)
	if err != nil {
		return err
	}
	second, err := f.answers(b)
	if err != nil {
		return err
	}
	rules := drift.Rules{Ignore: f.ignore, Headers: f.headers, ShapeOnly: f.shape}
	for _, name := range f.learn {
		again, err := f.answers(name)
		if err != nil {
			return err
		}
		learned, err := drift.Learn(first, again, rules)
		if err != nil {
			return flags.LogError(err)
		}
		rules.Ignore = append(rules.Ignore, learned...)
	}
	found, err := drift.Compare(first, second, rules)
	if err != nil {
		return flags.LogError(err)
	}
	return f.conclude(s, drift.Page{A: a, B: b, Compared: first.Len(), Findings: found})
}

// answers opens a log and returns the answers in it.
func (f *diffFlags) answers(name string) (*drift.Log, error) {
	log, c, err := f.logs.Open(name)
	if err != nil {
		return nil, err
	}
	f.closers = append(f.closers, c)
	list, err := drift.ReadLog(log)
	if err != nil {
		return nil, flags.LogError(err)
	}
	return list, nil
}

// clash returns an error when a page would overwrite one of the logs.
func (f *diffFlags) clash(logs []string) error {
	var reads []output.Target
	for _, name := range slices.Concat(logs, f.learn) {
		reads = append(reads, output.Target{Name: "run log", Path: name})
	}
	if err := output.Check([]output.Target{{Name: "page", Path: f.html}}, reads); err != nil {
		return exit.Usage("diff: %v", err)
	}
	return nil
}

func (f *diffFlags) close() {
	for _, c := range f.closers {
		c.Close()
	}
}

// printFindings prints the findings by item, safe for a terminal.
func printFindings(s *term.Streams, found []drift.Finding) {
	var b strings.Builder
	drift.Print(&b, found)
	fmt.Fprint(s.Out, report.Safe(b.String()))
}

// conclude prints how many differences were found. It fails when there was
// nothing to compare.
func (f *diffFlags) conclude(s *term.Streams, p drift.Page) error {
	if err := f.writePage(p); err != nil {
		return exit.NotWritten("--html %s: %s", f.html, fserror.Cause(err))
	}
	if f.json {
		if err := writeJSON(s.Out, append([]drift.Finding{}, p.Findings...)); err != nil {
			return err
		}
	} else if p.Compared+len(p.Findings) > 0 {
		printFindings(s, p.Findings)
	}
	switch {
	case p.Compared+len(p.Findings) == 0:
		return &exit.Error{Code: exit.Failed, Text: "nothing was compared: there is no answer on either side"}
	case len(p.Findings) > 0:
		return &exit.Error{Code: exit.Failed}
	}
	return nil
}

func (f *diffFlags) writePage(p drift.Page) error {
	if f.html == "" {
		return nil
	}
	return output.Write(f.html, func(w io.Writer) error { return drift.HTML(w, p) })
}
