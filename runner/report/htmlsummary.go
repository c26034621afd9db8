package report

import (
	"fmt"
	"html"
	"strings"

	"postie/runner/event"
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
	failures := staticFailures{causes: map[string]int{}}
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

// A staticFailure is a failure with what follows from it: requests of the same
// run that fail for the same reason, and tests that had no response to look at.
type staticFailure struct {
	run, text string
	requests  []string
	tests     int
}

type staticFailures struct {
	list   []staticFailure
	causes map[string]int // by run and message, for requests without an answer
	hidden int
}

// add takes the failures of an execution.
func (s *staticFailures) add(x *Execution) {
	unanswered := -1
	for f := range x.failures() {
		if f.Kind == event.KindAssertion && unanswered >= 0 {
			s.list[unanswered].tests++
			continue
		}
		key := staticRun(x) + causeOf(f)
		if i, known := s.causes[key]; known && f.Kind == event.KindRequest {
			s.list[i].requests = append(s.list[i].requests, fullName(x.Item))
			unanswered = i
			continue
		}
		if len(s.list) == maxStaticFailures {
			s.hidden++
			continue
		}
		line, _, _ := strings.Cut(strings.TrimSpace(causeOf(f)), "\n")
		s.list = append(s.list, staticFailure{run: staticRun(x), text: strings.TrimPrefix(f.Test+": "+line, ": "), requests: []string{fullName(x.Item)}})
		if f.Kind == event.KindRequest {
			unanswered = len(s.list) - 1
			s.causes[key] = unanswered
		}
	}
}

func (s *staticFailures) markup() string {
	if len(s.list) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("<h2>What failed</h2><ul>\n")
	for _, f := range s.list {
		tests := ""
		if f.tests > 0 {
			tests = "; " + Counted(f.tests, "test") + " had no response to look at"
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
