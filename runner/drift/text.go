package drift

import (
	"fmt"
	"io"
	"strings"
)

// Print writes findings for people, by item, each on one line. Keys and values of
// answers come from others, so a caller may have to escape them for a terminal.
func Print(w io.Writer, found []Finding) {
	item := ""
	for i, f := range found {
		if f.Item != item || i == 0 {
			item = f.Item
			fmt.Fprintln(w, onOneLine.Replace(item))
		}
		fmt.Fprintln(w, "  "+onOneLine.Replace(string(f.Kind)+" "+f.Path+": "+f.text()))
	}
	switch len(found) {
	case 0:
		fmt.Fprintln(w, "no drift")
	case 1:
		fmt.Fprintln(w, "1 difference")
	default:
		fmt.Fprintf(w, "%d differences\n", len(found))
	}
}

var onOneLine = strings.NewReplacer("\r\n", `\n`, "\n", `\n`, "\t", " ")

func (f *Finding) text() string {
	switch f.Kind {
	case Missing:
		return f.A + " is gone"
	case Added:
		return f.B + " is new"
	case Failed:
		return "no answer on either side: " + f.A
	}
	return f.A + " → " + f.B
}
