package flags

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
)

// mayBeEmpty are the flags for which an empty value has a meaning: no proxy, no
// reporter, a key without a passphrase. For an empty environment there is a
// warning where it is used.
var mayBeEmpty = []string{"environment", "reporters", "bail", "proxy", "noproxy", "user-agent", "ssl-client-passphrase", "postman-api-key"}

// Filled returns an error when a flag was given an empty text. That mostly
// comes from an unset shell variable, and would be treated as if the flag were
// absent: the whole collection would run instead of a folder, or real servers
// would be called instead of a mock.
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

// isEmptyText reports whether a flag's value is an empty text, or a list with
// an empty text.
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
