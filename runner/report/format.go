package report

import (
	"io"
	"slices"

	"postie/runner/event"
	"postie/runner/runlog"
)

// A Format is a reporter with its name. One of Print, Render and Folder is set:
// the reporter prints while the run goes on, or the report is made from the
// run's log.
type Format struct {
	Name     string
	Ending   string // the ending of its file's name
	Terminal bool   // it needs the terminal for itself
	AllRuns  bool   // one report contains several runs
	Log      bool   // it is a run log, which contains the collection

	Print  func(io.Writer, CLIOptions) event.Reporter
	Render func(io.Writer, Log, Options) error
	Folder func(Log, Options, func(name string) (io.WriteCloser, error)) error // files by name
}

// Formats are all formats, in the order in which help lists them.
func Formats() []Format {
	return []Format{
		{Name: "cli", Ending: "cli.txt", Terminal: true, Print: func(w io.Writer, o CLIOptions) event.Reporter { return NewCLI(w, o) }},
		{Name: "dot", Ending: "dot.txt", Terminal: true, Print: plainly(NewDot)},
		{Name: "progress", Ending: "progress.txt", Terminal: true, Print: func(w io.Writer, o CLIOptions) event.Reporter { return NewProgress(w, o.Width) }},
		{Name: "emojitrain", Ending: "emojitrain.txt", Terminal: true, Print: plainly(NewEmojitrain)},
		{Name: "tap", Ending: "tap", Print: plainly(NewTAP)},
		{Name: "teamcity", Ending: "teamcity.txt", Print: plainly(NewTeamCity)},
		{Name: "github", Ending: "github.txt", Print: plainly(NewGitHub)},
		{Name: "ndjson", Ending: "ndjson", Log: true, Print: plainly(runlog.NewWriter)},
		{Name: "json", Ending: "json", Render: JSON},
		{Name: "junit", Ending: "xml", Render: JUnit, AllRuns: true},
		{Name: "html", Ending: "html", Render: HTML, AllRuns: true},
		{Name: "markdown", Ending: "md", Render: Markdown},
		{Name: "ctrf", Ending: "ctrf.json", Render: CTRF},
		{Name: "csv", Ending: "csv", Render: CSV},
		{Name: "har", Ending: "har", Render: HAR},
		{Name: "gitlab", Ending: "gitlab.json", Render: GitLab},
		{Name: "allure", Ending: "allure.txt", Folder: Allure},
	}
}

// plainly returns a printer without options.
func plainly[R event.Reporter](open func(io.Writer) R) func(io.Writer, CLIOptions) event.Reporter {
	return func(w io.Writer, _ CLIOptions) event.Reporter { return open(w) }
}

// FormatOf returns the format with a name.
func FormatOf(name string) (Format, bool) {
	all := Formats()
	i := slices.IndexFunc(all, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, false
	}
	return all[i], true
}

// FormatNames returns the names of all formats.
func FormatNames() []string {
	var names []string
	for _, f := range Formats() {
		names = append(names, f.Name)
	}
	return names
}
