package main

import (
	"context"
	"strings"

	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/loader"
	"postie/collections/vars"
)

// variableFlags are those of commands that read variables and send nothing.
type variableFlags struct {
	environment, globals string
	envVars, globalVars  []string
}

func (f *variableFlags) register(fs *pflag.FlagSet) {
	fs.StringVarP(&f.environment, "environment", "e", "", "environment file or URL")
	fs.StringVarP(&f.globals, "globals", "g", "", "globals file or URL")
	fs.StringArrayVar(&f.envVars, "env-var", nil, "key=value (repeatable)")
	fs.StringArrayVar(&f.globalVars, "global-var", nil, "key=value (repeatable)")
}

// load reads the documents and sets the single variables over theirs.
func (f *variableFlags) load(ctx context.Context, l *loader.Loader) (environment, globals *vars.Scope, err error) {
	if f.environment != "" {
		if environment, err = l.Scope(ctx, f.environment, "environment"); err != nil {
			return nil, nil, err
		}
	}
	if f.globals != "" {
		if globals, err = l.Scope(ctx, f.globals, "globals"); err != nil {
			return nil, nil, err
		}
	}
	if environment, err = setVars(environment, "--env-var", f.envVars); err != nil {
		return nil, nil, err
	}
	globals, err = setVars(globals, "--global-var", f.globalVars)
	return environment, globals, err
}

// setVars sets the key=value pairs of a flag as set does; a nil scope becomes a
// new one.
func setVars(s *vars.Scope, flag string, pairs []string) (*vars.Scope, error) {
	if s == nil {
		s = vars.NewScope("")
	}
	for _, p := range pairs {
		key, value, ok := strings.Cut(p, "=")
		if !ok {
			return nil, &exit.Error{Code: exit.BadUsage, Text: flag + " " + p + ": want key=value", Hint: flag + " " + p + "= sets it to an empty text"}
		}
		set(s, vars.Variable{Key: key, Value: value})
	}
	return s, nil
}
