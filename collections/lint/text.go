package lint

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Place returns where a finding is, as file:line:column.
func (f Finding) Place() string {
	if f.Line == 0 {
		return f.File
	}
	return fmt.Sprintf("%s:%d:%d", f.File, f.Line, max(1, f.Col))
}

// Message returns the text of a finding with the item to which it belongs.
func (f Finding) Message() string {
	if f.Item == "" {
		return f.Text
	}
	return fmt.Sprintf("%q: %s", f.Item, f.Text)
}

// Text writes a line for each finding. Names of the collection are
// printed as they are: a terminal may need them escaped.
func Text(w io.Writer, list []Finding) error {
	for _, f := range list {
		line := fmt.Sprintf("%s: %s: %s [%s]", f.Place(), f.Severity, f.Message(), f.Rule)
		if _, err := fmt.Fprintln(w, oneLine.Replace(line)); err != nil {
			return err
		}
	}
	return nil
}

var oneLine = strings.NewReplacer("\n", " ", "\r", " ", "\t", " ")

// JSON writes the findings as an array.
func JSON(w io.Writer, list []Finding) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(append([]Finding{}, list...))
}

var (
	commandNames = map[Severity]string{Error: "error", Warning: "warning", Info: "notice"}
	commandData  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandValue = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// GitHub writes workflow commands of GitHub Actions, which show findings where
// they are in the code.
func GitHub(w io.Writer, list []Finding) error {
	for _, f := range list {
		_, err := fmt.Fprintf(w, "::%s file=%s,line=%d,col=%d,title=%s::%s\n", commandNames[f.Severity], commandValue.Replace(f.File), max(1, f.Line), max(1, f.Col),
			commandValue.Replace("postie "+string(f.Rule)), commandData.Replace(f.Message()))
		if err != nil {
			return err
		}
	}
	return nil
}

// Count returns the number of findings of each severity.
func Count(list []Finding) map[Severity]int {
	n := map[Severity]int{}
	for _, f := range list {
		n[f.Severity]++
	}
	return n
}
