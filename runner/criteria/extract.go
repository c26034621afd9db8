package criteria

import (
	"encoding/json"
	"fmt"
	"strings"

	"postie/collections/vars"
	"postie/runner/script"
)

// An Extract stores what a path of a response leads to in a variable of the
// environment.
type Extract struct{ Name, path string }

// ParseExtract reads name=path; see ParseAssert for paths.
func ParseExtract(s string) (Extract, error) {
	name, path, ok := strings.Cut(s, "=")
	if !ok || name == "" {
		return Extract{}, fmt.Errorf("%q: want name=path", s)
	}
	if err := checkPath(path); err != nil {
		return Extract{}, fmt.Errorf("%q: %w", s, err)
	}
	return Extract{Name: name, path: path}, nil
}

// String is the extract as ParseExtract reads it.
func (e Extract) String() string { return e.Name + "=" + e.path }

// Value is what the path leads to in an answer. An answer that has no such
// value is an error that names the path.
func (e *Extract) Value(r *script.Response) (vars.Value, error) {
	got := at(r, e.path)
	if !got.Exists() {
		return nil, fmt.Errorf("--extract %s: the response has no %s; the variable stays as it was", e.Name, e.path)
	}
	return vars.FromJSON(json.RawMessage(got.Raw))
}
