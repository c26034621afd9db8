// Package tree prints the contents of a collection as a tree.
package tree

import (
	"fmt"
	"io"
	"strings"

	"postie/collections"
	"postie/runner/report"
)

// Print prints a line for each folder and request of a collection: name, method
// and URL, scripts and auth.
func Print(w io.Writer, o *collections.Outline) {
	fmt.Fprintln(w, oneLine(o.Name)+notes(o))
	printItems(w, o, "")
}

// printItems prints the contents of a collection or folder as a tree.
func printItems(w io.Writer, o *collections.Outline, indent string) {
	for i, c := range o.Items {
		branch, below := "├─ ", "│  "
		if i == len(o.Items)-1 {
			branch, below = "└─ ", "   "
		}
		line := oneLine(c.Name)
		if c.Type == "request" {
			line = c.Method + " " + line + "  " + c.URL
		} else {
			line += "/"
		}
		fmt.Fprintln(w, indent+branch+oneLine(line)+notes(c))
		printItems(w, c, indent+below)
	}
}

// notes returns the scripts and the auth in brackets.
func notes(o *collections.Outline) string {
	var parts []string
	if o.Auth != "" {
		parts = append(parts, o.Auth)
	}
	for _, s := range o.Scripts {
		parts = append(parts, s.Listen+" script, "+report.Counted(s.Lines, "line"))
	}
	if o.Examples > 0 {
		parts = append(parts, report.Counted(o.Examples, "example"))
	}
	if len(parts) == 0 {
		return ""
	}
	return "  [" + oneLine(strings.Join(parts, "; ")) + "]"
}

// oneLine makes text safe for a terminal and keeps it on one line.
func oneLine(s string) string {
	return report.Safe(strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(s))
}
