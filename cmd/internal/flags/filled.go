package flags

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
)

// mayBeEmpty are the flags that say something without a value: no proxy, no
// reporter, a key without a passphrase. An environment that is empty is warned
// of where it is used.
var mayBeEmpty = []string{"environment", "reporters", "bail", "proxy", "noproxy", "user-agent", "ssl-client-passphrase", "postman-api-key"}

// Filled is an error when a flag was given an empty text. It mostly comes from a
// shell variable that is not set, and would be taken for the flag's absence: the
// whole collection would run in place of a folder, and real servers be asked in
// place of a mock.
func Filled(c *cobra.Command) error {
	var found error
	c.Flags().Visit(func(f *pflag.Flag) {
		if found == nil && isEmptyText(f.Value) && !slices.Contains(mayBeEmpty, f.Name) {
			found = emptyValue("--" + f.Name)
		}
	})
	return found
}

func emptyValue(flag string) error {
	return exit.Usage("%s: the value is empty: is the variable set?", flag)
}

// isEmptyText reports whether a text is empty, or one of several.
func isEmptyText(v pflag.Value) bool {
	switch v.Type() {
	case "string":
		return v.String() == ""
	case "stringArray", "stringSlice":
		list, ok := v.(pflag.SliceValue)
		return ok && (len(list.GetSlice()) == 0 || slices.Contains(list.GetSlice(), ""))
	}
	return false
}
