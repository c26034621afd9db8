package flags

import (
	"regexp"
	"slices"

	"github.com/spf13/pflag"

	"postie/cmd/internal/values"
	"postie/collections/vars"
	"postie/runner/mask"
)

// Masking are the flags that say what is masked.
type Masking struct {
	Off             bool // --no-mask, which every command has
	names, patterns []string
}

// Register defines the flags except --no-mask.
func (f *Masking) Register(fs *pflag.FlagSet) {
	fs.Var((*values.List)(&f.names), "mask", "hide the values of this `name` too: a variable, header, cookie, data column, JSON or form key; repeatable")
	fs.Var((*values.List)(&f.patterns), "mask-regex", "hide every text that matches this `regexp`; repeatable")
}

// Options returns the options of the run's masker.
func (f *Masking) Options() (mask.Options, error) {
	patterns, err := Patterns("--mask-regex", f.patterns)
	return mask.Options{Off: f.Off, Names: f.names, Patterns: patterns}, err
}

// Hides reports whether the value of a variable may be a secret that must not
// be shown.
func (f *Masking) Hides(name, value string) bool {
	if f.Off {
		return false
	}
	return vars.IsSecretName(name) || slices.Contains(f.names, name) || slices.ContainsFunc(f.patterns, func(pattern string) bool {
		re, err := regexp.Compile(pattern)
		return err != nil || re.MatchString(value)
	})
}
