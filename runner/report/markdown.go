package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"postie/runner/event"
)

// Markdown writes a summary for people: counts, what failed and why, and the
// requests in a table.
func Markdown(w io.Writer, log Log, o Options) error {
	start, end, err := ends(log)
	if err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	verdict := "passed"
	if end.Summary.Failed() {
		verdict = "failed"
	}
	fmt.Fprintf(b, "## %s: %s\n\n", markdown(start.Name), verdict)
	fmt.Fprintf(b, "| | executed | failed |\n|---|---:|---:|\n")
	s := &end.Summary.Stats
	for _, r := range []summaryRow{{"iterations", s.Iterations}, {"requests", s.Requests}, {"test scripts", s.TestScripts},
		{"pre-request scripts", s.PrerequestScripts}, {"assertions", s.Assertions}} {
		fmt.Fprintf(b, "| %s | %d | %d |\n", r.label, r.Total, r.Failed)
	}
	fmt.Fprintf(b, "\n%s in %s, %s received.\n", Counted(s.Requests.Total, "request"), took(end.Summary.Completed.Sub(end.Summary.Started)), size(end.Summary.Received))
	if end.Err != nil {
		what := "The run ended early"
		if end.Err.Kind == event.KindThreshold {
			what = "The run falls short"
		}
		fmt.Fprintf(b, "\n**%s:** %s\n", what, markdown(end.Err.Message))
	}
	if err := markdownFailures(b, log, start); err != nil {
		return err
	}
	if err := markdownRequests(b, log, o); err != nil {
		return err
	}
	return b.Flush()
}

func markdownFailures(b io.Writer, log Log, start *event.RunStarted) error {
	n := 0
	for x, err := range outlines(log) {
		if err != nil {
			return err
		}
		for _, c := range x.cases() {
			if c.failure == nil {
				continue
			}
			if n++; n == 1 {
				fmt.Fprintf(b, "\n### Failures\n")
			}
			fmt.Fprintf(b, "\n%d. **%s**\n\n%s\n", n, markdown(caseName(x, &c)), fenced(describe(start.File, x, c.failure), "   "))
		}
	}
	return nil
}

// fenced is a code block that its text cannot end.
func fenced(text, margin string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return margin + fence + "\n" + margin + indent(strings.TrimSpace(Safe(text)), margin) + "\n" + margin + fence
}

// maxRows keeps a summary within what build servers show.
const maxRows = 500

func markdownRequests(b io.Writer, log Log, o Options) error {
	fmt.Fprintf(b, "\n### Requests\n\n| | request | status | time | assertions |\n|---|---|---|---:|---:|\n")
	n := 0
	for x, err := range outlines(log) {
		if err != nil {
			return err
		}
		if o.OnlyFailures && !x.Failed() {
			continue
		}
		if n++; n > maxRows {
			continue
		}
		mark, status := "✓", ""
		if x.Failed() {
			mark = "✗"
		}
		switch r := x.Request(); {
		case r == nil:
			status = "not sent"
		case r.Response == nil:
			status = "no response"
		default:
			status = fmt.Sprintf("%d %s", r.Response.Code, r.Response.Status)
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %d |\n", mark, markdown(x.fullName()), markdown(status), took(x.Time()), len(x.Tests))
	}
	if n > maxRows {
		fmt.Fprintf(b, "\n%d more are not listed.\n", n-maxRows)
	}
	return nil
}

var markdownEscapes = strings.NewReplacer("://", ":&#47;/", `\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", ">", "&gt;",
	"|", `\|`, "#", `\#`, "!", `\!`, "@", "&#64;", "~", `\~`)

// markdown makes text say itself and nothing else.
func markdown(s string) string {
	return markdownEscapes.Replace(SafeLine(s))
}
