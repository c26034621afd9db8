package job

import (
	"fmt"
	"slices"

	"postie/runner/documents"
	"postie/runner/report/output"
)

// inputs are the files that a run reads. No log and no report may overwrite
// them.
func (f *Flags) inputs() []output.Target {
	var out []output.Target
	add := func(name string, paths ...string) {
		for _, p := range paths {
			if p != "" && p != "-" && !documents.IsURL(p) {
				out = append(out, output.Target{Name: name, Path: p})
			}
		}
	}
	add("collection", f.sourceFiles...)
	add("environment", f.Environments...)
	add("environment", f.Environment)
	add("globals", f.Globals)
	add("iteration data", f.Data)
	add("file of variables", f.sources.Files()...)
	add("vault", f.vault.Files...)
	add("cookie jar", f.cookieJar)
	add("certificate", f.network.Files()...)
	return out
}

// oneReader returns an error when standard input would be read twice.
func (f *Flags) oneReader(collection string) error {
	readers := 0
	for _, name := range slices.Concat([]string{collection}, f.sources.Files(), f.vault.Files) {
		if name == "-" {
			readers++
		}
	}
	if readers > 1 {
		return fmt.Errorf("standard input can be read once")
	}
	return nil
}
