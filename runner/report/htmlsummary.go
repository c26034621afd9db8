package report

import (
	"fmt"
	"html"
	"strings"
)

// maxStaticFailures is how many failures a page shows to readers without
// scripts.
const maxStaticFailures = 200

// htmlSummary is what a page holds for readers who run no scripts, such as mail
// programs and build servers: each folder's totals and the failures, as plain
// markup.
func htmlSummary(log Log) (string, error) {
	var rows strings.Builder
	type total struct{ n, failed int }
	var order []string
	sums := map[string]*total{}
	failures := staticFailures{fold: newFold()}
	for x, err := range outlines(log) {
		if err != nil {
			return "", err
		}
		key := staticRun(x) + first(folder(x.Item), "–")
		if sums[key] == nil {
			sums[key] = &total{}
			order = append(order, key)
		}
		sums[key].n++
		if !x.Failed() {
			continue
		}
		sums[key].failed++
		failures.add(x)
	}
	for _, key := range order {
		fmt.Fprintf(&rows, "<tr><th scope=row>%s</th><td>%d</td><td>%d</td></tr>\n", html.EscapeString(SafeLine(key)), sums[key].n, sums[key].failed)
	}
	out := "<table><thead><tr><th>Folder</th><th>Requests</th><th>Failed</th></tr></thead><tbody>\n" + rows.String() + "</tbody></table>\n"
	return out + failures.markup(), nil
}

// A staticFailure is a failure with its consequences; requests begins with its
// own.
type staticFailure struct {
	run, text string
	consequences
}

// staticFailures are the failures that the page lists for readers without
// scripts.
type staticFailures struct {
	list   []staticFailure
	fold   fold // of list
	hidden int  // failures that the list has no room for
}

// add takes the failures of an execution.
func (s *staticFailures) add(x *Execution) {
	run := staticRun(x)
	s.fold.nextItem()
	for f := range x.failures() {
		if at := s.fold.origin(run, f); at >= 0 {
			s.list[at].add(f, fullName(x.Item))
			continue
		}
		if len(s.list) == maxStaticFailures {
			s.hidden++
			continue
		}
		line, _, _ := strings.Cut(strings.TrimSpace(causeOf(f)), "\n")
		s.list = append(s.list, staticFailure{run, strings.TrimPrefix(f.Test+": "+line, ": "), consequences{requests: []string{fullName(x.Item)}}})
		s.fold.listed(run, f, len(s.list)-1)
	}
}

// markup returns the list as HTML, or "" when nothing failed.
func (s *staticFailures) markup() string {
	if len(s.list) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("<h2>What failed</h2><ul>\n")
	for _, f := range s.list {
		tests := f.withoutResponse()
		if tests != "" {
			tests = "; " + tests
		}
		fmt.Fprintf(&b, "<li><b>%s%s</b>: %s%s</li>\n", html.EscapeString(f.run), html.EscapeString(nameSome(f.requests)), html.EscapeString(SafeLine(f.text)), tests)
	}
	b.WriteString("</ul>\n")
	if s.hidden > 0 {
		fmt.Fprintf(&b, "<p>and %s</p>\n", Counted(s.hidden, "more failure"))
	}
	return b.String()
}

// staticRun names the run of an execution, when it has a name.
func staticRun(x *Execution) string {
	if x.Run == nil || x.Run.Label == "" {
		return ""
	}
	return x.Run.Label + " / "
}
