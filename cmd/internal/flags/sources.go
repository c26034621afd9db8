package flags

import (
	"context"
	"slices"

	"github.com/spf13/pflag"

	"postie/cmd/internal/exit"
	"postie/cmd/internal/loader"
	"postie/cmd/internal/values"
	"postie/collections/varfile"
	"postie/collections/vars"
)

// Sources are the flags that name where environment variables come from besides
// the environment document. Their values do not appear in a list of processes.
type Sources struct {
	dotenv    []string
	processes []string // prefixes
	varFiles  []string
}

// Register defines the flags.
func (f *Sources) Register(fs *pflag.FlagSet) {
	fs.Var((*values.List)(&f.dotenv), "env-file", "set environment variables from a .env `file`; repeatable")
	fs.Var((*values.List)(&f.processes), "env-from-process", "set them from the process's variables that start with `PREFIX_`, without it; repeatable")
	fs.Var((*values.List)(&f.varFiles), "env-var-file", "set secret ones from the key=value lines of a `file`, or - for standard input; repeatable")
}

// Fill sets the variables over those of the environment document: files first,
// then the variables of the process, then secrets. --env-var comes after all of
// them.
func (f *Sources) Fill(ctx context.Context, l *loader.Loader, env *vars.Scope) error {
	for _, name := range f.dotenv {
		if err := dotenv(ctx, l, env, name); err != nil {
			return err
		}
	}
	for _, prefix := range f.processes {
		if prefix == "" {
			return exit.Usage("--env-from-process: want a prefix such as POSTIE_VAR_")
		}
		for _, v := range varfile.FromProcess(l.Streams.Environ(), prefix) {
			set(env, v)
		}
	}
	for _, name := range f.varFiles {
		if err := varFile(ctx, l, env, name); err != nil {
			return err
		}
	}
	return nil
}

// Files returns the files that hold variables. Standard input is -.
func (f *Sources) Files() []string { return slices.Concat(f.dotenv, f.varFiles) }

// set gives a variable a value that is not from a document. A variable whose
// name looks secret becomes secret.
func set(to *vars.Scope, v vars.Variable) {
	if vars.IsSecretName(v.Key) {
		to.SetSecret(v.Key, v.Value)
		return
	}
	to.Set(v.Key, v.Value)
}

func dotenv(ctx context.Context, l *loader.Loader, env *vars.Scope, name string) error {
	list, err := l.Variables(ctx, name, ".env", varfile.ParseDotenv)
	for _, v := range list {
		set(env, v)
	}
	return err
}

// varFile reads lines of key=value, as in --env-var. All of them are secret.
func varFile(ctx context.Context, l *loader.Loader, env *vars.Scope, name string) error {
	list, err := l.Variables(ctx, name, "variables", varfile.ParsePairs)
	for _, v := range list {
		env.SetSecret(v.Key, v.Value)
	}
	return err
}
