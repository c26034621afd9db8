package main

import (
	"io"
	"slices"

	"postie/runner/event"
	"postie/runner/report"
	"postie/runner/runlog"
)

type (
	printer  func(io.Writer, report.CLIOptions) event.Reporter
	renderer func(io.Writer, report.Log, report.Options) error
)

// A reporterKind either prints while the run goes on or is rendered from the
// run log at the end; allure, which fills a folder, does so by neither.
type reporterKind struct {
	name     string
	ending   string // of its file
	dominant bool   // wants standard output for itself
	print    printer
	render   renderer
}

// reporterKinds are all there are, in the order in which help names them.
func reporterKinds() []reporterKind {
	return []reporterKind{
		{name: "cli", ending: "cli.txt", dominant: true, print: func(w io.Writer, o report.CLIOptions) event.Reporter { return report.NewCLI(w, o) }},
		{name: "dot", ending: "dot.txt", dominant: true, print: plainly(report.NewDot)},
		{name: "progress", ending: "progress.txt", dominant: true, print: func(w io.Writer, o report.CLIOptions) event.Reporter { return report.NewProgress(w, o.Width) }},
		{name: "emojitrain", ending: "emojitrain.txt", dominant: true, print: plainly(report.NewEmojitrain)},
		{name: "tap", ending: "tap", print: plainly(report.NewTAP)},
		{name: "teamcity", ending: "teamcity.txt", print: plainly(report.NewTeamCity)},
		{name: "github", ending: "github.txt", print: plainly(report.NewGitHub)},
		{name: "ndjson", ending: "ndjson", print: plainly(runlog.NewWriter)},
		{name: "json", ending: "json", render: report.JSON},
		{name: "junit", ending: "xml", render: report.JUnit},
		{name: "html", ending: "html", render: report.HTML},
		{name: "markdown", ending: "md", render: report.Markdown},
		{name: "ctrf", ending: "ctrf.json", render: report.CTRF},
		{name: "csv", ending: "csv", render: report.CSV},
		{name: "har", ending: "har", render: report.HAR},
		{name: "gitlab", ending: "gitlab.json", render: report.GitLab},
		{name: "allure", ending: "allure.txt"},
	}
}

// plainly is a printer without options.
func plainly[R event.Reporter](open func(io.Writer) R) printer {
	return func(w io.Writer, _ report.CLIOptions) event.Reporter { return open(w) }
}

func reporterNames() []string {
	var names []string
	for _, k := range reporterKinds() {
		names = append(names, k.name)
	}
	return names
}

// reporterOf returns the kind of that name, which must be one of reporterNames.
func reporterOf(name string) reporterKind {
	kinds := reporterKinds()
	return kinds[slices.IndexFunc(kinds, func(k reporterKind) bool { return k.name == name })]
}
