package documents

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// IsURL reports whether a source is an address.
func IsURL(source string) bool {
	return strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://")
}

// IsFolder reports whether a source is a folder.
func IsFolder(source string) bool {
	info, err := os.Stat(source)
	return err == nil && info.IsDir()
}

// IsYAML reports whether a source is a YAML file, by its name.
func IsYAML(source string) bool {
	return strings.HasSuffix(source, ".yaml") || strings.HasSuffix(source, ".yml")
}

// Shown is a source as messages name it: addresses without their credentials.
func Shown(source string) string {
	if source == "-" {
		return "standard input"
	}
	u, err := url.Parse(source)
	if !IsURL(source) || err != nil {
		return source
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}

// Folder is the absolute folder of a document, itself when it is one; "" when
// it is no file.
func Folder(source string) string {
	if source == "-" || IsURL(source) {
		return ""
	}
	if !IsFolder(source) {
		source = filepath.Dir(source)
	}
	dir, err := filepath.Abs(source)
	if err != nil {
		return ""
	}
	return dir
}

// Collections and Environments are what Expand searches a folder for: the first
// of the sets of patterns that files match. A folder without a collection may be
// one, of v3.
var (
	Collections  = [][]string{{"*.postman_collection.json"}}
	Environments = [][]string{{"*.postman_environment.json", "*.environment.yaml"}, {"*.json", "*.yaml", "*.yml"}}
)

// Expand replaces patterns by the files they match, and a folder by those of its
// files that match a set of patterns, if any does. Each file comes once. The
// error is an *Error.
func Expand(sources []string, sets [][]string) ([]string, error) {
	var out []string
	seen := map[string]bool{}
	for _, source := range sources {
		found, err := expand(source, sets)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			if !seen[f] {
				seen[f] = true
				out = append(out, f)
			}
		}
	}
	return out, nil
}

func expand(source string, sets [][]string) ([]string, error) {
	if IsURL(source) || source == "-" {
		return []string{source}, nil
	}
	info, err := os.Stat(source)
	switch {
	case err == nil && info.IsDir():
		for _, set := range sets {
			if found := inFolder(source, set); len(found) > 0 {
				return found, nil
			}
		}
	case err != nil && IsPattern(source):
		found, err := filepath.Glob(source)
		if err != nil {
			return nil, &Error{Source: fmt.Sprintf("%q", source), Err: err, BadPattern: true}
		}
		if len(found) == 0 {
			return nil, &Error{Source: source, Err: errNoMatch}
		}
		return found, nil
	}
	return []string{source}, nil
}

// IsPattern reports whether a source may stand for several files.
func IsPattern(source string) bool { return strings.ContainsAny(source, "*?[") }

// inFolder lists the files of a folder that match one of the patterns.
func inFolder(dir string, patterns []string) []string {
	var out []string
	for _, p := range patterns {
		found, _ := filepath.Glob(filepath.Join(dir, p)) // the pattern is valid
		out = append(out, found...)
	}
	slices.Sort(out)
	return out
}
