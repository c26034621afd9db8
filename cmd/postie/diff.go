package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"postie/cmd/internal/term"
	"postie/runner/drift"
	"postie/runner/event"
	"postie/runner/report"
	"postie/runner/runlog"
)

// diffFlags say what counts as drift.
type diffFlags struct {
	ignore, learn, headers []string
	shape, json            bool
	snapshot, html         string
	update                 bool
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
are kept as text files in a folder for version control; --update approves.`,
		Example: `  postie run smoke.json -e a.json --log a.ndjson
  postie run smoke.json -e b.json --log b.ndjson
  postie diff a.ndjson b.ndjson --learn a-again.ndjson --ignore '$.items.*.updatedAt'
  postie diff a.ndjson b.ndjson --html drift.html
  postie diff a.ndjson --snapshot approved --update`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case f.update && f.snapshot == "":
				return usageError("diff: --update goes with --snapshot")
			case f.snapshot != "" && len(args) != 1:
				return usageError("diff --snapshot: want one run log")
			case f.snapshot != "":
				return nil
			}
			if len(args) != 2 {
				return &exitError{code: exitUsage, text: "diff: want two run logs", hint: "postie run collection.json --log a.ndjson keeps one"}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if f.snapshot != "" {
				return f.compareSnapshot(s, args[0])
			}
			return f.run(s, args[0], args[1])
		},
	}
	fs := cmd.Flags()
	fs.StringArrayVar(&f.ignore, "ignore", nil, "what may differ: `path` such as $.items.*.updatedAt, $.**.id, header etag, status; repeatable")
	fs.StringArrayVar(&f.learn, "learn", nil, "`log` of the first tenant, to learn what always differs; repeatable")
	fs.StringArrayVar(&f.headers, "header", nil, "compare this header `name`, too; repeatable")
	fs.BoolVar(&f.shape, "shape", false, "compare names and types, not values")
	fs.BoolVar(&f.json, "json", false, "print the findings as JSON")
	fs.StringVar(&f.html, "html", "", "write the findings as a page to `path`, too")
	fs.StringVar(&f.snapshot, "snapshot", "", "compare one log with the approved answers in the `folder`")
	fs.BoolVar(&f.update, "update", false, "approve the answers of the log: write them to the folder")
	return cmd
}

func (f *diffFlags) run(s *term.Streams, a, b string) error {
	first, err := answers(a)
	if err != nil {
		return err
	}
	second, err := answers(b)
	if err != nil {
		return err
	}
	rules := drift.Rules{Ignore: f.ignore, Headers: f.headers, ShapeOnly: f.shape}
	for _, name := range f.learn {
		again, err := answers(name)
		if err != nil {
			return err
		}
		rules.Ignore = append(rules.Ignore, drift.Learn(first, again, rules)...)
	}
	found := drift.Compare(first, second, rules)
	if err := f.print(s, drift.Page{A: a, B: b, Compared: len(first), Findings: found}); err != nil {
		return err
	}
	if len(found) > 0 {
		return &exitError{code: exitFailed}
	}
	return nil
}

func (f *diffFlags) print(s *term.Streams, p drift.Page) error {
	if err := f.writePage(p); err != nil {
		return cannotRun("--html %s: %s", f.html, plainCause(err))
	}
	if !f.json {
		printFindings(s, p.Findings)
		return nil
	}
	if err := printJSON(s, p.Findings); err != nil {
		return cannotRun("%v", err)
	}
	return nil
}

func (f *diffFlags) writePage(p drift.Page) error {
	if f.html == "" {
		return nil
	}
	file, err := report.CreateFile(f.html)
	if err != nil {
		return err
	}
	if err := drift.HTML(file, p); err != nil {
		file.Abort()
		return err
	}
	return file.Close()
}

func printJSON(s *term.Streams, found []drift.Finding) error {
	if found == nil {
		found = []drift.Finding{}
	}
	enc := json.NewEncoder(s.Out)
	enc.SetIndent("", "  ")
	return enc.Encode(found)
}

// printFindings groups them by item.
func printFindings(s *term.Streams, found []drift.Finding) {
	item := ""
	for i, f := range found {
		if f.Item != item || i == 0 {
			item = f.Item
			fmt.Fprintln(s.Out, report.SafeLine(item))
		}
		line := "  " + string(f.Kind) + " " + f.Path
		switch f.Kind {
		case drift.Missing:
			line += ": " + f.A + " is gone"
		case drift.Added:
			line += ": " + f.B + " is new"
		default:
			line += ": " + f.A + " → " + f.B
		}
		fmt.Fprintln(s.Out, report.SafeLine(line))
	}
	switch len(found) {
	case 0:
		fmt.Fprintln(s.Out, "no drift")
	case 1:
		fmt.Fprintln(s.Out, "1 difference")
	default:
		fmt.Fprintf(s.Out, "%d differences\n", len(found))
	}
}

// answers reads those of a run's items from its log: of each the last attempt.
func answers(name string) ([]drift.Answer, error) {
	log, c, err := runlog.Open(name)
	if err != nil {
		return nil, cannotRun("run log %s: %s", name, plainCause(err))
	}
	defer c.Close()
	var out []drift.Answer
	place := map[string]int{} // by execution
	tries := map[string]int{} // by item
	started := false
	for e, err := range log.Events(runlog.RunStarted, runlog.RequestFinished) {
		if err != nil {
			return nil, cannotRun("run log %v", err)
		}
		if _, ok := e.(*event.RunStarted); ok {
			started = true
		}
		r, ok := e.(*event.RequestFinished)
		if !ok || r.Source != "item" && r.Source != "replay" {
			continue
		}
		i, again := place[r.Cursor.Ref]
		if !again {
			item := strings.Join(r.Item.Path[min(1, len(r.Item.Path)):], " / ")
			i, place[r.Cursor.Ref] = len(out), len(out)
			out = append(out, drift.Answer{Item: item, Try: tries[item]})
			tries[item]++
		}
		take(&out[i], r)
	}
	if !started {
		return nil, cannotRun("run log %s: no run in it: write one with postie run --log", name)
	}
	return out, nil
}

func take(a *drift.Answer, r *event.RequestFinished) {
	a.Code, a.Error, a.Header, a.Body = 0, "", map[string][]string{}, nil
	if r.Err != nil {
		a.Error = r.Err.Message
	}
	if r.Response == nil {
		return
	}
	a.Code, a.Body = r.Response.Code, r.Response.Body
	for _, h := range r.Response.Header {
		name := strings.ToLower(h.Name)
		a.Header[name] = append(a.Header[name], h.Value)
	}
}
