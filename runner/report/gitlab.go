package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"postie/runner/event"
)

// GitLab writes GitLab's code quality report: each failure with its line in
// the collection, as merge requests show them.
func GitLab(w io.Writer, log Log, _ Options) error {
	start, _, err := ends(log)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(w, 64<<10)
	var ids identities
	b.WriteString("[")
	sep := "\n"
	for x, err := range outlines(log) {
		if err != nil {
			return err
		}
		for _, c := range x.cases() {
			if c.failure == nil {
				continue
			}
			q := qualityOf(start.File, x, &c)
			q.Fingerprint = dashless(ids.id(derivedID(labelled(x.Run, x.Item.ID), c.name, fmt.Sprint(x.Cursor.Iteration), c.failure.At)))
			fmt.Fprintf(b, "%s%s", sep, encode(q))
			sep = ",\n"
		}
	}
	all, err := runsOf(log)
	if err != nil {
		return err
	}
	for i, r := range all.broken {
		fmt.Fprintf(b, "%s%s", sep, encode(qualityOfRun(start.File, i, r.err)))
		sep = ",\n"
	}
	b.WriteString("\n]\n")
	return b.Flush()
}

type quality struct {
	Description string `json:"description"`
	CheckName   string `json:"check_name"`
	Fingerprint string `json:"fingerprint"`
	Severity    string `json:"severity"`
	Location    struct {
		Path  string `json:"path"`
		Lines struct {
			Begin int `json:"begin"`
		} `json:"lines"`
	} `json:"location"`
}

func dashless(id string) string { return strings.ReplaceAll(id, "-", "") }

// qualityOfRun returns what failed a run as a whole. Its place is the first
// line of the collection.
func qualityOfRun(file string, number int, f *event.Failure) quality {
	q := quality{Description: runCase(f) + ": " + f.Message, CheckName: f.Kind, Severity: "critical"}
	q.Fingerprint = dashless(derivedID(file, f.Kind, fmt.Sprint(number)))
	q.Location.Path, q.Location.Lines.Begin = file, 1
	return q
}

func qualityOf(file string, x *Execution, c *testCase) quality {
	q := quality{Description: caseName(x, c) + ": " + c.failure.Message, CheckName: c.failure.Kind, Severity: "major"}
	if c.broken() {
		q.Severity = "critical"
	}
	q.Location.Path = cmp.Or(c.failure.File, x.Item.File, file)
	q.Location.Lines.Begin = max(c.failure.Line, x.Item.Line, 1)
	return q
}
