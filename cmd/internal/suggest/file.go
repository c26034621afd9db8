package suggest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"postie/collections/vars"
)

// File is the hint for a file that is not there: the one beside it with the same
// name but for the ending, or with a name that is much like it; "" when there is
// none.
func File(path string) string {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return ""
	}
	name, ending, _ := strings.Cut(filepath.Base(path), ".")
	var names []string
	files := map[string]string{} // by the name without its ending
	for _, e := range entries {
		other, its, _ := strings.Cut(e.Name(), ".")
		isOtherKind := its != ending && strings.Contains(its, ".") && strings.Contains(ending, ".") // postman_collection.json, postman_environment.json
		if other != "" && files[other] == "" && !isOtherKind {
			names, files[other] = append(names, other), e.Name()
		}
	}
	near := name
	if files[name] == "" {
		near = vars.Closest(name, slices.Values(names))
	}
	if files[near] == "" {
		return ""
	}
	return "did you mean " + filepath.Join(filepath.Dir(path), files[near]) + "?"
}
