package output

import (
	"io"
	"path/filepath"

	"postie/runner/report"
)

// ReporterName names a format's reporter in errors.
func ReporterName(f report.Format) string { return f.Name + " reporter" }

// Rendered is the report of a format at a path, made when the run has ended.
func Rendered(f report.Format, path string, o report.Options) Report {
	r := Report{Name: ReporterName(f), Path: path, AllRuns: f.AllRuns}
	if f.Folder != nil {
		r.Folder = func(log report.Log, create func(string) (io.WriteCloser, error)) error {
			return f.Folder(log, o, create)
		}
		return r
	}
	r.Render = func(w io.Writer, log report.Log) error { return f.Render(w, log, o) }
	return r
}

// ReportOptions are the options that all reports have. What failed requests sent
// and received is filed in the folder of the setting attachments.
func ReportOptions(settings report.Settings) (report.Options, error) {
	out, err := settings.Options()
	if err != nil {
		return out, err
	}
	if dir := settings["attachments"]; dir != "" {
		out.AttachTo = filepath.ToSlash(dir)
		out.Attach = func(name string) (io.WriteCloser, error) { return Create(filepath.Join(dir, name)) }
	}
	return out, nil
}
