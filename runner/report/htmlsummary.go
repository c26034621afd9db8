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
	var rows, failures strings.Builder
	type total struct{ n, failed int }
	var order []string
	sums := map[string]*total{}
	shown, hidden := 0, 0
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
		for f := range x.failures() {
			if shown == maxStaticFailures {
				hidden++
				continue
			}
			shown++
			fmt.Fprintf(&failures, "<li><b>%s%s</b>: %s</li>\n", html.EscapeString(staticRun(x)), html.EscapeString(SafeLine(fullName(x.Item))),
				html.EscapeString(SafeLine(strings.TrimSpace(f.Test+" "+f.Message))))
		}
	}
	for _, key := range order {
		fmt.Fprintf(&rows, "<tr><th scope=row>%s</th><td>%d</td><td>%d</td></tr>\n", html.EscapeString(SafeLine(key)), sums[key].n, sums[key].failed)
	}
	out := "<table><thead><tr><th>Folder</th><th>Requests</th><th>Failed</th></tr></thead><tbody>\n" + rows.String() + "</tbody></table>\n"
	if failures.Len() > 0 {
		out += "<h2>What failed</h2><ul>\n" + failures.String() + "</ul>\n"
	}
	if hidden > 0 {
		out += fmt.Sprintf("<p>and %s</p>\n", Counted(hidden, "more failure"))
	}
	return out, nil
}

// staticRun names the run of an execution, when it has a name.
func staticRun(x *Execution) string {
	if x.Run == nil || x.Run.Label == "" {
		return ""
	}
	return x.Run.Label + " / "
}
