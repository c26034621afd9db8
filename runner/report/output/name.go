package output

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"postie/runner/report"
)

// Path is where a report goes: where the user says, in the folder he names, or in
// postie/ under a name of its own. "" and true, which a flag without a value has,
// say nothing.
func Path(f report.Format, path string, at time.Time) string {
	if f.Folder != nil {
		return cmp.Or(path, "allure-results")
	}
	if path == "" || path == "true" {
		path = defaultFolder()
	}
	info, err := os.Stat(path)
	if strings.HasSuffix(path, "/") || strings.HasSuffix(path, string(filepath.Separator)) || err == nil && info.IsDir() {
		stamp := strings.NewReplacer(":", "-", ".", "-", "T", "-", "Z", "-").Replace(at.UTC().Format("2006-01-02T15:04:05.000Z"))
		path = filepath.Join(path, fmt.Sprintf("postie-run-report-%s0.%s", stamp, f.Ending))
	}
	return path
}

// defaultFolder is where reports go that nobody gave a path: postie/, unless
// the program itself lies there under that name.
func defaultFolder() string {
	if info, err := os.Stat("postie"); err == nil && !info.IsDir() {
		return "postie-reports" + string(filepath.Separator)
	}
	return "postie" + string(filepath.Separator)
}
