package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// CSV writes a row for each execution. Cells that a spreadsheet would treat as
// a formula begin with an apostrophe.
func CSV(w io.Writer, log Log, o Options) error {
	start, _, err := ends(log)
	if err != nil {
		return err
	}
	out := csv.NewWriter(w)
	row := func(cells ...string) {
		for i := range cells {
			cells[i] = inert(xmlChars(cells[i]))
		}
		_ = out.Write(cells) // Error returns the error
	}
	row("environment", "iteration", "collection", "folder", "request", "method", "url", "code", "status", "time_ms", "size", "assertions",
		"failed", "skipped", "failures", "console", "data")
	for x, err := range outlines(log) {
		if err != nil {
			return err
		}
		if o.OnlyFailures && !x.Failed() {
			continue
		}
		row(csvRow(start.Name, x)...)
	}
	out.Flush()
	return out.Error()
}

func csvRow(collection string, x *Execution) []string {
	var method, url, code, status, ms, bytes string
	if r := x.Request(); r != nil {
		method, url = r.Request.Method, r.Request.Display
		if r.Response != nil {
			code, status = strconv.Itoa(r.Response.Code), r.Response.Status
			ms, bytes = strconv.FormatInt(r.Response.Time.Milliseconds(), 10), strconv.FormatInt(r.Response.BodySize, 10)
		}
	}
	failed, skipped := 0, 0
	var failures []string
	for _, c := range x.cases() {
		if c.skipped {
			skipped++
		}
		if c.failure != nil {
			failed++
			failures = append(failures, c.name+": "+c.failure.Message)
		}
	}
	var console []string
	for _, c := range x.Console {
		console = append(console, consoleText(c))
	}
	return []string{x.environment(), strconv.Itoa(x.Cursor.Iteration + 1), collection, folder(x.Item), x.Item.Name, method, url, code, status, ms, bytes,
		strconv.Itoa(len(x.Tests)), strconv.Itoa(failed), strconv.Itoa(skipped), strings.Join(failures, "\n"),
		strings.Join(console, "\n"), rowOf(x.Data)}
}

// inert prevents a spreadsheet from evaluating a cell.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}
