package flags

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/loader"
	"postie/cmd/internal/values"
	"postie/collections/vars"
)

// Variables are the flags of commands that read variables and send nothing.
type Variables struct {
	Environment, Globals string
	envVars, globalVars  []string
}

// Register defines the flags.
func (f *Variables) Register(fs *pflag.FlagSet) {
	fs.StringVarP(&f.Environment, "environment", "e", "", "environment file or URL")
	fs.StringVarP(&f.Globals, "globals", "g", "", "globals file or URL")
	fs.Var((*values.List)(&f.envVars), "env-var", "key=value (repeatable)")
	fs.Var((*values.List)(&f.globalVars), "global-var", "key=value (repeatable)")
}

// Load reads the documents, and sets the single variables over theirs.
func (f *Variables) Load(ctx context.Context, l *loader.Loader) (environment, globals *vars.Scope, err error) {
	if environment, err = l.Scope(ctx, f.Environment, "environment"); err != nil {
		return nil, nil, err
	}
	if globals, err = l.Scope(ctx, f.Globals, "globals"); err != nil {
		return nil, nil, err
	}
	if environment, err = SetPairs(environment, "--env-var", f.envVars); err != nil {
		return nil, nil, err
	}
	globals, err = SetPairs(globals, "--global-var", f.globalVars)
	return environment, globals, err
}

// SetPairs sets the key=value pairs of a flag, which no document has. It makes
// a new scope when s is nil.
func SetPairs(s *vars.Scope, flag string, pairs []string) (*vars.Scope, error) {
	if s == nil {
		s = vars.NewScope("")
	}
	for i, p := range pairs {
		key, value, ok := strings.Cut(p, "=")
		if !ok { // the text is not shown, because it may be a secret
			which := "it"
			if len(pairs) > 1 {
				which = fmt.Sprintf("number %d of %d", i+1, len(pairs))
			}
			return nil, &exit.Error{Code: exit.BadUsage, Text: flag + ": " + which + " has no =: want key=value", Hint: flag + " key= sets it to an empty text"}
		}
		if key == "" {
			return nil, exit.Usage("%s: no name before =: want key=value", flag)
		}
		set(s, vars.Variable{Key: key, Value: value})
	}
	return s, nil
}
